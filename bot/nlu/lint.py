"""Looks for faults in the training utterances; exits 1 when there are any.

    .venv-rasa/bin/python -m bot.nlu.lint [--held-out FILE …]

Faults: contradictions (the same words with another intent), near-duplicates, wrong labels and offsets, texts that
are also in a held-out file, and parts of the table that are changed, bought or priced without being annotated.
Words that are nearly always annotated, but not here, are shown without being a fault.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import spacy
import yaml

from bot.nlu.data import Utterance, read_labelled, read_training
from bot.nlu.gazetteer import Gazetteer, read_tables
from desk.language.text import clean, plain

_ALIKE = 0.79
_SHORT = 5
_OFTEN = 5
_RARELY = 0.25
_LONGEST = 6
_NO_PARTS = {"report_emergency", "bot_challenge", "affirm", "out_of_scope"}
_HANDLED_BEFORE = re.compile(
    r"(?:换|换了|换过|换完|换个|更换|洗|清洗|拆|买|配|加|修了|修过|调了|涂了|带)(?:新的|原装|兼容)?$"
)
_HANDLED_AFTER = re.compile(
    r"(?:[又也是]?(?:我|自己|刚|上周)?(?:换|清理|刚清|洗过)|多少|啥价|怎么(?:换|拆|洗|配对)|质保|在保|保几年)"
)
_SKELETON = re.compile(r"[\W_]+")


def known_labels(domain: Path) -> tuple[set[str], set[str]]:
    """Intents and entities that the domain names."""
    facts = yaml.safe_load(domain.read_text(encoding="utf-8"))
    return _names(facts["intents"]), _names(facts["entities"])


def _names(entries: list[str | dict[str, object]]) -> set[str]:
    return {each if isinstance(each, str) else next(iter(each)) for each in entries}


def contradictions(utterances: Sequence[Utterance]) -> Iterator[str]:
    """Texts that differ in nothing but punctuation, spelling or script, and have different intents."""
    by_skeleton = defaultdict(list)
    for each in utterances:
        by_skeleton[_skeleton(each.text)].append(each)
    for group in by_skeleton.values():
        intents = sorted({each.intent for each in group})
        if len(intents) > 1:
            yield f"{' / '.join(intents)}: {group[0].text}"


def near_duplicates(utterances: Sequence[Utterance]) -> Iterator[str]:
    """Pairs of almost the same long text with the same intent: they teach little and flatter the cross-validation."""
    long_enough = [each for each in utterances if len(_skeleton(each.text)) >= _SHORT]
    for one, other in _alike(long_enough, long_enough):
        if one.intent == other.intent:
            yield f"{one.intent}: {one.text} ~ {other.text}"


def leaks(utterances: Sequence[Utterance], held_out: Sequence[Utterance]) -> Iterator[str]:
    """Training texts that are almost the same as a long held-out one."""
    long_enough = [each for each in held_out if len(_skeleton(each.text)) >= _SHORT]
    for one, other in _alike(long_enough, utterances):
        yield f"{other.text} ~ held out: {one.text}"


def wrong_labels(utterances: Sequence[Utterance], intents: set[str], entities: set[str]) -> Iterator[str]:
    """Unknown intents and entities, and spans that are empty, outside the text, or overlapping."""
    for each in utterances:
        if each.intent not in intents or (each.secondary and each.secondary not in intents):
            yield f"unknown intent {each.intent} or {each.secondary}: {each.text}"
        end = 0
        for span in sorted(each.entities, key=lambda span: span.start):
            if span.entity not in entities:
                yield f"unknown entity {span.entity}: {each.text}"
            if not end <= span.start < span.end <= len(each.text):
                yield f"wrong span {span.start}:{span.end}: {each.text}"
            end = span.end


def forgotten(utterances: Sequence[Utterance]) -> Iterator[str]:
    """Words that are nearly always annotated as one entity, and here stand bare."""
    annotated = [each for each in utterances if each.annotated]
    named = Counter(
        (span.entity, plain(each.text)[span.start : span.end]) for each in annotated for span in each.entities
    )
    bare = defaultdict(list)
    frequent = {word: entity for (entity, word), count in named.items() if count >= _OFTEN and len(word) > 1}
    for each in annotated:
        covered = {at for span in each.entities for at in range(span.start, span.end)}
        words = plain(each.text)
        for word in _words_in(words, frequent):
            for at in _places(words, word):
                if covered.isdisjoint(range(at, at + len(word))):
                    bare[word].append(each)
    for word, group in bare.items():
        entity = frequent[word]
        if len(group) <= _RARELY * named[entity, word]:
            yield from (f"{entity} {word}: {each.intent}: {each.text}" for each in group)


def bare_parts(utterances: Sequence[Utterance], tables: Path | str) -> Iterator[tuple[str, str]]:
    """Texts with a part of the table that is changed, bought, cleaned or priced and not annotated, and that part."""
    gazetteer = Gazetteer(spacy.blank("zh"), read_tables(tables))
    for each in utterances:
        if not each.annotated or each.intent in _NO_PARTS:
            continue
        for span in gazetteer.find_in(plain(each.text)):
            free = all(other.end <= span.start or span.end <= other.start for other in each.entities)
            handled = _HANDLED_BEFORE.search(each.text[: span.start]) or _HANDLED_AFTER.match(each.text, span.end)
            if span.entity == "part" and span.end - span.start > 1 and free and handled:
                yield each.text, each.text[span.start : span.end]


def _words_in(text: str, words: Mapping[str, str]) -> set[str]:
    found = {text[at:end] for at in range(len(text)) for end in range(at + 2, min(len(text), at + _LONGEST) + 1)}
    return found & words.keys()


def _places(text: str, word: str) -> Iterator[int]:
    return (found.start() for found in re.finditer(re.escape(word), text))


def _alike(ones: Sequence[Utterance], others: Sequence[Utterance]) -> Iterator[tuple[Utterance, Utterance]]:
    """Pairs whose sets of character pairs overlap by more than `_ALIKE` (Jaccard), each pair once."""
    by_pair = defaultdict(list)
    pairs = [_pairs(each.text) for each in others]
    for at, gram_set in enumerate(pairs):
        for gram in gram_set:
            by_pair[gram].append(at)
    same = ones is others
    for at, one in enumerate(ones):
        mine = _pairs(one.text)
        shared: dict[int, int] = defaultdict(int)
        for gram in mine:
            for candidate in by_pair.get(gram, ()):
                shared[candidate] += 1
        for candidate, count in shared.items():
            if same and candidate <= at:
                continue
            if count / (len(mine) + len(pairs[candidate]) - count) > _ALIKE:
                yield one, others[candidate]


def _pairs(text: str) -> set[str]:
    skeleton = f"^{_skeleton(text)}$"
    return {skeleton[at : at + 2] for at in range(len(skeleton) - 1)}


def _skeleton(text: str) -> str:
    return _SKELETON.sub("", plain(clean(text))) or text


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=Path("data/nlu"))
    options.add_argument("--domain", type=Path, default=Path("domain.yml"))
    options.add_argument("--tables", type=Path, default=Path("data/tables"))
    options.add_argument("--held-out", type=Path, nargs="*", default=[])
    chosen = options.parse_args()
    utterances = read_training(chosen.data)
    held_out = [each for file in chosen.held_out for each in read_labelled(file)]
    faults = {
        "contradictions": list(contradictions(utterances)),
        "near-duplicates": list(near_duplicates(utterances)),
        "wrong labels": list(wrong_labels(utterances, *known_labels(chosen.domain))),
        "leaks": list(leaks(utterances, held_out)),
        "parts without annotation": [f"{part}: {text}" for text, part in bare_parts(utterances, chosen.tables)],
    }
    for kind, lines in faults.items():
        print(f"{kind}: {len(lines)}")
        print("".join(f"  {line}\n" for line in lines), end="")
    print("Words that may have been forgotten to annotate:")
    print("".join(f"  {line}\n" for line in forgotten(utterances)), end="")
    return int(any(faults.values()))


if __name__ == "__main__":
    sys.exit(main())
