"""The routes that answer and search. `Answer` goes out as it is; only search adds shapes."""

from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query
from pydantic import Field

from clusterqa.answers import Answer, Found
from clusterqa.query.checks import LONGEST_QUESTION
from clusterqa.server.api.inputs import (
    MOST_PASSAGES,
    MOST_TURNS,
    AsOf,
    Cursor,
    Day,
    Documents,
    Question,
    StrictModel,
    Text,
    day,
)
from clusterqa.server.api.paging import cursor_after, place_of
from clusterqa.server.assistants import Answering, TheAssistant
from clusterqa.server.problems import refusals
from clusterqa.types import Inquiry, Turn

__all__ = ["AskRequest", "Day", "SearchRequest", "StrictModel", "Text", "ask", "day", "router"]

router = APIRouter()
REACH = 50  # ranks that pages reach: up to here every page is ranked among the same candidates

Rank = Annotated[int, Field(ge=1, le=MOST_PASSAGES, description="How many passages to a page.")]
Shape = Annotated[
    Literal["hits", "search_result"],
    Field(description="`search_result`: blocks that a language model's API takes as sources."),
]


class EarlierQuestion(StrictModel):
    question: Annotated[Text, Field(max_length=LONGEST_QUESTION)]
    as_of: AsOf = None


History = Annotated[
    tuple[EarlierQuestion, ...],
    Field(max_length=MOST_TURNS, description="Earlier questions of the conversation, in order."),
]


class AskRequest(StrictModel):
    question: Question
    as_of: AsOf = None
    documents: Documents = ()
    history: History = ()


class SearchRequest(StrictModel):
    question: Question
    as_of: AsOf = None
    documents: Documents = ()
    history: History = ()
    k: Rank = 10
    cursor: Cursor = None
    format: Shape = "hits"


class SearchQuery(StrictModel):
    q: Question
    as_of: AsOf = None
    documents: Documents = ()
    k: Rank = 10
    cursor: Cursor = None
    format: Shape = "hits"


@dataclass(frozen=True, slots=True)
class SearchResults:
    """Passages, best first; `next` is the cursor of the page after this one, if there is one."""

    hits: tuple[Found, ...]
    index: str
    next: str | None = None


@dataclass(frozen=True, slots=True)
class TextBlock:
    text: str
    type: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class CitationsOn:
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class SearchResultBlock:
    """A passage as a `search_result` content block, a text block for each of its lines."""

    source: str
    title: str
    content: tuple[TextBlock, ...]
    citations: CitationsOn = CitationsOn()
    type: Literal["search_result"] = "search_result"


@dataclass(frozen=True, slots=True)
class SearchResultBlocks:
    content: tuple[SearchResultBlock, ...]
    index: str
    next: str | None = None


@router.post("/v1/ask", responses=refusals(400, 404, 413, 422), tags=["answers"])
def ask(body: AskRequest, assistant: TheAssistant) -> Answer:
    """An answer in the documents' own words, or status `no_answer`, which is no error."""
    return assistant.ask(inquiry_of(body))


@router.post("/v1/search", responses=refusals(400, 404, 410, 413, 422), tags=["search"])
def search(body: SearchRequest, assistant: TheAssistant) -> SearchResults | SearchResultBlocks:
    """The passages nearest to a question among those that applied on the date, best first."""
    return _results(assistant, body)


@router.get("/v1/search", responses=refusals(404, 410, 422), tags=["search"])
def search_by_url(
    query: Annotated[SearchQuery, Query()], assistant: TheAssistant
) -> SearchResults | SearchResultBlocks:
    """The same for a question in the URL."""
    said = {name: getattr(query, name) for name in SearchQuery.model_fields if name != "q"}
    return _results(assistant, SearchRequest(question=query.q, **said))


def inquiry_of(body: AskRequest | SearchRequest) -> Inquiry:
    """What is asked, after the earlier questions that say anything."""
    said = (Turn(turn.question, turn.as_of) for turn in body.history if turn.question.strip())
    return Inquiry(body.question, body.as_of, tuple(body.documents), tuple(said))


def _results(assistant: Answering, wanted: SearchRequest) -> SearchResults | SearchResultBlocks:
    """One page. Pages end at rank `REACH`; a page that is longer has none after it."""
    index = assistant.index_ref.id
    asked = wanted.model_copy(update={"cursor": None, "format": "hits"})
    begin = place_of(wanted.cursor, of=asked, index=index, start=0)
    end = begin + wanted.k if begin == 0 else min(begin + wanted.k, REACH)
    more = end < REACH  # one more tells whether there is another page
    found = assistant.find(inquiry_of(wanted), k=end + more)
    after = cursor_after(end, of=asked, index=index) if len(found) > end else None
    hits = tuple(found[begin:end])
    if wanted.format == "search_result":
        return SearchResultBlocks(tuple(map(_block, hits)), index, after)
    return SearchResults(hits, index, after)


def _block(hit: Found) -> SearchResultBlock:
    lines = tuple(TextBlock(line) for line in hit.text.splitlines() if line.strip())
    address = f"clusterqa://{quote(hit.document.id)}/{quote(hit.locator.label)}"
    return SearchResultBlock(address, f"{hit.document.short_title}, {hit.locator.label}", lines)
