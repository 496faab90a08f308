"""What people said of answers, kept for good, and as a question set that `eval --questions` reads.

An opinion becomes a question of the set only if it says what the right answer is: the provisions
that hold it, or that none does. The rest is written beside it, for a person to judge.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from clusterqa.errors import ClusterQAError
from clusterqa.records.database import Database

Verdict = Literal["wrong", "incomplete", "outdated", "bad_citation"]
Gold = dict[str, str]  # doc, label, quote, as in a question set


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody said of an answer; `expected` is () for "the documents do not say", None if
    the right answer was not given. `question` is None where nobody let it be kept, `citation` the
    number of the one that it is about, None for the answer as a whole.
    """

    n: int
    given: str
    answer: str
    verdict: Verdict
    note: str
    question: str | None
    as_of: str | None
    index_id: str
    expected: tuple[Gold, ...] | None
    citation: int | None = None


class Feedback:
    def __init__(self, database: Database) -> None:
        self.database = database

    def keep(
        self,
        answer: str,
        verdict: Verdict,
        *,
        citation: int | None = None,
        note: str = "",
        question: str | None = None,
        as_of: str | None = None,
        expected: Sequence[Gold] | None = None,
        index_id: str,
    ) -> None:
        """Store an opinion; it is on the disk when this returns."""
        self.database.write_durably(
            "INSERT INTO feedback (given, answer, verdict, citation, note, question, as_of, "
            "expected, index_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", answer, verdict, citation, note, question,
            as_of, None if expected is None else json.dumps(list(expected)), index_id,
        )  # fmt: skip

    def all(self) -> list[Opinion]:
        """Every opinion, oldest first."""
        rows = self.database.select(
            "SELECT n, given, answer, verdict, note, question, as_of, index_id, expected, citation "
            "FROM feedback ORDER BY n"
        )
        return [
            Opinion(
                n, given, answer, verdict, note, question, as_of, index, unpacked(right), number
            )
            for n, given, answer, verdict, note, question, as_of, index, right, number in rows
        ]

    def export(self, folder: Path) -> dict[str, int]:
        """Write the question set into a folder; how many lines each of its files got.

        Raises `ClusterQAError` if the folder cannot be written.
        """
        files: dict[str, list[dict[str, Any]]] = {
            "feedback_answerable.jsonl": [],
            "feedback_unanswerable.jsonl": [],
            "to_judge.jsonl": [],
        }
        for opinion in self.all():
            files[file_of(opinion)].append(entry_of(opinion))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, entries in files.items():
                lines = [json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries]
                (folder / name).write_text("".join(lines), encoding="utf-8")
        except OSError as error:
            raise ClusterQAError(
                f"{folder}: cannot be written ({error.strerror}); name another folder"
            ) from error
        return {name: len(entries) for name, entries in files.items()}


def file_of(opinion: Opinion) -> str:
    if opinion.question is None or opinion.expected is None:
        return "to_judge.jsonl"
    return f"feedback_{'answerable' if opinion.expected else 'unanswerable'}.jsonl"


def entry_of(opinion: Opinion) -> dict[str, Any]:
    """The opinion as a line of a question set, with where it came from."""
    return {
        "id": f"feedback-{opinion.n}",
        "type": opinion.verdict,
        "question": opinion.question,
        "as_of": opinion.as_of,
        "answerable": bool(opinion.expected),
        "gold": list(opinion.expected or ()),
        "alternatives": [],
        "answer": opinion.answer,
        "citation": opinion.citation,
        "index": opinion.index_id,
        "note": opinion.note,
        "given": opinion.given,
    }


def unpacked(expected: str | None) -> tuple[Gold, ...] | None:
    return None if expected is None else tuple(json.loads(expected))
