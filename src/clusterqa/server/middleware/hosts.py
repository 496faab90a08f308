"""The names a server goes by. A page elsewhere can make a browser look a name of its own up as this
machine's address (DNS rebinding); a server on loopback therefore answers only to loopback's names.
"""

import ipaddress

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from clusterqa.server.problems import ProblemResponse, problem_of
from clusterqa.settings import Settings

PROBES = ("/healthz", "/readyz")  # asked by address, by what watches a container
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


class HostCheck:
    """Refuses a request that calls the server by another name."""

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self.app = app
        self.names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in PROBES or host_of(scope) in self.names:
            return await self.app(scope, receive, send)
        problem = problem_of(421, f"This server does not go by the name {host_of(scope)[:60]!r}.")
        return await ProblemResponse(problem)(scope, receive, send)


def names_of(settings: Settings) -> frozenset[str] | None:
    """The names the server answers to; None for any."""
    given = frozenset(listed(settings.hosts.lower()))
    if "*" in given or (not given and not is_loopback(settings.host)):
        return None
    return given | LOOPBACK_NAMES if is_loopback(settings.host) else given


def is_loopback(host: str) -> bool:
    """Whether only this machine can connect to an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def host_of(scope: Scope) -> str:
    """The name in the Host header, in lower case, without its port."""
    host = Headers(scope=scope).get("host", "").lower()
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host


def listed(text: str) -> list[str]:
    """The parts of a setting that lists things with commas."""
    return [part.strip() for part in text.split(",") if part.strip()]
