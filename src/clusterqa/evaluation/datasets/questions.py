"""A folder of JSON Lines in, `Question`s with their judged passages out.

A line is one question or a conversation of several turns, each a question of its own. A line that
is not as it should be is an error that names file, line and field.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from clusterqa.errors import CorpusError
from clusterqa.evaluation.datasets.json_entries import field, json_lines, located
from clusterqa.languages.days import iso_day

_SPACE = re.compile("[\\s\u200b\u2060\ufeff]+")


@dataclass(frozen=True, slots=True)
class Gold:
    """A judged passage: a quote that occurs in `doc` only under `label`."""

    doc: str
    label: str
    quote: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question or turn; `as_of` None means the day of the evaluation."""

    id: str
    question: str
    as_of: date | None
    type: str
    answerable: bool
    gold: tuple[Gold, ...]
    alternatives: tuple[Gold, ...]
    conversation: str | None = None
    turn: int = 1


def read_questions(folder: Path) -> tuple[Question, ...]:
    """Every question and turn of the `*answerable`, `*unanswerable` and `*followup` files."""
    names = ("answerable.jsonl", "followup.jsonl")  # the first ending covers unanswerable too
    paths = sorted(path for path in folder.glob("*.jsonl") if path.name.endswith(names))
    questions: dict[str, Question] = {}
    for path in paths:
        for place, entry in json_lines(path):
            with located(place):
                for question in _entry_questions(entry):
                    if question.id in questions:
                        raise ValueError(f"id {question.id} occurs twice")
                    questions[question.id] = question
    if not questions:
        raise CorpusError(
            f"{folder}: no questions; name a folder that holds *answerable.jsonl, "
            "*unanswerable.jsonl or *followup.jsonl, one JSON object per line"
        )
    return tuple(questions.values())


def normalise(text: str) -> str:
    """The text with every run of white or zero-width space as one space, trimmed.

    Markup and amendment markers are gone since the document was parsed.
    """
    return _SPACE.sub(" ", text).strip()


def _entry_questions(entry: Any) -> Iterator[Question]:
    name, kind = field(entry, "id", str), field(entry, "type", str)
    if "turns" not in entry:
        yield _question(entry, name, kind)
        return
    for number, turn in enumerate(field(entry, "turns", list), 1):
        yield _question(turn, f"{name}.{number}", kind, name, number)


def _question(
    entry: object, name: str, kind: str, conversation: str | None = None, turn: int = 1
) -> Question:
    as_of = field(entry, "as_of", str | None)
    answerable = field(entry, "answerable", bool)
    gold = tuple(map(_gold, field(entry, "gold", list)))
    if answerable != bool(gold):
        raise ValueError("gold is for answerable questions, at least one entry for each")
    return Question(
        id=name,
        question=field(entry, "question", str),
        as_of=iso_day(as_of) if as_of is not None else None,
        type=kind,
        answerable=answerable,
        gold=gold,
        alternatives=tuple(map(_gold, field(entry, "alternatives", list))),
        conversation=conversation,
        turn=turn,
    )


def _gold(entry: object) -> Gold:
    gold = Gold(*(field(entry, name, str) for name in ("doc", "label", "quote")))
    if not (gold.doc and gold.label and normalise(gold.quote)):
        raise ValueError("doc, label and quote may not be empty")
    return gold
