"""Tables that say how well labelled utterances were understood."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from bot.nlu.data import Span, Utterance

EMERGENCY = "report_emergency"
_DOUBTFUL = 50
_BINS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)


@dataclass(frozen=True)
class Outcome:
    """An utterance and what was made of it; `milliseconds` is the processor time that took."""

    utterance: Utterance
    ranking: Sequence[tuple[str, float]]
    second: str | None = None
    entities: tuple[Span, ...] = ()
    milliseconds: float = 0.0

    @property
    def intent(self) -> str:
        return self.ranking[0][0]

    @property
    def confidence(self) -> float:
        return self.ranking[0][1]

    @property
    def right(self) -> bool:
        return self.intent == self.utterance.intent

    @property
    def acceptable(self) -> bool:
        wanted = self.utterance
        return self.right or self.intent in wanted.accepted or self.intent == wanted.secondary


@dataclass(frozen=True)
class Table:
    """A title, column heads and rows, for print and page alike."""

    title: str
    head: tuple[str, ...]
    rows: list[tuple[str, ...]]


def tables(outcomes: Sequence[Outcome]) -> list[Table]:
    """All tables for some outcomes."""
    return [
        overview(outcomes),
        by_intent(outcomes),
        by_register(outcomes),
        by_entity(outcomes),
        calibration(outcomes),
        confusions(outcomes),
        doubtful(outcomes),
    ]


def overview(outcomes: Sequence[Outcome]) -> Table:
    emergency = _counts(outcomes, EMERGENCY)
    outside = _counts(outcomes, "out_of_scope")
    entities = [sum(column) for column in zip(*_entity_counts(outcomes).values(), strict=True)] or [0, 0, 0]
    times = sorted(each.milliseconds for each in outcomes)
    wished = [each for each in outcomes if each.utterance.secondary]
    found = [each for each in outcomes if each.second]
    both = sum({each.intent, each.second} == {each.utterance.intent, each.utterance.secondary} for each in wished)
    rows = [
        ("utterances", str(len(outcomes))),
        ("intents, strict", _share(sum(each.right for each in outcomes), len(outcomes))),
        ("intents, lenient", _share(sum(each.acceptable for each in outcomes), len(outcomes))),
        ("emergency recall", _share(emergency[0], emergency[0] + emergency[2])),
        ("emergency precision", _share(emergency[0], emergency[0] + emergency[1])),
        ("out_of_scope F1", _f1(*outside)),
        ("entities F1, by overlap", _f1(*entities)),
        ("two wishes, both right", f"{both} of {len(wished)} ({len(found)} claimed)"),
        ("CPU ms a message, p50 / p95", f"{median(times):.1f} / {times[int(0.95 * (len(times) - 1))]:.1f}"),
    ]
    return Table("Overview", ("what", "value"), rows)


def by_intent(outcomes: Sequence[Outcome]) -> Table:
    names = sorted({each.utterance.intent for each in outcomes})
    rows = [(name, *(str(n) for n in _counts(outcomes, name)), _f1(*_counts(outcomes, name))) for name in names]
    return Table(
        "Intents", ("intent", "right", "claimed wrongly", "missed", "F1"), sorted(rows, key=lambda row: row[4])
    )


def by_register(outcomes: Sequence[Outcome]) -> Table:
    groups = defaultdict(list)
    for each in outcomes:
        groups[each.utterance.register or "-"].append(each)
    rows = [
        (name, str(len(group)), _share(sum(e.right for e in group), len(group)),
         _share(sum(e.acceptable for e in group), len(group)))
        for name, group in sorted(groups.items())
    ]  # fmt: skip
    return Table("Registers", ("register", "utterances", "strict", "lenient"), rows)


def by_entity(outcomes: Sequence[Outcome]) -> Table:
    rows = [(name, *map(str, counts), _f1(*counts)) for name, counts in sorted(_entity_counts(outcomes).items())]
    return Table("Entities, by overlap", ("entity", "right", "claimed wrongly", "missed", "F1"), rows)


def calibration(outcomes: Sequence[Outcome]) -> Table:
    """Of the messages with about that confidence, how many are right."""
    rows = []
    for low, high in pairwise(_BINS):
        group = [each for each in outcomes if low <= each.confidence < high]
        if group:
            mean = sum(each.confidence for each in group) / len(group)
            right = _share(sum(each.right for each in group), len(group))
            rows.append((f"{low:.2f} to {min(high, 1):.2f}", str(len(group)), f"{mean:.2f}", right))
    return Table("Confidence", ("between", "utterances", "mean confidence", "right"), rows)


def confusions(outcomes: Sequence[Outcome]) -> Table:
    pairs = Counter((each.utterance.intent, each.intent) for each in outcomes if not each.acceptable)
    rows = [(wanted, got, str(count)) for (wanted, got), count in pairs.most_common(25)]
    return Table("Confusions", ("label", "taken for", "times"), rows)


def doubtful(outcomes: Sequence[Outcome]) -> Table:
    ordered = sorted(outcomes, key=lambda each: each.confidence)[:_DOUBTFUL]
    rows = [
        (f"{each.confidence:.2f}", each.intent, "" if each.right else each.utterance.intent, each.utterance.text)
        for each in ordered
    ]
    return Table("The most doubtful", ("confidence", "intent", "label, if another", "text"), rows)


def _counts(outcomes: Iterable[Outcome], intent: str) -> tuple[int, int, int]:
    """Right, claimed wrongly, missed."""
    pairs = [(each.utterance.intent == intent, each.intent == intent) for each in outcomes]
    return pairs.count((True, True)), pairs.count((False, True)), pairs.count((True, False))


def _entity_counts(outcomes: Iterable[Outcome]) -> dict[str, list[int]]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in outcomes:
        wanted, have = each.utterance.entities, each.entities
        for span in wanted:
            counts[span.entity][0 if any(_same(span, other) for other in have) else 2] += 1
        for span in have:
            counts[span.entity][1] += not any(_same(span, other) for other in wanted)
    return counts


def _same(one: Span, other: Span) -> bool:
    return one.entity == other.entity and one.start < other.end and other.start < one.end


def _f1(right: int, wrong: int, missed: int) -> str:
    return f"{2 * right / max(1, 2 * right + wrong + missed):.3f}"


def _share(part: int, whole: int) -> str:
    return f"{part / max(1, whole):.3f}"
