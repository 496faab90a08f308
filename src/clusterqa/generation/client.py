"""A language model behind an OpenAI-compatible endpoint: one bounded request, one draft.

Bounded are the time in all, the bytes of the body and what is asked for; a redirect is a fault. The
key goes into one header and nowhere else: it is never sent in the clear over a network.
"""

import json
import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

import httpx2

from clusterqa.answers import Cause, Citation
from clusterqa.deadline import seconds_left
from clusterqa.download.client import proxy_for, resolved
from clusterqa.download.faults import (
    Fault,
    Passing,
    TooLarge,
    TooLate,
    Unreachable,
    faults_in_words,
    remaining,
)
from clusterqa.download.streams import body, cut_at
from clusterqa.errors import UsageError
from clusterqa.generation.prompt import messages
from clusterqa.generation.rewrite import NoDraft
from clusterqa.settings import Settings

logger = logging.getLogger(__name__)
MOST_BYTES = 1_000_000
SECONDS_AFTER = 2.0  # of a request's time that a draft leaves for the answer to be given without it
EXAMPLE = "http://127.0.0.1:11434/v1"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model at `address`, the URL before `/chat/completions`; `seconds` are for one draft in all,
    fewer where the request that it is for ends sooner.

    `offline` leaves alone whatever is not on this machine.
    """

    address: str
    model: str
    key: str = field(default="", repr=False)
    seconds: float = 30.0
    tokens: int = 800
    offline: bool = False

    @property
    def name(self) -> str:
        return self.model

    def draft(self, question: str, citations: Sequence[Citation]) -> str:
        """The model's draft; raises `NoDraft` with its cause, of which the log has the details."""
        request = {
            "model": self.model,
            "messages": messages(question, citations),
            "max_tokens": self.tokens,
            "temperature": 0,
            "stream": False,
        }
        url = httpx2.URL(f"{self.address.rstrip('/')}/chat/completions")
        try:
            return draft_in(self.posted(url, request))
        except Fault as fault:
            logger.info("%s gave no draft: %s", self.model, fault)
            raise NoDraft(cause_of(fault), url.host) from None

    def posted(self, url: httpx2.URL, request: Mapping[str, Any]) -> bytes:
        """The body of the reply; raises `NoDraft` or `Fault`."""
        here = is_this_machine(url.host)
        if self.offline and not here:
            raise NoDraft("offline")
        deadline = time.monotonic() + min(self.seconds, seconds_left() - SECONDS_AFTER)
        proxy = None if here else proxy_for(url)
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        places = [None] if proxy else resolved(url.host, port, remaining(deadline))
        with opened(proxy) as client:
            for place in places[:-1]:
                try:
                    return self.sent(client, url, place, request, deadline)
                except Unreachable:
                    continue
            return self.sent(client, url, places[-1], request, deadline)

    def sent(
        self,
        client: httpx2.Client,
        url: httpx2.URL,
        place: str | None,
        request: Mapping[str, Any],
        deadline: float,
    ) -> bytes:
        """The body that one address of the host replies with, before the deadline."""
        left = remaining(deadline)
        extensions: dict[str, Any] = {"timeout": httpx2.Timeout(left).as_dict()}
        if place:
            extensions["sni_hostname"] = url.host
        with cut_at(deadline) as extensions["trace"], faults_in_words(url.host, deadline):
            posted = client.build_request(
                "POST",
                url.copy_with(host=place) if place else url,
                json=request,
                headers=self.headers(url),
                extensions=extensions,
            )
            with closing(client.send(posted, stream=True)) as response:
                if response.status_code != 200:
                    raise NoDraft("status", url.host, response.status_code)
                content = body(response, MOST_BYTES)
                remaining(deadline)  # a connection that was cut can look like a body's end
                return content

    def headers(self, url: httpx2.URL) -> dict[str, str]:
        """The host by its name, whatever address is connected to, and the key if there is one."""
        key = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return {"Host": url.netloc.decode("ascii"), "Accept": "application/json", **key}


def cause_of(fault: Fault) -> Cause:
    """The code of what went wrong on the way."""
    return next((cause for kind, cause in CAUSES if isinstance(fault, kind)), "unreadable")


CAUSES: tuple[tuple[type[Fault], Cause], ...] = (
    (TooLate, "late"),
    (TooLarge, "too_large"),
    (Unreachable, "unreachable"),
    (Passing, "broken"),
)


def opened(proxy: str | None) -> httpx2.Client:
    """A client for one request, which follows no redirect; raises `NoDraft`."""
    try:
        return httpx2.Client(
            proxy=proxy,
            trust_env=False,
            follow_redirects=False,
            headers={"User-Agent": "clusterqa", "Accept-Encoding": "gzip"},
        )
    except (ImportError, ValueError, httpx2.InvalidURL):
        # Not in its own words: they may repeat the proxy's password.
        raise NoDraft("proxy") from None


def draft_in(content: bytes) -> str:
    """The text of the first choice of a chat completion; raises `NoDraft` for any other shape."""
    try:
        found = json.loads(content)["choices"][0]["message"]["content"]
    except (ValueError, RecursionError, LookupError, TypeError):
        raise NoDraft("no_completion") from None
    if not isinstance(found, str):
        raise NoDraft("no_text")
    return found


def endpoint(settings: Settings, key: str) -> Endpoint:
    """The endpoint that the settings name; raises `UsageError`.

    One on another machine that is asked over plain HTTP gets no key.
    """
    try:
        url = httpx2.URL(settings.composer)
    except httpx2.InvalidURL as error:
        raise UsageError(f"composer is no address ({error}); use one like {EXAMPLE}") from None
    if key and url.scheme != "https" and not is_this_machine(url.host):
        raise UsageError(
            f"a key is sent over https or to this machine only, not to {url.host}; change composer "
            "or unset CLUSTERQA_COMPOSER_KEY"
        )
    return Endpoint(
        settings.composer,
        settings.composer_model,
        key,
        seconds=settings.composer_seconds,
        tokens=settings.composer_tokens,
        offline=settings.offline,
    )


def is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"
