"""Says how well customers are understood, as text and as a page.

    .venv-rasa/bin/python -m bot.nlu.report [--test FILE …] [--model MODEL.tar.gz] [--ablation] [--folds]

A model (trained now, unless one is given) is tried on files of labelled utterances, one JSON object a line. With
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

from bot.nlu import data, encoder, heads, intent_model, scores, sentences  # noqa: E402
from bot.nlu.data import Span, Utterance  # noqa: E402
from bot.nlu.entity_model import EntityModel  # noqa: E402
from bot.nlu.heads import USUAL, Shares  # noqa: E402
from bot.nlu.intent_model import IntentModel  # noqa: E402
from bot.nlu.scores import Outcome, Table  # noqa: E402
from bot.nlu.sentences import Sentence  # noqa: E402
from bot.nlu.understanding import Thresholds, Understanding  # noqa: E402

_TABLES = Path("data/tables")
_TESTS = sorted(Path("tests/understanding").glob("held_out*.jsonl"))
_FIFTH = 5
_SIZES = (0.1, 0.25, 0.5, 1.0)
_STYLE = """
:root { color-scheme: light dark; --ink: #1c2426; --soft: #5b6669; --line: #d9dfe0; --page: #fff; --mark: #0f6b66; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6ebec; --soft: #9aa6a9; --line: #333c3e; --page: #14191a; --mark: #57c4bb; }
}
body { font: 14px/1.5 -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif;
  color: var(--ink); background: var(--page); max-width: 68em; margin: 32px auto; padding: 0 16px;
  font-variant-numeric: tabular-nums; }
h1 { font-size: 20px; } h2 { font-size: 16px; margin: 32px 0 8px; }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; } a { color: var(--mark); }
.wide { overflow-x: auto; } table { border-collapse: collapse; }
th, td { padding: 4px 20px 4px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
"""


def try_on(utterances: Sequence[Utterance], understanding: Understanding, entities: EntityModel) -> list[Outcome]:
    """Read each utterance as the assistant would."""
    outcomes = []
    for each in utterances:
        start = time.thread_time()
        sentence = sentences.read(entities.encoder, each.text)
        reading = understanding.read(sentence)
        found = _spans(entities, sentence)
        spent = (time.thread_time() - start) * 1e3
        outcomes.append(Outcome(each, reading.ranking, reading.second, found, spent))
    return outcomes


def cross_validate(utterances: Sequence[Utterance]) -> tuple[list[Outcome], list[Outcome]]:
    """Outcomes for intents (all utterances) and for entities (a fifth of them), each judged unseen."""
    encoded = _encoded(utterances)
    inputs = intent_model.inputs_of(encoded)
    labels, targets = _targets(utterances)
    nothing = np.zeros(0, dtype=int)
    scores_of, _ = intent_model.out_of_fold(inputs, targets, inputs.take(nothing), nothing)
    sharpness = intent_model.fit_sharpness(scores_of, targets.argmax(axis=1))
    chances = np.exp(heads.log_softmax(sharpness * scores_of))
    judged = [Outcome(each, _ranked(labels, row)) for each, row in zip(utterances, chances, strict=True)]
    order = np.random.default_rng(0).permutation(len(utterances))
    fifth, rest = order[: len(order) // _FIFTH], order[len(order) // _FIFTH :]
    with tempfile.TemporaryDirectory() as folder:
        entities = EntityModel.fit([utterances[at] for at in rest], _TABLES, Path(folder), encoder.best())
        tagged = [Outcome(utterances[at], judged[at].ranking, entities=_spans(entities, encoded[at])) for at in fifth]
    return judged, tagged


def ablation(training: Sequence[Utterance], test: Sequence[Utterance]) -> Table:
    """Strict accuracy on `test` by the share of the training data and by what the classifier may use."""
    seen = intent_model.inputs_of(_encoded(training))
    unseen = intent_model.inputs_of(_encoded(test))
    labels, targets = _targets(training)
    order = np.random.default_rng(0).permutation(len(training))
    rows = []
    for size in _SIZES:
        chosen = order[: int(len(order) * size)]
        claims = []
        for shares in (Shares(0.0, 1.0), Shares(1.0, 0.0), USUAL):
            model = IntentModel.fit_inputs(
                seen.take(chosen), targets[chosen], labels, encoder.HashedEncoder(), 1.0, shares
            )
            claims.append([labels[at] for at in model.scores(unseen).argmax(axis=1)])
        rows.append((f"{size:.0%} ({len(chosen)})", *(_accuracy(claim, test) for claim in claims)))
    return Table("Ablation, strict", ("training data", "n-grams", "vectors", "both"), rows)


def _targets(utterances: Sequence[Utterance]) -> tuple[list[str], np.ndarray]:
    labels = sorted({each.intent for each in utterances})
    seconds = [each.secondary for each in utterances]
    return labels, intent_model.targets_of(labels, [each.intent for each in utterances], seconds)


def _ranked(labels: Sequence[str], chances: np.ndarray) -> list[tuple[str, float]]:
    return [(labels[at], float(chances[at])) for at in np.argsort(-chances)]


def page(title: str, parts: Sequence[Table]) -> str:
    """The tables as an HTML page that needs nothing else."""
    links = "".join(f'<a href="#t{at}">{escape(table.title)}</a>' for at, table in enumerate(parts))
    body = "".join(
        f'<h2 id="t{at}">{escape(table.title)}</h2><div class="wide"><table><tr>{_cells("th", table.head)}</tr>'
        + "".join(f"<tr>{_cells('td', row)}</tr>" for row in table.rows)
        + "</table></div>"
        for at, table in enumerate(parts)
    )
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style>"
    )
    return (
        f'<!doctype html><html lang="zh-CN"><head>{head}</head>'
        f"<body><h1>{escape(title)}</h1><nav>{links}</nav>{body}</body></html>"
    )


def lines(table: Table) -> Iterator[str]:
    """A table as text."""
    yield f"\n{table.title}"
    widths = [max(map(len, column)) for column in zip(table.head, *table.rows, strict=True)]
    for row in (table.head, *table.rows):
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _encoded(utterances: Sequence[Utterance]) -> list[Sentence]:
    return sentences.read_all(encoder.best(), [each.text for each in utterances])


def _spans(entities: EntityModel, sentence: Sentence) -> tuple[Span, ...]:
    return tuple(Span(found["entity"], found["start"], found["end"]) for found in entities.find(sentence))


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
            yield understanding, EntityModel.fit(training, _TABLES, folder, encoder.best())
            return
        with tarfile.open(archive) as packed:
            packed.extractall(folder)
        intents = next(folder.rglob("intents.json")).parent
        entities = next(folder.rglob("entities.json")).parent
        yield Understanding.load(intents, Thresholds()), EntityModel.load(entities)


def _folded(folder: Path) -> list[Table]:
    judged, tagged = cross_validate(data.read_training(folder))
    parts = [table for table in scores.tables(judged) if table.title != scores.by_entity([]).title]
    return [*parts, scores.by_entity(tagged)]


def _tried(folder: Path, tests: Sequence[Path], archive: Path | None, ablated: bool) -> list[Table]:
    """The tables of each test, under its name."""
    training = data.read_training(folder) if archive is None or ablated else []
    parts = []
    with _models(archive, training) as (understanding, entities):
        for test in tests:
            utterances = data.read_labelled(test)
            found = scores.tables(try_on(utterances, understanding, entities))
            if ablated:
                found.append(ablation(training, utterances))
            parts += [Table(f"{test.stem}: {table.title}", table.head, table.rows) for table in found]
    return parts


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=Path("data/nlu"))
    options.add_argument("--test", type=Path, nargs="+", default=_TESTS)
    options.add_argument("--model", type=Path, help="a trained model of Rasa")
    options.add_argument("--ablation", action="store_true", help="also try less data and less of the classifier")
    options.add_argument("--folds", action="store_true", help="cross-validate on the training data")
    options.add_argument("--output", type=Path, default=Path("var/understanding"))
    chosen = options.parse_args()
    parts = _folded(chosen.data) if chosen.folds else _tried(chosen.data, chosen.test, chosen.model, chosen.ablation)
    text = "\n".join(line for table in parts for line in lines(table))
    print(text)
    chosen.output.mkdir(parents=True, exist_ok=True)
    (chosen.output / "report.txt").write_text(text + "\n", encoding="utf-8")
    (chosen.output / "report.html").write_text(page("Understanding", parts), encoding="utf-8")


if __name__ == "__main__":
    main()
