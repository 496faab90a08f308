"""Answers on their way out: linked to their quotes, kept for their permalinks, measured and logged,
whichever route they were asked through.
"""

import logging
import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Request

from clusterqa.answers import Answer, Found, IndexRef, Notice
from clusterqa.index import Index
from clusterqa.records import Answers, Database, Feedback, Keys
from clusterqa.server.assistants import Answering
from clusterqa.server.metrics import Metrics
from clusterqa.server.pages.rendering import with_viewers
from clusterqa.settings import Settings
from clusterqa.types import Inquiry, Work

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Records:
    """What the server remembers, in one file."""

    answers: Answers
    feedback: Feedback
    keys: Keys


def open_records(settings: Settings) -> Records:
    """The records in the settings' file; raises `ClusterQAError` if it cannot be used."""
    database = Database(settings.records)
    answers = Answers(
        database, keep_days=settings.keep_days, keep_questions=settings.keep_questions
    )
    return Records(answers, Feedback(database), Keys(database))


class Recorded:
    """An assistant that links, keeps, measures and logs each answer it gives.

    The log has the question only if `log_questions`.
    """

    def __init__(
        self, assistant: Answering, answers: Answers, metrics: Metrics, *, log_questions: bool
    ) -> None:
        self.assistant = assistant
        self.answers = answers
        self.metrics = metrics
        self.log_questions = log_questions

    @property
    def index(self) -> Index:
        return self.assistant.index

    @property
    def today(self) -> date:
        return self.assistant.today

    @property
    def index_ref(self) -> IndexRef:
        return self.assistant.index_ref

    @property
    def works(self) -> tuple[Work, ...]:
        return self.assistant.works

    @property
    def absent(self) -> tuple[Work, ...]:
        return self.assistant.absent

    @property
    def foremost(self) -> tuple[Notice, ...]:
        return self.assistant.foremost

    def ask(self, inquiry: Inquiry) -> Answer:
        """The assistant's answer; it is given even if it cannot be kept."""
        given = self.assistant.ask(inquiry)
        answer = with_viewers(given, self.today)
        try:
            self.answers.keep(answer)
        except sqlite3.Error as error:
            logger.error("Answer %s is not kept: %s", answer.id, error)
        self.metrics.answered(answer)
        self.log(answer)
        return answer

    def log(self, answer: Answer) -> None:
        fields = {
            "answer": answer.id,
            "status": answer.status,
            "reason": answer.reason,
            "index": answer.index.id,
            "stages_ms": answer.timings_ms,
            "question": answer.question if self.log_questions else None,
        }
        logger.info("answer", extra={"fields": fields})

    def find(self, inquiry: Inquiry, *, k: int = 10) -> list[Found]:
        return self.assistant.find(inquiry, k=k)


async def _records(request: Request) -> Records:
    records: Records = request.app.state.records
    return records


TheRecords = Annotated[Records, Depends(_records)]
