"""A problem on its way to a person, as a page in words: too many requests, too busy, too slow.

Layers refuse before any route is chosen, so this is one too. Programs are told problems: only who
accepts HTML, as browsers do, gets a page. What was asked comes back in its form, ready to be sent
again; so a posted form is remembered as it passes, and what is left of it read, within a second.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from anyio import move_on_after
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clusterqa.presenting.catalogue import Words
from clusterqa.server.middleware._send import Reshaping
from clusterqa.server.pages.chat import TURNS_KEPT, AskForm, refused
from clusterqa.server.pages.rendering import QUESTION_CHARS, reader_of
from clusterqa.server.pages.route import Said

ASKING = ("/", "/ask")
MOST = 256 * 1024  # bytes of a form that are read for its question
PATIENCE_SECONDS = 1.0
LONG_SECONDS = 90  # from here on minutes are said


class ProblemPages:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and is_for_a_person(scope):
            sent = Sent(scope, receive)
            receive, send = sent.receive, Reshaping(send, partial(page, sent))
        await self.app(scope, receive, send)


def is_for_a_person(scope: Scope) -> bool:
    """Whether HTML is accepted at an address like a page's, from which its relative ones lead."""
    accepted = Headers(scope=scope).get("accept", "")
    return "text/html" in accepted and re.fullmatch("/[a-z]*", scope["path"]) is not None


class Sent:
    """What came with a request, remembered as it passes."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self._receive = receive
        self._body = b""
        self._whole = False

    async def receive(self) -> Message:
        message = await self._receive()
        if len(self._body) <= MOST:
            self._body += message.get("body", b"")
        self._whole = not message.get("more_body", False)
        return message

    async def form(self) -> AskForm | None:
        """The question that was asked, None on a page that asks none."""
        if self.scope["path"] not in ASKING:
            return None
        query = self.scope["query_string"]
        fields = parse_qs(await self.body() if self.scope["method"] == "POST" else query)
        question, as_of, history = (texts(fields.get(name, [])) for name in NAMES)
        return AskForm(
            question="".join(question[:1])[:QUESTION_CHARS],
            as_of="".join(as_of[:1]),
            history=history[-TURNS_KEPT:],
        )

    async def body(self) -> bytes:
        with move_on_after(PATIENCE_SECONDS):
            while not self._whole and len(self._body) <= MOST:
                await self.receive()
        return self._body


NAMES = (b"question", b"as_of", b"history")


def texts(values: list[bytes]) -> list[str]:
    return [value.decode(errors="replace") for value in values]


async def page(sent: Sent, problem: Mapping[str, Any], headers: Headers) -> Response:
    """The page that says what went wrong."""
    request = Request(sent.scope)
    said = in_words(problem, headers.get("retry-after", ""), reader_of(request).words)
    response = refused(request, said, await sent.form())
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


def in_words(problem: Mapping[str, Any], retry_after: str, words: Words) -> Said:
    """What a person is told of a problem: one sentence, and when to try again."""
    key = f"problem.{problem['status']}"
    key = key if words.known(key) else "problem.other"
    return Said(words(key, wait=wait(retry_after, words)), problem["status"])


def wait(retry_after: str, words: Words) -> str:
    """How long to wait, as people say it."""
    if not retry_after.isdecimal():
        return words("wait.moment")
    seconds = int(retry_after)
    if seconds < LONG_SECONDS:
        return words.counted("wait.seconds", seconds)
    return words.counted("wait.minutes", -(-seconds // 60))
