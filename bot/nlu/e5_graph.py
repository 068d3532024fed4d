"""Writes an E5 model as an int8 ONNX graph: token ids in, one vector a token out, whose mean is that of the sentence.

Weights are int8 with a scale a column; activations are quantised as they come. Before that, each input
channel of a matrix is divided by what makes activations and weights equally hard to quantise, and the
matrix is multiplied by it (SmoothQuant). Weights use seven bits, so that processors without VNNI
do not overflow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from bot.nlu.e5_file import E5

SERVED_LAYERS = (6, 12)
_MICROSOFT = "com.microsoft"
_WEIGHT_LEVELS = 63


def build(model: E5, kept: np.ndarray, calibration: Iterable[Sequence[int]]) -> onnx.ModelProto:
    """The graph for the pieces `kept` (old ids, in the order of their new ids).

    `calibration` are sentences as old ids; they tell how large activations get.
    """
    return _Graph(model, _largest_inputs(model, calibration)).build(kept)


def forward(model: E5, ids: Sequence[int]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The sentence vector in float arithmetic, and the largest input of each matrix a channel."""
    tensors, width = model.tensors, model.width
    size, head = len(ids), model.width // model.heads
    largest: dict[str, np.ndarray] = {}

    def linear(x: np.ndarray, name: str) -> np.ndarray:
        largest[name] = np.abs(x).max(axis=0)
        weights = tensors[f"{name}.w"].reshape(-1, x.shape[1])
        return x @ weights.T + tensors[f"{name}.b"]

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        centred = x - x.mean(axis=1, keepdims=True)
        scaled = centred / np.sqrt(centred.var(axis=1, keepdims=True) + model.epsilon)
        return scaled * tensors[f"{name}.w"] + tensors[f"{name}.b"]

    def split(x: np.ndarray) -> np.ndarray:
        return x.reshape(size, model.heads, head).transpose(1, 0, 2)

    positions = tensors["emb.pos"].reshape(-1, width)[:size]
    x = norm(model.word_rows(np.asarray(ids)) + positions + tensors["emb.type"][:width], "emb.ln")
    pooled = []
    for layer in range(model.layers):
        query, key, value = (split(linear(x, f"l{layer}.{name}")) for name in "qkv")
        attention = query @ key.transpose(0, 2, 1) / np.sqrt(head)
        attention = np.exp(attention - attention.max(axis=2, keepdims=True))
        attention /= attention.sum(axis=2, keepdims=True)
        context = (attention @ value).transpose(1, 0, 2).reshape(size, width)
        x = norm(x + linear(context, f"l{layer}.ao"), f"l{layer}.aln")
        middle = linear(x, f"l{layer}.fi")
        middle = 0.5 * middle * (1 + _erf(middle / np.sqrt(2)))
        x = norm(x + linear(middle, f"l{layer}.fo"), f"l{layer}.oln")
        if layer + 1 in SERVED_LAYERS:
            pooled.append(x.mean(axis=0))
    return np.concatenate(pooled), largest


def _largest_inputs(model: E5, calibration: Iterable[Sequence[int]]) -> dict[str, np.ndarray]:
    largest: dict[str, np.ndarray] = {}
    for ids in calibration:
        for name, values in forward(model, ids)[1].items():
            largest[name] = np.maximum(largest.get(name, values), values)
    return largest


def _erf(x: np.ndarray) -> np.ndarray:
    """Abramowitz and Stegun 7.1.26, exact to 1.5e-7."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.sign(x) * (1 - series * np.exp(-x * x))


class _Graph:
    def __init__(self, model: E5, largest: dict[str, np.ndarray]) -> None:
        self._model = model
        self._largest = largest
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def build(self, kept: np.ndarray) -> onnx.ModelProto:
        model = self._model
        x = self._embed(kept)
        served = []
        for layer in range(model.layers):
            name = f"l{layer}"
            joined = self._linear(x, f"{name}.qkv", [f"{name}.q", f"{name}.k", f"{name}.v"])
            query, key, value = self._add("Split", [joined], outputs=3, axis=2, num_outputs=3)
            context = self._add("MultiHeadAttention", [query, key, value], domain=_MICROSOFT, num_heads=model.heads)[0]
            x = self._norm(x, self._linear(context, f"{name}.ao", [f"{name}.ao"]), f"{name}.aln")
            middle = self._add("Gelu", [self._linear(x, f"{name}.fi", [f"{name}.fi"])], domain=_MICROSOFT)[0]
            x = self._norm(x, self._linear(middle, f"{name}.fo", [f"{name}.fo"]), f"{name}.oln")
            if layer + 1 in SERVED_LAYERS:
                served.append(x)
        self._nodes.append(helper.make_node("Concat", served, ["token_embeddings"], axis=2))
        graph = helper.make_graph(
            self._nodes,
            "multilingual-e5-small",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])],
            [
                helper.make_tensor_value_info(
                    "token_embeddings", TensorProto.FLOAT, [1, "tokens", model.width * len(SERVED_LAYERS)]
                )
            ],
            self._constants,
        )
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(_MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)

    def _embed(self, kept: np.ndarray) -> str:
        """Word rows in int8 with a scale a row, plus position and type, normalised."""
        model, width = self._model, self._model.width
        rows = model.word_rows(kept)
        scale = np.abs(rows).max(axis=1, keepdims=True) / 127 + 1e-12
        words = self._constant("words", np.rint(rows / scale).astype(np.int8))
        scales = self._constant("word_scales", scale.astype(np.float32))
        integers = self._add("Cast", [self._add("Gather", [words, "input_ids"])[0]], to=TensorProto.FLOAT)[0]
        embedded = self._add("Mul", [integers, self._add("Gather", [scales, "input_ids"])[0]])[0]
        places = model.tensors["emb.pos"].reshape(1, -1, width) + model.tensors["emb.type"][:width]
        shape = self._add("Shape", ["input_ids"])[0]
        count = self._add("Gather", [shape, self._constant("second", np.array([1], np.int64))])[0]
        positions = self._add(
            "Slice",
            [
                self._constant("positions", places.astype(np.float32)),
                self._constant("zero", np.array([0], np.int64)),
                count,
                self._constant("token_axis", np.array([1], np.int64)),
            ],
        )[0]
        return self._norm(embedded, positions, "emb.ln")

    def _norm(self, x: str, added: str, name: str) -> str:
        weights = [self._constant(f"{name}.{part}", self._model.tensors[f"{name}.{part}"]) for part in "wb"]
        return self._add(
            "SkipLayerNormalization", [x, added, *weights], domain=_MICROSOFT, epsilon=float(self._model.epsilon)
        )[0]

    def _linear(self, x: str, name: str, parts: Sequence[str]) -> str:
        """One int8 matrix for the `parts`, which read the same input."""
        tensors, largest = self._model.tensors, self._largest[parts[0]]
        weights = np.concatenate([tensors[f"{part}.w"].reshape(-1, len(largest)) for part in parts]).T
        bias = np.concatenate([tensors[f"{part}.b"] for part in parts])
        smooth = np.sqrt(np.maximum(largest, 1e-5) / np.maximum(np.abs(weights).max(axis=1), 1e-5))
        weights = weights * smooth[:, None]
        scale = np.abs(weights).max(axis=0) / _WEIGHT_LEVELS + 1e-12
        eased = self._add("Mul", [x, self._constant(f"{name}.smooth", (1 / smooth).astype(np.float32))])[0]
        return self._add(
            "DynamicQuantizeMatMul",
            [
                eased,
                self._constant(f"{name}.weights", np.rint(weights / scale).astype(np.int8)),
                self._constant(f"{name}.scale", scale.astype(np.float32)),
                self._constant(f"{name}.zero", np.zeros(len(scale), np.int8)),
                self._constant(f"{name}.bias", bias.astype(np.float32)),
            ],
            domain=_MICROSOFT,
        )[0]

    def _constant(self, name: str, value: np.ndarray) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _add(self, kind: str, inputs: Sequence[str], outputs: int = 1, domain: str = "", **attributes) -> list[str]:
        names = [f"{kind}{len(self._nodes)}.{output}" for output in range(outputs)]
        self._nodes.append(helper.make_node(kind, list(inputs), names, domain=domain, **attributes))
        return names
