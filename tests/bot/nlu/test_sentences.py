import numpy as np
import pytest

from bot.nlu import sentences as sentence_module
from bot.nlu.encoder import HashedEncoder

TEXT = "電視壞了，  換塊屏多少錢"
PLACES = [(0, 4), (7, 13)]


def test_tokens_stand_for_the_text_as_written(sentences):
    read = sentence_module.read(sentences, TEXT)
    covered = {at for start, end in read.spans for at in range(start, end)}
    assert {at for at, sign in enumerate(TEXT) if not sign.isspace()} <= covered


def test_the_whole_is_the_mean_of_its_tokens(sentences):
    read = sentence_module.read(sentences, TEXT)
    assert np.allclose(read.part(0, len(TEXT)), read.vector, atol=1e-5)


def test_a_part_is_nearer_to_the_same_words_alone_than_another_part(sentences):
    first, second = sentence_module.parts(sentences, sentence_module.read(sentences, TEXT), PLACES)
    alone = sentence_module.read(sentences, TEXT[7:13]).vector
    assert np.linalg.norm(second - alone) < np.linalg.norm(first - alone)


def test_an_encoder_without_tokens_reads_each_part_by_itself():
    hashed = HashedEncoder()
    vectors = sentence_module.parts(hashed, sentence_module.read(hashed, TEXT), PLACES)
    assert np.array_equal(vectors[0], sentence_module.read(hashed, TEXT[:4]).vector)


@pytest.mark.parametrize("text", ["", " ", "\x00\u200b", "1" * 500])
def test_any_text_can_be_read(sentences, text):
    assert np.isfinite(sentence_module.read(sentences, text).vector).all()
