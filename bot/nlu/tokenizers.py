"""The tokenizer of an encoder's folder, whichever kind it is."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.nlu.pieces import Piece
from bot.nlu.unigram import Unigram
from bot.nlu.wordpiece import WordPiece


@dataclass(frozen=True)
class FolderTokenizer:
    """A tokenizer with the ids that its model wants before and after a text, and the folder's options."""

    pieces: Unigram | WordPiece
    begin: list[int]
    end: list[int]
    options: dict[str, Any] = field(default_factory=dict)
    compose: bool = False

    def split(self, prefix: str, text: str, limit: int) -> list[Piece]:
        """The pieces of `prefix` and `text` with the special ones, at most `limit`; places are those in `text`."""
        whole = prefix + text
        pieces = self.pieces.split(_composed(whole) if self.compose else whole)
        room = limit - len(self.begin) - len(self.end)
        inner = [_within(piece, len(prefix)) for piece in pieces[:room]]
        return [*map(_special, self.begin), *inner, *map(_special, self.end)]


def _composed(text: str) -> str:
    """NFKC where it keeps the length, so that places stay."""
    return "".join(composed if len(composed := unicodedata.normalize("NFKC", char)) == 1 else char for char in text)


def _special(piece: int) -> Piece:
    return Piece(piece, 0, 0)


def _within(piece: Piece, prefix: int) -> Piece:
    return Piece(piece.id, max(0, piece.start - prefix), max(0, piece.end - prefix))


def read(folder: Path) -> FolderTokenizer:
    """Read `encoder.json` (ours) or `tokenizer.json` (published models).

    Raises ValueError for a kind of tokenizer other than Unigram and WordPiece.
    """
    if (folder / "encoder.json").exists():
        return _ours(json.loads((folder / "encoder.json").read_text(encoding="utf-8")))
    options_file = folder / "encoder_options.json"
    options = json.loads(options_file.read_text(encoding="utf-8")) if options_file.exists() else {}
    return _published(json.loads((folder / "tokenizer.json").read_text(encoding="utf-8")), options)


def _ours(facts: dict[str, Any]) -> FolderTokenizer:
    specials = {*facts["begin"], *facts["end"], facts["unknown"]}
    pieces = {piece: (at, score) for at, (piece, score) in enumerate(facts["pieces"]) if at not in specials}
    unigram = Unigram(pieces, facts["unknown"], facts["unknown_score"], facts["replacements"])
    options = {name: facts[name] for name in ("prefix", "max_tokens")}
    return FolderTokenizer(unigram, facts["begin"], facts["end"], options)


def _published(facts: dict[str, Any], options: dict[str, Any]) -> FolderTokenizer:
    model = facts["model"]
    specials = {each["content"]: each["id"] for each in facts.get("added_tokens", [])}
    if model["type"] == "Unigram":
        pieces = {piece: (at, score) for at, (piece, score) in enumerate(model["vocab"]) if piece not in specials}
        worst = min(score for _, score in model["vocab"])
        unigram = Unigram(pieces, model["unk_id"], worst - 10, {})
        return FolderTokenizer(unigram, [specials["<s>"]], [specials["</s>"]], options, compose=True)
    if model["type"] == "WordPiece":
        lowercase = bool((facts.get("normalizer") or {}).get("lowercase", True))
        wordpiece = WordPiece(model["vocab"], model["vocab"][model.get("unk_token", "[UNK]")], lowercase)
        return FolderTokenizer(wordpiece, [specials["[CLS]"]], [specials["[SEP]"]], options)
    raise ValueError(f"the encoder's tokenizer is of the kind {model['type']}, known are Unigram and WordPiece")
