"""The JSON routes. `Answer` goes out as it is; only search adds a shape of its own."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from clusterqa.server.opening import Assistant, TheAssistant, TheOpener
from clusterqa.server.problems import declared
from clusterqa.types import Answer, Found, Turn

router = APIRouter()


def day(value: object) -> date:
    """The date an ISO string stands for; raises ValueError for all else, timestamps included."""
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("use a date as YYYY-MM-DD, such as 2023-07-01") from None


def encodable(text: str) -> str:
    """The text itself; raises ValueError for half a surrogate pair, which JSON can smuggle in."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("this is not valid Unicode text") from None
    return text


Day = Annotated[date, BeforeValidator(day)]
Text = Annotated[str, AfterValidator(encodable)]
Rank = Annotated[int, Field(ge=1, le=100)]


class StrictModel(BaseModel):
    """Refuses unknown fields: a misspelt `as_of` must not quietly mean today."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EarlierQuestion(StrictModel):
    question: Text
    as_of: Day | None = None


class AskRequest(StrictModel):
    question: Text
    as_of: Day | None = None
    documents: tuple[Text, ...] = ()
    history: tuple[EarlierQuestion, ...] = ()


class SearchRequest(StrictModel):
    question: Text
    as_of: Day | None = None
    documents: tuple[Text, ...] = ()
    history: tuple[EarlierQuestion, ...] = ()
    k: Rank = 10


class SearchQuery(StrictModel):
    q: Text
    as_of: Day | None = None
    documents: tuple[Text, ...] = ()
    k: Rank = 10


@dataclass(frozen=True, slots=True)
class SearchResults:
    hits: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Health:
    status: Literal["ok"] = "ok"


@dataclass(frozen=True, slots=True)
class Readiness:
    index: str
    status: Literal["ready"] = "ready"


@router.post("/v1/ask", responses=declared(413, 422, 500, 503))
def ask(body: AskRequest, assistant: TheAssistant) -> Answer:
    """An answer in the documents' own words, or status `no_answer`, which is no error."""
    history = [Turn(turn.question, turn.as_of) for turn in body.history]
    return assistant.ask(body.question, as_of=body.as_of, documents=body.documents, history=history)


@router.post("/v1/search", responses=declared(413, 422, 500, 503))
def search(body: SearchRequest, assistant: TheAssistant) -> SearchResults:
    """The passages nearest to a question among those that applied on the date, best first."""
    return _results(assistant, body)


@router.get("/v1/search", responses=declared(422, 500, 503))
def search_by_url(query: Annotated[SearchQuery, Query()], assistant: TheAssistant) -> SearchResults:
    """The same for a question in the URL."""
    wanted = SearchRequest(
        question=query.q, as_of=query.as_of, documents=query.documents, k=query.k
    )
    return _results(assistant, wanted)


@router.get("/healthz")
def healthz() -> Health:
    """The process is up; says nothing of the index."""
    return Health()


@router.get("/readyz", responses=declared(500, 503))
def readyz(opener: TheOpener) -> Readiness:
    """The id of the index that answers, or 503 while there is none."""
    return Readiness(opener.get(patience=0).index_ref.id)


def _results(assistant: Assistant, wanted: SearchRequest) -> SearchResults:
    history = [Turn(turn.question, turn.as_of) for turn in wanted.history]
    found = assistant.find(
        wanted.question,
        as_of=wanted.as_of,
        documents=wanted.documents,
        history=history,
        k=wanted.k,
    )
    return SearchResults(tuple(found))
