"""Product, part, brand, symptom and place names from `data/tables/*.txt`, found by spaCy's PhraseMatcher."""

from __future__ import annotations

from pathlib import Path

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans

from bot.nlu.data import Span

TABLES = {
    "product_type": "products.txt",
    "part": "parts.txt",
    "brand": "brands.txt",
    "fault_symptom": "symptoms.txt",
    "address": "places.txt",
}


def read_tables(folder: Path | str) -> dict[str, list[str]]:
    """The names of each entity; a missing file is an empty table, `#` starts a comment line."""
    return {entity: _read(Path(folder) / file) for entity, file in TABLES.items()}


class Gazetteer:
    """Finds table names in a text, whatever their case; the longest wins and none overlap."""

    def __init__(self, nlp: Language, tables: dict[str, list[str]]) -> None:
        self._vocabulary = nlp.vocab
        self._matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
        for entity, names in tables.items():
            self._matcher.add(entity, list(nlp.tokenizer.pipe(names)))

    def find_in(self, text: str) -> list[Span]:
        """Spans in the characters of `text`, in order."""
        characters = list(text)
        return self.find(Doc(self._vocabulary, characters, [False] * len(characters)))

    def find(self, doc: Doc) -> list[Span]:
        """Spans in the characters of `doc.text`, in order."""
        spans = filter_spans(self._matcher(doc, as_spans=True))
        return [Span(span.label_, span.start_char, span.end_char) for span in spans if _whole_word(span)]


def _whole_word(span) -> bool:
    """A Latin name must not begin or end inside a longer Latin word."""
    text, start, end = span.doc.text, span.start_char, span.end_char
    return not (_joined(text, start) or _joined(text, end))


def _joined(text: str, at: int) -> bool:
    return 0 < at < len(text) and _latin(text[at - 1]) and _latin(text[at])


def _latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _read(path: Path) -> list[str]:
    if not path.exists():
        return []
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]
