"""Problems as pages in words: whichever layer refuses a browser, a person is shown no JSON.

A layer around the others, since a limit is met before any route is chosen. What was asked comes
back in the form of the page, ready to be sent again; so a posted form is remembered as it passes,
and what is left of it read, within a second.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from anyio import move_on_after
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clusterqa.server.page_route import Said
from clusterqa.server.pages import TURNS_KEPT, AskForm, refused
from clusterqa.server.problems import ProblemResponse
from clusterqa.server.rendering import QUESTION_CHARS, reader_of
from clusterqa.server.words import Words

PAGE = re.compile(r"/[a-z_]*")  # as the pages' addresses are; all else is for programs
PROGRAMS = ("/healthz", "/readyz", "/metrics", "/mcp", "/marks")
ASKING = ("/", "/ask")
MOST = 64 * 1024  # bytes of a form that are read for its question
PATIENCE_SECONDS = 1.0
LONG_SECONDS = 90  # from here on minutes are said


class ProblemPages:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_for_people(scope):
            sent = Sent(scope, receive)
            return await self.app(scope, sent.receive, Worded(sent, send))
        return await self.app(scope, receive, send)


def is_for_people(scope: Scope) -> bool:
    """Whether a browser asks for a page."""
    if scope["type"] != "http" or scope["path"] in PROGRAMS or not PAGE.fullmatch(scope["path"]):
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


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
        said = {name.decode("ascii", "replace"): each for name, each in fields.items()}
        texts = {
            name: [one.decode(errors="replace") for one in each] for name, each in said.items()
        }
        return AskForm(
            question=texts.get("question", [""])[0][:QUESTION_CHARS],
            as_of=texts.get("as_of", [""])[0],
            history=texts.get("history", [])[-TURNS_KEPT:],
        )

    async def body(self) -> bytes:
        with move_on_after(PATIENCE_SECONDS):
            while not self._whole and len(self._body) <= MOST:
                await self.receive()
        return self._body


class Worded:
    """A `send` that holds a problem back until it is whole, then sends its page."""

    def __init__(self, sent: Sent, send: Send) -> None:
        self._sent = sent
        self._send = send
        self._start: Message | None = None
        self._problem = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and is_problem(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._problem += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_page(self._start)

    async def _send_page(self, start: Message) -> None:
        request, headers = Request(self._sent.scope), MutableHeaders(scope=start)
        words = reader_of(request).words
        said = in_words(json.loads(self._problem), headers.get("retry-after", ""), words)
        page = refused(request, said, await self._sent.form())
        headers.update(
            {
                "content-type": page.headers["content-type"],
                "content-length": page.headers["content-length"],
            }
        )
        headers.add_vary_header("Accept, Accept-Language")
        await self._send(start)
        await self._send({"type": "http.response.body", "body": page.body})


def is_problem(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return kind.startswith(ProblemResponse.media_type)


def in_words(problem: Mapping[str, Any], retry_after: str, words: Words) -> Said:
    """What a person is told of a problem: one sentence, and when to try again."""
    key = f"refused.{problem['status']}"
    if words.known(key):
        return Said(words(key, wait=wait(retry_after, words)), problem["status"])
    return Said(problem["detail"], problem["status"], language="en")


def wait(retry_after: str, words: Words) -> str:
    """How long to wait, as people say it."""
    if not retry_after.isdecimal():
        return words("refused.moment")
    seconds = int(retry_after)
    if seconds < LONG_SECONDS:
        return words.counted("refused.seconds", seconds)
    return words.counted("refused.minutes", -(-seconds // 60))
