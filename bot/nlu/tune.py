"""Fits the encoder to after-sales Chinese: writes the adapter `bot/nlu/adapter.npz`. Rarely needed; takes half an hour.

    .venv-rasa/bin/python -m bot.nlu.tune [--passes 4] [--hold-out 0.15]

Each weight matrix gets a low-rank addition (LoRA), trained with a throw-away linear head to tell the intents of
`data/nlu` apart. `build_encoder` adds it to the weights. New intents and utterances need no new adapter: `rasa train`
fits the heads that serve.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf

from bot.nlu import build_encoder, data, e5_file
from bot.nlu.e5_file import E5
from bot.nlu.e5_graph import POOLED_LAYERS
from bot.nlu.normal import for_encoder

_RANK = 8
_BATCH = 32
_RATE = 1.5e-3
_SMOOTHING = 0.1
_DROPOUT = 0.1
_MATRICES = ("q", "k", "v", "ao", "fi", "fo")
_MAX_TOKENS = 96


class TunedE5(tf.Module):
    """E5 with low-rank additions, and a linear head over the pooled layers."""

    def __init__(self, model: E5, intents: int) -> None:
        super().__init__()
        self._model = model
        self._fixed = {name: tf.constant(value) for name, value in model.tensors.items() if name[0] == "l"}
        self.down: dict[str, tf.Variable] = {}
        self.up: dict[str, tf.Variable] = {}
        for layer in range(model.layers):
            for matrix in _MATRICES:
                name = f"l{layer}.{matrix}"
                outputs = len(model.tensors[f"{name}.b"])
                inputs = len(model.tensors[f"{name}.w"]) // outputs
                self._fixed[f"{name}.w"] = tf.constant(model.tensors[f"{name}.w"].reshape(outputs, inputs).T)
                self.down[name] = tf.Variable(tf.random.normal([inputs, _RANK], stddev=inputs**-0.5, seed=1))
                self.up[name] = tf.Variable(tf.zeros([_RANK, outputs]))
        pooled = model.width * len(POOLED_LAYERS)
        self.head = tf.Variable(tf.random.normal([pooled, intents], stddev=0.02, seed=2))
        self.bias = tf.Variable(tf.zeros([intents]))

    def scores(self, x: tf.Tensor, mask: tf.Tensor, training: bool) -> tf.Tensor:
        """Intent scores of embedded sentences x (batch, tokens, width); mask is 1 for real tokens."""
        shape = tf.shape(x)
        heads, size = self._model.heads, self._model.width // self._model.heads
        ignore = (1 - mask[:, None, None, :]) * -1e9
        weights = mask[:, :, None] / tf.reduce_sum(mask, axis=1)[:, None, None]

        def split(y: tf.Tensor) -> tf.Tensor:
            return tf.transpose(tf.reshape(y, [shape[0], shape[1], heads, size]), [0, 2, 1, 3])

        pooled = []
        for layer in range(self._model.layers):
            name = f"l{layer}"
            query, key, value = (split(self._linear(x, f"{name}.{matrix}")) for matrix in "qkv")
            attention = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) * size**-0.5 + ignore)
            context = tf.reshape(tf.transpose(tf.matmul(attention, value), [0, 2, 1, 3]), shape)
            x = self._norm(x + self._drop(self._linear(context, f"{name}.ao"), training), f"{name}.aln")
            middle = tf.nn.gelu(self._linear(x, f"{name}.fi"))
            x = self._norm(x + self._drop(self._linear(middle, f"{name}.fo"), training), f"{name}.oln")
            if layer + 1 in POOLED_LAYERS:
                pooled.append(tf.reduce_sum(x * weights, axis=1))
        return self._drop(tf.concat(pooled, axis=1), training) @ self.head + self.bias

    def _linear(self, x: tf.Tensor, name: str) -> tf.Tensor:
        fixed = self._fixed
        return x @ fixed[f"{name}.w"] + fixed[f"{name}.b"] + (x @ self.down[name]) @ self.up[name]

    def _norm(self, x: tf.Tensor, name: str) -> tf.Tensor:
        mean, variance = tf.nn.moments(x, axes=[2], keepdims=True)
        scale = tf.math.rsqrt(variance + self._model.epsilon) * self._fixed[f"{name}.w"]
        return (x - mean) * scale + self._fixed[f"{name}.b"]

    def _drop(self, x: tf.Tensor, training: bool) -> tf.Tensor:
        return tf.nn.dropout(x, _DROPOUT) if training else x


def tune(texts: Sequence[str], intents: Sequence[str], passes: int) -> dict[str, np.ndarray]:
    """The adapter: for each matrix its addition's two factors, `<name>.down` and `<name>.up`."""
    model = e5_file.read(e5_file.find_file())
    labels = sorted(set(intents))
    embedded = _embed(model, texts)
    targets = np.array([labels.index(intent) for intent in intents])
    tuned = TunedE5(model, len(labels))
    optimizer = tf.keras.optimizers.legacy.Adam()
    steps = passes * (len(texts) // _BATCH + 1)

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, None, model.width]), tf.TensorSpec([None, None]), tf.TensorSpec([None], tf.int64)
        ]
    )  # fmt: skip
    def learn(x: tf.Tensor, mask: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
        variables = tuned.trainable_variables
        with tf.GradientTape() as tape:
            wanted = tf.one_hot(target, len(labels)) * (1 - _SMOOTHING) + _SMOOTHING / len(labels)
            scores = tuned.scores(x, mask, True)
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(wanted, scores))
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, variables), 1.0)
        optimizer.apply_gradients(zip(gradients, variables))  # noqa: B905  AutoGraph knows no `strict`
        return loss

    step = 0
    for turn in range(passes):
        losses, start = [], time.monotonic()
        for batch in _batches([len(each) for each in embedded], turn):
            step += 1
            warm = min(1.0, step / (0.1 * steps))
            optimizer.learning_rate = _RATE * warm * max(0.0, 1 - step / steps)
            losses.append(float(learn(*_padded([embedded[at] for at in batch]), targets[batch])))
        print(f"pass {turn + 1}: loss {np.mean(losses):.3f}, {time.monotonic() - start:.0f} s", flush=True)
    factors = {f"{name}.down": variable.numpy() for name, variable in tuned.down.items()}
    factors |= {f"{name}.up": variable.numpy() for name, variable in tuned.up.items()}
    return {name: value.astype(np.float16) for name, value in factors.items()}


def _embed(model: E5, texts: Sequence[str]) -> list[np.ndarray]:
    """The first hidden states: word, position and type, normalised. They stay as they are."""
    tokenizer = build_encoder.full_tokenizer(model)
    tensors, width = model.tensors, model.width
    places = tensors["emb.pos"].reshape(-1, width) + tensors["emb.type"][:width]
    embedded = []
    for text in texts:
        ids = [model.specials["bos"], *tokenizer.ids(f"query: {text}")[:_MAX_TOKENS], model.specials["eos"]]
        x = model.word_rows(np.array(ids)) + places[: len(ids)]
        x = (x - x.mean(axis=1, keepdims=True)) / np.sqrt(x.var(axis=1, keepdims=True) + model.epsilon)
        embedded.append((x * tensors["emb.ln.w"] + tensors["emb.ln.b"]).astype(np.float32))
    return embedded


def _batches(lengths: Sequence[int], seed: int) -> Iterator[np.ndarray]:
    """Batches of about equally long sentences, in random order."""
    chance = random.Random(seed)
    order = sorted(range(len(lengths)), key=lambda at: lengths[at] + chance.random() * 6)
    batches = [np.array(order[start : start + _BATCH]) for start in range(0, len(order), _BATCH)]
    chance.shuffle(batches)
    yield from batches


def _padded(sentences: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    longest = max(map(len, sentences))
    x = np.zeros((len(sentences), longest, sentences[0].shape[1]), np.float32)
    mask = np.zeros((len(sentences), longest), np.float32)
    for at, sentence in enumerate(sentences):
        x[at, : len(sentence)] = sentence
        mask[at, : len(sentence)] = 1
    return x, mask


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--passes", type=int, default=4)
    options.add_argument("--hold-out", type=float, default=0.0, help="share of the utterances to leave out")
    options.add_argument("--output", type=Path, default=Path(__file__).parent / "adapter.npz")
    chosen = options.parse_args()
    utterances = data.read_training()
    random.Random(0).shuffle(utterances)
    kept = utterances[int(len(utterances) * chosen.hold_out) :]
    adapter = tune([for_encoder(each.text) for each in kept], [each.intent for each in kept], chosen.passes)
    np.savez_compressed(chosen.output, **adapter)


if __name__ == "__main__":
    main()
