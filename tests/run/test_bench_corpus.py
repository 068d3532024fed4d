"""The benchmark's examples are always the same ones."""

from bench import corpus


def test_six_hundred_plain_examples_of_every_intent() -> None:
    chosen = corpus.examples()
    texts = [text for each in chosen.values() for text in each]
    assert len(texts) == corpus.SIZE and len(chosen) == 31
    assert max(map(len, chosen.values())) - min(map(len, chosen.values())) <= 1
    assert not any("](" in text or "]{" in text for text in texts)
    assert corpus.examples() == chosen
