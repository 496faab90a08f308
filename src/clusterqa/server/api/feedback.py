"""What people say of answers, kept for good; `clusterqa feedback export` makes questions of it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from clusterqa.errors import NotFound
from clusterqa.index import Library
from clusterqa.law.history import provision_text
from clusterqa.records.feedback import Verdict
from clusterqa.server.answer_log import TheRecords
from clusterqa.server.api.answers import stored
from clusterqa.server.api.documents import known_source
from clusterqa.server.api.inputs import Name, Question, StrictModel, Text
from clusterqa.server.assistants import TheAssistant
from clusterqa.server.problems import refusals

router = APIRouter(prefix="/v1/feedback", tags=["answers"])

QUOTE_CHARS, NOTE_CHARS, MOST_EXPECTED = 2_000, 2_000, 5


class Expected(StrictModel):
    """Words of a provision that answer the question."""

    document: Annotated[Name, Field(examples=["02014R0651-20230701"])]
    label: Annotated[Name, Field(examples=["Article 27(9)"])]
    quote: Annotated[Text, Field(min_length=1, max_length=QUOTE_CHARS)]


class FeedbackRequest(StrictModel):
    answer: Annotated[Name, Field(description="The answer's id.", examples=["ans_0123456789"])]
    verdict: Verdict
    citation: Annotated[
        int | None, Field(ge=1, le=100, description="The number of the citation it is about.")
    ] = None
    note: Annotated[Text, Field(max_length=NOTE_CHARS, examples=["The 2023 text applies."])] = ""
    question: Annotated[
        Question | None,
        Field(description="The question, if it may be kept; the server does not keep it itself."),
    ] = None
    expected: Annotated[
        tuple[Expected, ...] | None,
        Field(
            max_length=MOST_EXPECTED,
            description="What answers it. An empty list: the documents do not. Null: not said.",
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class Received:
    answer: str
    verdict: Verdict


@router.post("", status_code=201, responses=refusals(400, 404, 413, 422))
def feedback(body: FeedbackRequest, records: TheRecords, assistant: TheAssistant) -> Received:
    """Say that an answer is wrong, incomplete, outdated or badly cited, and what would be right."""
    answer = stored(records, body.answer)
    for each in body.expected or ():
        check_quote(assistant.index.library, each)
    records.feedback.keep(
        body.answer,
        body.verdict,
        citation=body.citation,
        note=body.note,
        question=body.question or answer["question"] or None,
        as_of=answer["as_of"],
        expected=None if body.expected is None else [gold(each) for each in body.expected],
        index_id=answer["index"]["id"],
    )
    return Received(body.answer, body.verdict)


def check_quote(library: Library, expected: Expected) -> None:
    """Raise `NotFound` unless the words stand in that provision of that document."""
    document = library.document(known_source(library, expected.document))
    text = provision_text(document, expected.label)
    words = folded(expected.quote)
    if text is None or not words or words not in folded(text):
        raise NotFound(f"{expected.document}, {expected.label[:60]!r}: these words are not there.")


def folded(text: str) -> str:
    return " ".join(text.split())


def gold(expected: Expected) -> dict[str, str]:
    return {"doc": expected.document, "label": expected.label, "quote": expected.quote}
