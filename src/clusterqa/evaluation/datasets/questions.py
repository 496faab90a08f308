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

import msgspec

from clusterqa.errors import CorpusError
from clusterqa.evaluation.datasets.json_entries import json_lines, located

_SPACE = re.compile("[\\s\u200b\u2060\ufeff]+")


@dataclass(frozen=True, slots=True)
class Gold:
    """A judged passage: a quote that occurs in `doc` only under `label`; `ValueError` for none."""

    doc: str
    label: str
    quote: str

    def __post_init__(self) -> None:
        if not (self.doc and self.label and normalise(self.quote)):
            raise ValueError("doc, label and quote may not be empty")


@dataclass(frozen=True, slots=True)
class JudgedTurn:
    """A question as a line has it, alone or as a turn of a conversation."""

    question: str
    as_of: date | None
    answerable: bool
    gold: tuple[Gold, ...]
    alternatives: tuple[Gold, ...]

    def __post_init__(self) -> None:
        if not self.question.strip():
            raise ValueError("the question is empty")
        if self.answerable != bool(self.gold):
            raise ValueError("gold is for answerable questions, at least one entry for each")


@dataclass(frozen=True, slots=True)
class JudgedEntry:
    """What every line has beside its question or its turns."""

    id: str
    type: str


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
        for place, entry in json_lines(path, dict[str, Any]):
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


def _entry_questions(plain: dict[str, Any]) -> Iterator[Question]:
    entry = msgspec.convert(plain, JudgedEntry)
    if "turns" not in plain:
        yield _question(msgspec.convert(plain, JudgedTurn), entry.id, entry.type)
        return
    for number, turn in enumerate(msgspec.convert(plain["turns"], tuple[JudgedTurn, ...]), 1):
        yield _question(turn, f"{entry.id}.{number}", entry.type, entry.id, number)


def _question(
    turn: JudgedTurn, name: str, kind: str, conversation: str | None = None, number: int = 1
) -> Question:
    return Question(
        id=name,
        question=turn.question,
        as_of=turn.as_of,
        type=kind,
        answerable=turn.answerable,
        gold=turn.gold,
        alternatives=turn.alternatives,
        conversation=conversation,
        turn=number,
    )
