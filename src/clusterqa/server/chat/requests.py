"""What a chat client sends: the last user message is the question, those before are the history.

Nothing else in a conversation is followed: instructions of a system message change no answer.
A parameter that would change the kind of answer is refused, one that only tunes a language model
has no effect here, and one that is unknown is refused, for it may be a misspelt date.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, ValidationInfo

from clusterqa.errors import UsageError
from clusterqa.query.checks import LONGEST_QUESTION, checked
from clusterqa.query.followups import dated_turns
from clusterqa.server.api.inputs import Day, StrictModel, Text
from clusterqa.types import Inquiry, Turn, Work

MODEL = "clusterqa"
TURNS_KEPT = 5  # earlier questions that a follow-up is read with
TURNS_DATED = 20  # that may have named its date
DOCUMENTS_ALONE = "is not supported; answers come from the documents alone"


def unless(*harmless: object, why: str) -> BeforeValidator:
    """A validator that refuses every value but the harmless ones and says why."""

    def check(value: object) -> object:
        if not any(value == each and type(value) is type(each) for each in harmless):
            raise ValueError(why)  # False is no 0 in JSON
        return value

    return BeforeValidator(check)


def text_of_user(value: object, info: ValidationInfo) -> object:
    """A user message's content, which must be text; that of others is not read at all."""
    if info.data.get("role") != "user":
        return None
    if not isinstance(value, str | list | None):
        raise ValueError("use a text or a list of text parts")
    for part in value if isinstance(value, list) else []:
        if not isinstance(part, dict) or not isinstance(part.get("text"), str):
            raise ValueError("only text is read; a part of it is {'type': 'text', 'text': '…'}")
    return value


NoTools = Annotated[
    tuple[()] | None, unless(None, [], why=f"calling tools {DOCUMENTS_ALONE}; leave it out")
]
NoChoice = Annotated[
    Literal["none", "auto"] | None,
    unless(None, "none", "auto", why=f"calling tools {DOCUMENTS_ALONE}; leave it out"),
]


class TextPart(BaseModel):
    model_config = ConfigDict(frozen=True)

    type: Literal["text"]
    text: str


class Message(BaseModel):
    """One message of the conversation; only the content of a user's is read."""

    model_config = ConfigDict(frozen=True)

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Annotated[str | list[TextPart] | None, BeforeValidator(text_of_user)] = None

    @property
    def text(self) -> str:
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        return "\n".join(part.text for part in self.content)


A_QUESTION: dict[str, Any] = {  # in JSON Schema, for the OpenAPI document
    "properties": {
        "role": {"const": "user"},
        "content": {"type": "string", "pattern": r"\S", "maxLength": LONGEST_QUESTION},
    },
    "required": ["role", "content"],
}


class StreamOptions(BaseModel):
    model_config = ConfigDict(frozen=True)

    include_usage: StrictBool = False


class TextFormat(StrictModel):
    type: Literal["text"]


class ChatRequest(StrictModel):
    """OpenAI's parameters, and two of our own: `as_of` and `documents`, as in `/v1/ask`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "model": MODEL,
                    "messages": [{"role": "user", "content": "What is a cluster organisation?"}],
                }
            ]
        }
    )

    model: str
    messages: list[Message] = Field(min_length=1, json_schema_extra={"contains": A_QUESTION})
    stream: StrictBool | None = False
    stream_options: StreamOptions | None = None
    as_of: Day | None = None
    documents: tuple[Text, ...] = ()

    n: Annotated[Literal[1] | None, unless(None, 1, why="only one answer is given")] = None
    tools: NoTools = None
    functions: NoTools = None
    tool_choice: NoChoice = None
    function_call: NoChoice = None
    audio: Annotated[None, unless(None, why="only text is written; leave it out")] = None
    modalities: Annotated[
        tuple[Literal["text"]] | None, unless(None, ["text"], why="only text is written")
    ] = None
    response_format: Annotated[
        TextFormat | None,
        unless(None, {"type": "text"}, why="only text is written; POST /v1/ask returns JSON"),
    ] = None
    logprobs: Annotated[
        Literal[False] | None, unless(None, False, why="quotations have no probabilities")
    ] = None
    top_logprobs: Annotated[
        Literal[0] | None, unless(None, 0, why="quotations have no probabilities")
    ] = None
    web_search_options: Annotated[
        None, unless(None, why=f"searching the web {DOCUMENTS_ALONE}; leave it out")
    ] = None

    # What only tunes a language model, or its bookkeeping, changes nothing in a quotation.
    frequency_penalty: Any = None
    logit_bias: Any = None
    max_completion_tokens: Any = None
    max_tokens: Any = None
    metadata: Any = None
    moderation: Any = None
    parallel_tool_calls: Any = None
    prediction: Any = None
    presence_penalty: Any = None
    prompt_cache_key: Any = None
    prompt_cache_options: Any = None
    prompt_cache_retention: Any = None
    reasoning_effort: Any = None
    safety_identifier: Any = None
    seed: Any = None
    service_tier: Any = None
    stop: Any = None
    store: Any = None
    temperature: Any = None
    top_p: Any = None
    user: Any = None
    verbosity: Any = None

    @property
    def asked(self) -> list[str]:
        """What the user asked, oldest first, blanks folded; a message without text is none."""
        texts = (message.text.split() for message in self.messages if message.role == "user")
        return [" ".join(words) for words in texts if words]

    def question(self) -> str:
        """The last thing asked; raises `UsageError` if no user's message has text."""
        if not self.asked:
            raise UsageError(
                "messages: none with the role 'user' has text; the last of those is the question",
                param="messages",
            )
        return self.asked[-1]

    def inquiry(self, works: Sequence[Work], today: date) -> Inquiry:
        """What is asked, after the turns before it, whose days `works` and `today` give."""
        question, history = self.question(), self.history(works, today)
        return Inquiry(question, self.as_of, tuple(self.documents), history)

    def history(self, works: Sequence[Work], today: date) -> tuple[Turn, ...]:
        """The questions before, each on the date that it or one before it named."""
        asked = usable(self.asked[:-1])[-TURNS_DATED:]
        return dated_turns(asked, works, today)[-TURNS_KEPT:]


def usable(questions: Iterable[str]) -> list[str]:
    """Those that could have been asked; a follow-up does not fail for what came before it."""
    found = []
    for question in questions:
        try:
            found.append(checked(question))
        except UsageError:
            continue
    return found
