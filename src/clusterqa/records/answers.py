"""Answers that were given, to be read again at their permalink, whatever the index is by then."""

import json
import zlib
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from clusterqa.answers import Answer
from clusterqa.records.database import Database


class Answers:
    """The answers of the last `keep_days` days; their questions only if `keep_questions`."""

    def __init__(self, database: Database, *, keep_days: int, keep_questions: bool) -> None:
        self.database = database
        self.keep_days = keep_days
        self.keep_questions = keep_questions
        self._swept: date | None = None

    def keep(self, answer: Answer) -> None:
        """Store an answer, anew if it was given before, and once a day forget the old ones."""
        today = datetime.now(UTC).date()
        if self._swept != today:
            self.forget(before=today - timedelta(days=self.keep_days))
            self._swept = today
        self.database.write(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)",
            answer.id, today.isoformat(), answer.index.id, packed(self.without_question(answer)),
        )  # fmt: skip

    def without_question(self, answer: Answer) -> Answer:
        """The answer as it may be kept: nothing of what the person wrote, unless that is wanted."""
        if self.keep_questions:
            return answer
        return replace(answer, question="", understood_as=None)

    def find(self, answer_id: str) -> dict[str, Any] | None:
        """The answer as it went over the wire, in plain values; None if it is not kept."""
        found = self.database.select(
            "SELECT answer FROM answers WHERE id = ? AND given >= ?",
            answer_id, (datetime.now(UTC).date() - timedelta(days=self.keep_days)).isoformat(),
        )  # fmt: skip
        return json.loads(zlib.decompress(found[0][0])) if found else None

    def forget(self, *, before: date) -> int:
        """Remove the answers given before a day and say how many."""
        return self.database.write("DELETE FROM answers WHERE given < ?", before.isoformat())


def packed(answer: Answer) -> bytes:
    """The answer as JSON, which is mostly law and shrinks to a fifth."""
    plain = json.dumps(asdict(answer), ensure_ascii=False, default=date.isoformat)
    return zlib.compress(plain.encode())
