"""Who may ask, and how often: first the address is counted, then the key is looked at and counted.

In this order guessing keys is limited too. Probes, the OpenAPI document and the page's static files
are open to all.
"""

import base64
import binascii

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from clusterqa.records import Keys
from clusterqa.server.middleware._send import adding
from clusterqa.server.problems import ProblemResponse, problem_of
from clusterqa.server.rates import Allowance, Rate, network_of, rate_headers

OPEN = ("/healthz", "/readyz", "/openapi.json")
CHALLENGE = 'Bearer realm="clusterqa", Basic realm="clusterqa", charset="UTF-8"'
NO_KEY = "This needs a key: send Authorization: Bearer KEY."
WRONG_KEY = "This key is not known here, or it was revoked."


class Authentication:
    """`required`: without a key nobody is served. A rate of None counts nothing."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        keys: Keys,
        required: bool,
        key_rate: Rate | None,
        address_rate: Rate | None,
    ) -> None:
        self.app = app
        self.keys = keys
        self.required = required
        self.key_rate = key_rate
        self.address_rate = address_rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_open(scope["path"]):
            return await self.app(scope, receive, send)
        allowances = taken(self.address_rate, network_of((scope["client"] or ["unknown"])[0]))
        if not all(a.allowed for a in allowances):
            return await too_many(allowances)(scope, receive, send)
        given = key_in(Headers(scope=scope))
        holder = self.keys.holder(given) if given else None
        if self.required and holder is None:
            response = ProblemResponse(
                problem_of(401, WRONG_KEY if given else NO_KEY), {"WWW-Authenticate": CHALLENGE}
            )
            return await response(scope, receive, send)
        allowances += taken(self.key_rate, holder) if holder else []
        if not all(a.allowed for a in allowances):
            return await too_many(allowances)(scope, receive, send)
        scope["key_name"] = holder  # for the log
        if allowances:
            send = adding(send, rate_headers(allowances))
        return await self.app(scope, receive, send)


def is_open(path: str) -> bool:
    return path in OPEN or path.startswith("/static/")


def taken(rate: Rate | None, who: str) -> list[Allowance]:
    return [rate.take(who)] if rate else []


def too_many(allowances: list[Allowance]) -> ProblemResponse:
    headers = rate_headers(allowances)
    seconds = headers["Retry-After"]
    detail = f"Too many requests; try again in {seconds} second{'s' * (seconds != '1')}."
    return ProblemResponse(problem_of(429, detail), headers)


def key_in(headers: Headers) -> str | None:
    """The key that came along, as a bearer token or as the password a browser asked for."""
    kind, _, value = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return value.strip() or None
    if kind.lower() == "basic":
        return password_in(value)
    return None


def password_in(credentials: str) -> str | None:
    try:
        text = base64.b64decode(credentials.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    return text.partition(":")[2] or None
