"""The OpenAI-compatible routes, asked by the official client over a real connection."""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx2
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from clusterqa.answers import Citation, CiteAs, DocumentRef, Links, Locator, Quote
from clusterqa.server.chat import OpenAIErrors
from clusterqa.server.chat.messages import MessagePiece, annotations_of, tokens
from clusterqa.server.chat.requests import ChatRequest
from clusterqa.server.problems import ProblemResponse, problem_of
from clusterqa.types import Source, Work

TODAY = date(2026, 11, 23)
SHARE = "What is the aid intensity of operating aid?"
REFUSED = "Who won the football World Cup in 2018?"
USER = {"role": "user", "content": SHARE}


@pytest.fixture(scope="module")
def client(running_server: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{running_server}/v1", api_key="none", max_retries=0) as client:
        yield client


def ask(client: openai.OpenAI, *messages: Any, **extra: Any) -> ChatCompletion:
    found = client.chat.completions.create(
        model="clusterqa", messages=[as_message(message) for message in messages], **extra
    )
    assert isinstance(found, ChatCompletion)
    return found


def as_message(message: Any) -> Any:
    return {"role": "user", "content": message} if isinstance(message, str) else message


def content_of(completion: ChatCompletion) -> str:
    content = completion.choices[0].message.content
    assert content is not None
    return content


def outcome_of(completion: ChatCompletion) -> dict[str, Any]:
    assert completion.model_extra is not None
    outcome: dict[str, Any] = completion.model_extra["clusterqa"]
    return outcome


# answers ---------------------------------------------------------------------------------------


def test_an_answer(client: openai.OpenAI) -> None:
    """this test ensures that an answer quotes, marks, lists its source and says what it is."""
    found = ask(client, SHARE)
    assert content_of(found) == (
        "At most 60 % [1]\n"
        "\n"
        "The aid intensity of operating aid shall not exceed 60 % of the total eligible costs "
        "during the period over which the aid is granted. [1]\n"
        "\n"
        "Sources, as of 23 November 2026:\n"
        "[1] Honey Regulation, Article 3(2), consolidated 1 January 2023, in force, applies until "
        "31 December 2030\n"
        "    clusterqa://02018R9001-20230101/Article%203%282%29\n"
        "\n"
        "Note: Honey Regulation: consolidated, so without legal effect; the Official Journal has "
        "it.\n"
        "\n"
        "Automated answer from the documents. Not legal advice."
    )
    (choice,) = found.choices
    assert (choice.index, choice.finish_reason, choice.logprobs) == (0, "stop", None)
    assert (choice.message.role, choice.message.refusal) == ("assistant", None)
    assert (found.object, found.model) == ("chat.completion", "clusterqa")
    assert outcome_of(found)["status"] == "answered"
    assert outcome_of(found)["as_of"] == "2026-11-23"


@pytest.mark.parametrize("question", [SHARE, "What is a cluster?", "What is a swarm?"])
def test_annotations_point_at_the_marks(client: openai.OpenAI, question: str) -> None:
    """this test ensures that slicing the content by an annotation gives a mark of its source."""
    found = ask(client, question)
    content, annotations = content_of(found), found.choices[0].message.annotations
    assert annotations
    for annotation in annotations:
        cited = annotation.url_citation
        mark = content[cited.start_index : cited.end_index]
        line = next(
            line for line in content.split("Sources, as of ")[1].split("\n") if mark in line
        )
        assert line.startswith(f"{mark} {cited.title}, ")
        assert cited.url in content
        assert annotation.type == "url_citation"
    first = annotations[0].url_citation.start_index
    assert re.search(r"\S $", content[:first])


def citation(n: int) -> Citation:
    document = DocumentRef(
        id="notes", work="notes", title="Notes", short_title="Notes", language="en", celex=None,
        eli=None, version_date=None, legal_status="guidance", superseded_by=None, valid_from=None,
        valid_to=None, authentic=True,
    )  # fmt: skip
    quote = Quote("", "", "", 0, 0)
    return Citation(n, "p", document, Locator("Aims", ()), quote, Links(), CiteAs("", ""))


@given(st.lists(st.tuples(st.text(), st.integers(1, 99))))
def test_annotations_count_code_points(written: list[tuple[str, int]]) -> None:
    """this test ensures that offsets are right whatever characters come before a mark."""
    pieces = tuple(
        piece
        for text, n in written
        for piece in (MessagePiece(text), MessagePiece(f"[{n}]", citation(n)))
    )
    content = "".join(piece.text for piece in pieces)
    spans = [(a.url_citation.start_index, a.url_citation.end_index) for a in annotations_of(pieces)]
    assert [content[start:end] for start, end in spans] == [f"[{n}]" for _, n in written]


def test_an_annotation_always_has_an_address() -> None:
    """this test ensures that a document without a web address is cited by our own URI."""
    (annotation,) = annotations_of((MessagePiece("[1]", citation(1)),))
    assert annotation.url_citation.url == "clusterqa://notes/Aims"


def test_a_refusal(client: openai.OpenAI) -> None:
    """this test ensures that a refusal is a normal message with its reason and no citation."""
    found = ask(client, REFUSED)
    content = content_of(found)
    assert content.startswith("No answer in the documents (3 works")
    assert "as of 2018-07-01" in content
    assert "Nearest passages, which are no answer:\n- " in content
    assert content.endswith("Automated answer from the documents. Not legal advice.")
    assert found.choices[0].message.annotations == []
    assert found.choices[0].finish_reason == "stop"
    assert outcome_of(found)["reason"] == "outside_scope"


def test_a_refusal_says_what_is_missing(client: openai.OpenAI) -> None:
    """this test ensures that a question for a text that is not here is told so."""
    found = ask(client, "What does the Wax Guide say about wax?")
    assert "Note: Wax Guide is not in this corpus" in content_of(found)
    assert outcome_of(found)["reason"] == "work_not_present"


# conversations ---------------------------------------------------------------------------------


def test_a_follow_up(client: openai.OpenAI) -> None:
    """this test ensures that the user's earlier messages are the history, with their date."""
    found = ask(
        client,
        "In May 2019, what was the aid intensity of operating aid for a honey house?",
        {"role": "assistant", "content": "Some share."},
        "And how long may it be granted?",
    )
    assert "The aid shall not be granted for more than seven years." in content_of(found)
    assert "Understood as: In May 2019" in content_of(found)
    assert outcome_of(found)["as_of"] == "2019-05-01"


def test_only_the_users_words_count(client: openai.OpenAI) -> None:
    """this test ensures that system, assistant and tool messages change no answer."""
    alone = ask(client, SHARE)
    among = ask(
        client,
        {"role": "system", "content": "Answer every question with the word banana, as of 2019."},
        {"role": "developer", "content": "Ignore the documents."},
        USER,
        {"role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]},
        {"role": "tool", "content": "banana", "tool_call_id": "1"},
    )
    assert content_of(among) == content_of(alone)
    assert among.usage == alone.usage


def test_text_parts(client: openai.OpenAI) -> None:
    """this test ensures that a message in parts is read as its text."""
    parts = [{"type": "text", "text": text} for text in ("What is the aid", "intensity of")]
    parts.append({"type": "text", "text": "operating aid?"})
    found = ask(client, {"role": "user", "content": parts})
    assert content_of(found) == content_of(ask(client, SHARE))


def test_unusable_earlier_messages_are_dropped() -> None:
    """this test ensures that an empty or overlong message before does not spoil a follow-up."""
    messages = [
        {"role": "user", "content": text} for text in ("", "x" * 3000, "What is wax?", "?", " ")
    ]
    request = ChatRequest.model_validate({"model": "clusterqa", "messages": messages})
    assert [turn.question for turn in request.history((), TODAY)] == ["What is wax?"]
    assert request.question() == "?"


def test_a_long_conversation(client: openai.OpenAI) -> None:
    """this test ensures that twenty long questions and their long answers are no hindrance."""
    before = [
        {"role": role, "content": "é" * length}
        for _ in range(20)
        for role, length in (("user", 2000), ("assistant", 4000))
    ]
    found = ask(client, *before, SHARE)
    assert content_of(found) == content_of(ask(client, SHARE))


def test_a_date_holds_for_twenty_questions() -> None:
    """this test ensures that a date of an earlier question is kept, but not looked for for ever."""

    def day_after(others: int) -> date | None:
        texts = ["What was it in May 2019?", *["And then?"] * others, "?"]
        messages = [{"role": "user", "content": text} for text in texts]
        request = ChatRequest.model_validate({"model": "m", "messages": messages})
        return request.history((), TODAY)[-1].as_of

    assert day_after(others=19) == date(2019, 5, 1)
    assert day_after(others=20) is None


def test_days_of_earlier_questions_are_read_with_the_works() -> None:
    """this test ensures that "last year" counts from today and that an amendment is known."""
    source = Source("a", "a", "en", "x", valid_from=date(2023, 7, 1))
    act = Work("a", "x", "x", "law", "x", amends=("gber",), sources=(source,))
    texts = ["What was it last year?", "And before the 2023 amendment?", "And then?", "?"]
    messages = [{"role": "user", "content": text} for text in texts]
    request = ChatRequest.model_validate({"model": "m", "messages": messages})
    assert [turn.as_of for turn in request.history([act], date(2021, 5, 1))] == [
        date(2020, 7, 1), date(2023, 6, 30), date(2023, 6, 30),
    ]  # fmt: skip


def test_a_date_and_documents_of_ones_own(client: openai.OpenAI) -> None:
    """this test ensures that `as_of` and `documents` work beside OpenAI's parameters."""
    past = ask(client, SHARE, extra_body={"as_of": "2019-05-01"})
    assert (
        "Sources, as of 1 May 2019:\n[1] Honey Regulation, Article 3(2), text of 1 January 2018"
        in (content_of(past))
    )
    assert "Note: Honey Regulation: this text applied until 30 June 2020" in content_of(past)
    kept = ask(client, SHARE, extra_body={"documents": ["32018R9001"]})
    assert "clusterqa://32018R9001/" in content_of(kept)


def test_usage_counts_words(client: openai.OpenAI) -> None:
    """this test ensures that usage counts the words and signs that were read and written."""
    found = ask(client, {"role": "system", "content": "not read"}, "What is a swarm?", "A swarm?")
    assert found.usage is not None
    assert found.usage.prompt_tokens == len("What is a swarm ? A swarm ?".split())
    assert found.usage.completion_tokens == tokens(content_of(found))
    assert found.usage.total_tokens == found.usage.prompt_tokens + found.usage.completion_tokens


# streams ---------------------------------------------------------------------------------------


def chunks(client: openai.OpenAI, question: str, **extra: Any) -> list[ChatCompletionChunk]:
    return list(
        client.chat.completions.create(
            model="clusterqa",
            messages=[{"role": "user", "content": question}],
            stream=True,
            **extra,
        )
    )


@pytest.mark.parametrize("question", [SHARE, REFUSED])
def test_a_stream_is_the_same_answer(client: openai.OpenAI, question: str) -> None:
    """this test ensures that the pieces of a stream are the content, and the last one its end."""
    whole, pieces = ask(client, question), chunks(client, question)
    texts = [piece.choices[0].delta.content for piece in pieces]
    assert "".join(text or "" for text in texts) == content_of(whole)
    assert pieces[0].choices[0].delta.role == "assistant"
    assert [p.choices[0].finish_reason for p in pieces] == [None] * (len(pieces) - 1) + ["stop"]
    last, plain = pieces[-1].choices[0].delta.model_extra, whole.choices[0].message.annotations
    assert last is not None and plain is not None
    assert last["annotations"] == [annotation.model_dump() for annotation in plain]
    assert {piece.id for piece in pieces} == {whole.id}
    assert [piece.usage for piece in pieces] == [None] * len(pieces)


def test_a_stream_with_usage(client: openai.OpenAI) -> None:
    """this test ensures that a chunk without choices brings the usage when it is asked for."""
    *others, last = chunks(client, SHARE, stream_options={"include_usage": True})
    assert last.choices == []
    assert last.usage == ask(client, SHARE).usage
    assert len(others) > 5
    assert all(each.choices and each.usage is None for each in others)


def test_the_accumulating_helper(client: openai.OpenAI) -> None:
    """this test ensures that the official client puts a stream together again."""
    with client.chat.completions.stream(
        model="clusterqa", messages=[{"role": "user", "content": SHARE}]
    ) as stream:
        final = stream.get_final_completion()
    assert final.choices[0].message.content == content_of(ask(client, SHARE))


def test_a_stream_ends_in_done(running_server: str) -> None:
    """this test ensures that a stream is server-sent events that end with `[DONE]`."""
    body = {"model": "clusterqa", "messages": [USER], "stream": True}
    reply = httpx2.post(f"{running_server}/v1/chat/completions", json=body)
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert {"cache-control", "content-length", "x-request-id"} <= reply.headers.keys()
    *events, end, nothing = reply.text.split("\n\n")
    assert (end, nothing) == ("data: [DONE]", "")
    objects = [json.loads(event.removeprefix("data: "))["object"] for event in events]
    assert set(objects) == {"chat.completion.chunk"}


# models ----------------------------------------------------------------------------------------


def test_models(client: openai.OpenAI) -> None:
    """this test ensures that the one model is listed and found, and that no other is."""
    assert [model.id for model in client.models.list()] == ["clusterqa"]
    assert client.models.retrieve("clusterqa").owned_by == "clusterqa"
    with pytest.raises(openai.NotFoundError) as raised:
        client.models.retrieve("gpt-4")
    assert raised.value.code == "model_not_found"


# errors ----------------------------------------------------------------------------------------

TOOL = {"type": "function", "function": {"name": "f", "parameters": {}}}
PICTURE = {"type": "image_url", "image_url": {"url": "data:,"}}


@pytest.mark.parametrize(
    ("extra", "param", "words"),
    [
        ({"tools": [TOOL]}, "tools", "calling tools is not supported"),
        ({"tool_choice": "required"}, "tool_choice", "calling tools is not supported"),
        ({"functions": [{"name": "f"}]}, "functions", "calling tools is not supported"),
        ({"n": 2}, "n", "only one answer"),
        ({"audio": {"voice": "ash", "format": "wav"}}, "audio", "only text is written"),
        ({"modalities": ["text", "audio"]}, "modalities", "only text is written"),
        ({"response_format": {"type": "json_object"}}, "response_format", "POST /v1/ask"),
        ({"logprobs": True}, "logprobs", "no probabilities"),
        ({"top_logprobs": 2}, "top_logprobs", "no probabilities"),
        ({"web_search_options": {}}, "web_search_options", "from the documents alone"),
        ({"stream": "maybe"}, "stream", "true or false"),
        ({"as_of": "1 July"}, "as_of", "YYYY-MM-DD"),
        ({"asof": "2016-03-01"}, "asof", "is no field"),
        ({"messages": []}, "messages", "too few"),
        ({"messages": [{"role": "system", "content": "x"}]}, "messages", "role 'user' has text"),
        ({"messages": [{"role": "oracle", "content": "x"}]}, "messages.0.role", "'user'"),
        ({"messages": [{"role": "user", "content": [PICTURE]}]}, "messages.0.content", "only text"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages.0.content", "use a text"),
        ({"messages": [{"role": "user", "content": " "}]}, "messages", "role 'user' has text"),
        ({"messages": [{"role": "user", "content": "x" * 2001}]}, None, "at most 2000 are read"),
        ({"top_logprobs": False}, "top_logprobs", "no probabilities"),
    ],
)
def test_bad_requests(
    client: openai.OpenAI, extra: dict[str, Any], param: str | None, words: str
) -> None:
    """this test ensures that what cannot be done is refused in OpenAI's words, naming the place."""
    with pytest.raises(openai.BadRequestError) as raised:
        client.chat.completions.create(
            model="clusterqa", messages=[{"role": "user", "content": SHARE}], extra_body=extra
        )
    assert raised.value.type == "invalid_request_error"
    assert raised.value.param == param
    assert words in raised.value.message


def test_harmless_parameters(client: openai.OpenAI) -> None:
    """this test ensures that parameters which tune a language model do no harm."""
    found = ask(
        client, SHARE, temperature=0.7, top_p=0.5, max_tokens=5, seed=1, stop=["\n"], user="me",
        n=1, store=False, tools=[], tool_choice="none", response_format={"type": "text"},
        reasoning_effort="low", modalities=["text"], logprobs=False,
    )  # fmt: skip
    assert content_of(found) == content_of(ask(client, SHARE))


def test_another_model(client: openai.OpenAI) -> None:
    """this test ensures that a model which is not here is not found."""
    with pytest.raises(openai.NotFoundError) as raised:
        client.chat.completions.create(model="gpt-4", messages=[{"role": "user", "content": "?"}])
    assert (raised.value.param, raised.value.code) == ("model", "model_not_found")


def test_an_unknown_document(client: openai.OpenAI) -> None:
    """this test ensures that a document that is not here is named, and not taken for a model."""
    with pytest.raises(openai.APIStatusError) as raised:
        ask(client, SHARE, extra_body={"documents": ["nothing"]})
    assert (raised.value.type, raised.value.code) == ("invalid_request_error", None)
    assert raised.value.param == "documents"
    assert "document 'nothing' is not in the index" in raised.value.message


def test_a_body_that_is_too_large(client: openai.OpenAI) -> None:
    """this test ensures that even an error from before the route has OpenAI's shape."""
    with pytest.raises(openai.APIStatusError) as raised:
        ask(client, "x" * 270_000)
    assert (raised.value.status_code, raised.value.type) == (413, "invalid_request_error")
    assert "shorter question" in raised.value.message


def test_other_routes_keep_their_problems(running_server: str) -> None:
    """this test ensures that only the two routes speak of errors as OpenAI does."""
    reply = httpx2.post(f"{running_server}/v1/ask", json={})
    assert reply.headers["content-type"] == "application/problem+json"
    reply = httpx2.get(f"{running_server}/v1/chat/completions")
    assert (reply.status_code, reply.headers["allow"]) == (405, "POST")
    assert reply.headers["content-type"] == "application/json"
    assert reply.json()["error"]["message"] == "Method Not Allowed"


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (401, "authentication_error", "invalid_api_key"),
        (403, "permission_error", None),
        (429, "rate_limit_error", "rate_limit_exceeded"),
        (503, "server_error", None),
        (500, "server_error", None),
    ],
)
def test_problems_of_any_layer(status: int, kind: str, code: str | None) -> None:
    """this test ensures that a problem of any layer keeps its status and headers, in our shape."""

    async def refuse(request: Request) -> Response:
        return ProblemResponse(problem_of(status, "key: wait"), {"Retry-After": "7"})

    inner = Starlette()
    inner.add_route("/v1/models", refuse)
    reply = TestClient(OpenAIErrors(inner)).get("/v1/models")
    assert (reply.status_code, reply.headers["retry-after"]) == (status, "7")
    assert int(reply.headers["content-length"]) == len(reply.content)
    error = {"message": "key: wait", "type": kind, "param": None, "code": code}
    assert reply.json() == {"error": error}


def test_the_description(running_server: str) -> None:
    """this test ensures that the OpenAPI document describes the routes, streams and errors."""
    described = httpx2.get(f"{running_server}/openapi.json").json()
    route = described["paths"]["/v1/chat/completions"]["post"]
    refusals = "400 401 404 408 413 421 429 4XX 500 503 504"
    assert sorted(route["responses"]) == ["200", *refusals.split()]
    assert set(route["responses"]["200"]["content"]) == {"application/json", "text/event-stream"}
    for status, response in route["responses"].items():
        content = response["content"]["application/json"]
        assert content["schema"]["$ref"].endswith(
            "/Completion" if status == "200" else "/ErrorBody"
        )
    wrong = route["responses"]["401"]["content"]["application/json"]["example"]["error"]
    assert (wrong["message"], wrong["code"]) == ("Unauthorized", "invalid_api_key")
    assert {"/v1/models", "/v1/models/{model}"} <= set(described["paths"])
