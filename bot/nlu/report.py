"""Says how well customers are understood, as text and as a page.

    .venv-rasa/bin/python -m bot.nlu.report [--test FILE] [--model MODEL.tar.gz] [--ablation] [--folds]

A model (trained now, unless one is given) is tried on a file of labelled utterances, one JSON object a line. With
`--folds` it is a cross-validation on the training data instead: every utterance is judged by a model that has not
seen it. Leaves `report.txt` and `report.html` in `var/understanding`.
"""

from __future__ import annotations

import argparse
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path

import numpy as np

from bot.light import without_tensorflow

without_tensorflow()

from bot.nlu import data, encoder, heads, intent_model, scores  # noqa: E402
from bot.nlu.data import Span, Utterance  # noqa: E402
from bot.nlu.entity_model import EntityModel  # noqa: E402
from bot.nlu.intent_model import IntentModel  # noqa: E402
from bot.nlu.scores import Outcome, Table  # noqa: E402
from bot.nlu.second import SecondWish  # noqa: E402
from bot.nlu.understanding import Thresholds, Understanding, clause_texts  # noqa: E402

_TABLES = Path("data/tables")
_FIFTH = 5
_SIZES = (0.1, 0.25, 0.5, 1.0)
_STYLE = "body{font:15px/1.6 sans-serif;margin:2em auto;max-width:60em}td,th{padding:.1em 1em .1em 0;text-align:left}"


def try_on(utterances: Sequence[Utterance], understanding: Understanding, entities: EntityModel) -> list[Outcome]:
    """Read each utterance as the assistant would."""
    outcomes = []
    for each in utterances:
        start = time.perf_counter()
        reading = understanding.read(each.text)
        found = _spans(entities, each.text)
        spent = (time.perf_counter() - start) * 1e3
        outcomes.append(Outcome(each, reading.ranking, reading.second, found, spent))
    return outcomes


def cross_validate(utterances: Sequence[Utterance]) -> tuple[list[Outcome], list[Outcome]]:
    """Outcomes for intents (all utterances) and for entities (a fifth of them), each judged unseen."""
    inputs = intent_model.read(encoder.best(), [each.text for each in utterances])
    intents = np.array([each.intent for each in utterances])
    parts = [clause_texts(each.text) for each in utterances]
    on_vectors, on_counts, _ = intent_model.out_of_fold(inputs, intents, parts)
    blend = intent_model.fit_blend(on_vectors, on_counts, intents)
    whole = heads.log_softmax(blend[0] * on_vectors + blend[1] * on_counts)
    model = IntentModel.fit_inputs(inputs, intents, encoder.HashedEncoder(), blend)
    understanding = Understanding(model, SecondWish.never(), Thresholds())
    readings = [understanding.decide(each.text, row) for each, row in zip(utterances, whole, strict=True)]
    judged = [Outcome(each, reading.ranking) for each, reading in zip(utterances, readings, strict=True)]
    order = np.random.default_rng(0).permutation(len(utterances))
    fifth, rest = order[: len(order) // _FIFTH], order[len(order) // _FIFTH :]
    with tempfile.TemporaryDirectory() as folder:
        entities = EntityModel.fit([utterances[at] for at in rest], _TABLES, Path(folder))
        tagged = [
            Outcome(utterances[at], judged[at].ranking, entities=_spans(entities, utterances[at].text)) for at in fifth
        ]
    return judged, tagged


def ablation(training: Sequence[Utterance], test: Sequence[Utterance]) -> Table:
    """Strict accuracy on `test` by the share of the training data and by what the classifier may use."""
    sentences = encoder.best()
    seen = intent_model.read(sentences, [each.text for each in training])
    unseen = intent_model.read(sentences, [each.text for each in test])
    intents = np.array([each.intent for each in training])
    order = np.random.default_rng(0).permutation(len(training))
    rows = []
    for size in _SIZES:
        chosen = order[: int(len(order) * size)]
        part, labels = seen.take(chosen), intents[chosen]
        model = IntentModel.fit_inputs(part, labels, encoder.HashedEncoder(), np.array([0.16, 1.0]))
        on_vectors, on_counts = model.parts(unseen)
        both = model.log_probabilities(unseen)
        understanding = Understanding(model, SecondWish.never(), Thresholds())
        decided = [understanding.decide(each.text, row).ranking[0][0] for each, row in zip(test, both, strict=True)]
        claims = [
            *([model.labels[at] for at in array.argmax(axis=1)] for array in (on_counts, on_vectors, both)),
            decided,
        ]
        rows.append((f"{size:.0%} ({len(chosen)})", *(_accuracy(claim, test) for claim in claims)))
    return Table("Ablation, strict", ("training data", "n-grams", "vectors", "both", "both and safety first"), rows)


def page(title: str, parts: Sequence[Table]) -> str:
    """The tables as an HTML page that needs nothing else."""
    body = "".join(
        f"<h2>{escape(table.title)}</h2><table><tr>{_cells('th', table.head)}</tr>"
        + "".join(f"<tr>{_cells('td', row)}</tr>" for row in table.rows)
        + "</table>"
        for table in parts
    )
    head = f"<meta charset=utf-8><title>{escape(title)}</title><style>{_STYLE}</style>"
    return f"<!doctype html><html lang=en><head>{head}</head><body><h1>{escape(title)}</h1>{body}</body></html>"


def lines(table: Table) -> Iterator[str]:
    """A table as text."""
    yield f"\n{table.title}"
    widths = [max(map(len, column)) for column in zip(table.head, *table.rows, strict=True)]
    for row in (table.head, *table.rows):
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _spans(entities: EntityModel, text: str) -> tuple[Span, ...]:
    return tuple(Span(found["entity"], found["start"], found["end"]) for found in entities.find(text))


def _accuracy(claims: Sequence[str], test: Sequence[Utterance]) -> str:
    return f"{np.mean([claim == each.intent for claim, each in zip(claims, test, strict=True)]):.3f}"


def _cells(kind: str, row: Sequence[str]) -> str:
    return "".join(f"<{kind}>{escape(cell)}</{kind}>" for cell in row)


@contextmanager
def _models(archive: Path | None, training: Sequence[Utterance]) -> Iterator[tuple[Understanding, EntityModel]]:
    """The two models from Rasa's archive, or trained now."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if archive is None:
            understanding = Understanding.fit(training, encoder.best(), Thresholds())
            yield understanding, EntityModel.fit(training, _TABLES, folder)
            return
        with tarfile.open(archive) as packed:
            packed.extractall(folder)
        intents = next(folder.rglob("intents.json")).parent
        entities = next(folder.rglob("tables.json")).parent
        yield Understanding.load(intents, Thresholds()), EntityModel.load(entities)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=Path("data/nlu"))
    options.add_argument("--test", type=Path, default=Path("tests/understanding/held_out.jsonl"))
    options.add_argument("--model", type=Path, help="a trained model of Rasa")
    options.add_argument("--ablation", action="store_true", help="also try less data and less of the classifier")
    options.add_argument("--folds", action="store_true", help="cross-validate on the training data")
    options.add_argument("--output", type=Path, default=Path("var/understanding"))
    chosen = options.parse_args()
    training = data.read_training(chosen.data)
    if chosen.folds:
        judged, tagged = cross_validate(training)
        parts = [table for table in scores.tables(judged) if table.title != scores.by_entity([]).title]
        parts.append(scores.by_entity(tagged))
    else:
        test = data.read_labelled(chosen.test)
        with _models(chosen.model, training) as (understanding, entities):
            parts = scores.tables(try_on(test, understanding, entities))
        if chosen.ablation:
            parts.append(ablation(training, test))
    text = "\n".join(line for table in parts for line in lines(table))
    print(text)
    chosen.output.mkdir(parents=True, exist_ok=True)
    (chosen.output / "report.txt").write_text(text + "\n", encoding="utf-8")
    (chosen.output / "report.html").write_text(page("Understanding", parts), encoding="utf-8")


if __name__ == "__main__":
    main()
