"""`POST /v1/chat/completions`, whole or streamed, and `GET /v1/models`.

The answer is complete before the first byte leaves, so an error always has its own status, the
pieces of a stream are exactly the content of the answer sent whole, and they leave all at once.
"""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from starlette.responses import Response

from clusterqa.errors import NotFound
from clusterqa.server.assistants import TheAssistant
from clusterqa.server.chat.errors import declared
from clusterqa.server.chat.messages import Annotation, annotations_of, pieces_of, tokens
from clusterqa.server.chat.requests import MODEL, ChatRequest

router = APIRouter(tags=["openai"])
CREATED = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp())  # of the model, as clients expect one
REFUSALS = (401, 408, 421, 429, 500, 503, 504)  # what any request may meet
EVENTS = 'data: {"object": "chat.completion.chunk", …}\n\ndata: [DONE]\n\n'
STREAMED: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"example": EVENTS}}}
}


@dataclass(frozen=True, slots=True)
class Written:
    """The message of a completion, or what a chunk of a stream adds to it."""

    role: Literal["assistant"] | None = None
    content: str | None = None
    refusal: str | None = None
    annotations: tuple[Annotation, ...] | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    message: Written
    index: int = 0
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Words and signs of punctuation that were read and written."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


@dataclass(frozen=True, slots=True)
class ChatOutcome:
    """What a program wants to know of the answer, beyond OpenAI's fields."""

    answer_id: str
    status: str
    reason: str | None
    as_of: str


@dataclass(frozen=True, slots=True)
class Completion:
    """`system_fingerprint` is the id of the index that answered."""

    id: str
    created: int
    choices: tuple[Choice, ...]
    usage: Usage
    system_fingerprint: str
    clusterqa: ChatOutcome
    model: str = MODEL
    object: Literal["chat.completion"] = "chat.completion"


@dataclass(frozen=True, slots=True)
class Model:
    id: str = MODEL
    created: int = CREATED
    owned_by: str = "clusterqa"
    object: Literal["model"] = "model"


@dataclass(frozen=True, slots=True)
class Models:
    data: tuple[Model, ...] = (Model(),)
    object: Literal["list"] = "list"


@router.post(
    "/v1/chat/completions",
    response_model=Completion,
    responses=STREAMED | declared(400, 404, 413, *REFUSALS),
)
def complete(body: ChatRequest, assistant: TheAssistant) -> Completion | Response:
    """The answer as a chat message, for OpenAI's clients; a refusal is a message that says why."""
    check_model(body.model)
    answer = assistant.ask(body.inquiry(assistant.index.library.works, assistant.today))
    pieces = pieces_of(answer, len(assistant.works))
    content = "".join(piece.text for piece in pieces)
    read, written = tokens(" ".join(body.asked)), tokens(content)
    completion = Completion(
        id=f"chatcmpl-{answer.id}",
        created=int(time.time()),
        choices=(Choice(Written("assistant", content, annotations=annotations_of(pieces))),),
        usage=Usage(read, written, read + written),
        system_fingerprint=answer.index.id,
        clusterqa=ChatOutcome(answer.id, answer.status, answer.reason, answer.as_of.isoformat()),
    )
    if not body.stream:
        return completion
    with_usage = body.stream_options is not None and body.stream_options.include_usage
    events = chunks(completion, [piece.text for piece in pieces], with_usage=with_usage)
    return Response(
        b"".join(as_events(events)),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache"},
    )


@router.get("/v1/models", responses=declared(*REFUSALS))
def models() -> Models:
    """The one model there is."""
    return Models()


@router.get("/v1/models/{model}", responses=declared(404, *REFUSALS))
def model(model: Annotated[str, Path(description="Its name: `clusterqa`.")]) -> Model:
    """The model by its name; no other name is known."""
    check_model(model)
    return Model()


def check_model(model: str) -> None:
    if model != MODEL:
        message = f"model: {model[:60]!r} is not here; the one there is: {MODEL!r}"
        raise NotFound(message, param="model")


def chunks(
    completion: Completion, pieces: Iterable[str], *, with_usage: bool
) -> Iterator[dict[str, Any]]:
    """OpenAI's chunks: the role, each piece, the end with its annotations, the usage if wanted."""
    (choice,) = completion.choices
    head: dict[str, Any] = {
        "id": completion.id,
        "object": "chat.completion.chunk",
        "created": completion.created,
        "model": completion.model,
        "system_fingerprint": completion.system_fingerprint,
    }
    if with_usage:
        head["usage"] = None
    yield head | {"choices": [delta(Written("assistant", ""))]}
    for piece in pieces:
        yield head | {"choices": [delta(Written(content=piece))]}
    last = delta(Written(annotations=choice.message.annotations), choice.finish_reason)
    yield head | {"choices": [last], "clusterqa": asdict(completion.clusterqa)}
    if with_usage:
        yield head | {"choices": [], "usage": asdict(completion.usage)}


def delta(added: Written, finish_reason: str | None = None) -> dict[str, Any]:
    told = {name: value for name, value in asdict(added).items() if value is not None}
    return {"index": 0, "delta": told, "logprobs": None, "finish_reason": finish_reason}


def as_events(values: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Server-sent events, the last of which says that there are no more."""
    for value in values:
        yield f"data: {json.dumps(value)}\n\n".encode()
    yield b"data: [DONE]\n\n"
