"""The benchmark's examples."""

import yaml

from bench import corpus


def test_six_hundred_plain_examples_of_every_intent() -> None:
    blocks = yaml.safe_load(corpus.training_data())["nlu"]
    texts = [line for block in blocks for line in block["examples"].splitlines()]
    assert len(texts) == corpus.SIZE and len(corpus.intents()) == 31
    assert not any("](" in text or "]{" in text for text in texts)


def test_taking_them_anew_gives_the_same_ones_each_time() -> None:
    chosen = corpus.take()
    sizes = [len(texts) for texts in chosen.values()]
    assert sum(sizes) == corpus.SIZE and max(sizes) - min(sizes) <= 1
    assert corpus.take() == chosen
