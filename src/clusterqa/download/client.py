"""GET from a few known hosts: an address in, an `HttpReply` out, bounded in time and bytes.

A name is resolved here and the connection goes to the very address that was checked, at every hop,
so that no redirect and no second look-up leads into a private network. Through a proxy, which
resolves names itself, only the names are checked. What is asked in https stays so: the Publications
Office redirects from it to http on the same host, which is then asked in https (decision 0043).
"""

import logging
import queue
import socket
import threading
import time
import urllib.request
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Any, Self

import httpx2
import stamina

from clusterqa.download.faults import (
    Fault,
    NotOffered,
    Passing,
    Unreachable,
    faults_in_words,
    remaining,
)
from clusterqa.download.recording import MOST_RECORDED, RequestRecord, recorded
from clusterqa.download.streams import body, cut_at
from clusterqa.settings import CELLAR

# stamina reports each retry as a warning; what is said to the user is the outcome alone.
logging.getLogger("stamina").addHandler(logging.NullHandler())

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 8
LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Access:
    """Where the Cellar is and how it is asked: seconds, bytes, and tries for one request.

    `private` lets the host of `cellar`, and no other, be on a private or loopback address.
    `interval` is between two requests to a host, `total` is for one source, retries included.
    `record` is a file to which every exchange is written as a line, for whoever mends this client.
    """

    cellar: str = CELLAR
    offline: bool = False
    private: bool = False
    attempts: int = 4
    wait: float = 0.5
    interval: float = 0.5
    connect: float = 4.0
    read: float = 60.0
    total: float = 180.0
    most_bytes: int = 50_000_000
    record: Path | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """The hosts that one source may be asked of, redirects included, and the bytes it may have."""

    hosts: frozenset[str]
    most_bytes: int


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What came back in the end; `content` is decompressed, and empty but for status 200 or 300.

    `beside` is how many documents a list had after this one; of an act they may be annexes.
    """

    status: int
    headers: httpx2.Headers
    content: bytes
    address: str
    beside: int = 0


@dataclass
class Client:
    """GETs one at a time; closed at the end of its `with` block."""

    access: Access
    hosts: frozenset[str]
    _clients: dict[str | None, httpx2.Client] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)
    _down: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients.values():
            client.close()

    def deadline(self) -> float:
        """When the time for a source that is begun now is over, by the monotonic clock."""
        return time.monotonic() + self.access.total

    def get(
        self,
        address: str,
        headers: Mapping[str, str],
        deadline: float,
        *,
        read: bool = True,
        reach: Reach | None = None,
    ) -> HttpReply:
        """The reply after redirects, tried again while the fault may pass.

        With `read` false the body stays unread. Redirects stay on the host that was asked, or
        within `reach`. Raises `Fault` with the reason.
        """
        url = parsed(address)
        if url.host in self._down:
            raise Unreachable(self._down[url.host])
        retries = stamina.retry_context(
            on=lambda error: patience(error, deadline),
            attempts=self.access.attempts,
            timeout=None,
            wait_initial=self.access.wait,
            wait_max=20 * self.access.wait,
            wait_jitter=self.access.wait,
        )
        try:
            for attempt in retries:
                with attempt:
                    return accepted(self._followed(url, headers, deadline, read, reach))
        except Unreachable as error:
            self._down[url.host] = str(error)
            raise
        raise AssertionError("a retry ends with a reply or an error")

    def _followed(
        self,
        url: httpx2.URL,
        headers: Mapping[str, str],
        deadline: float,
        read: bool,
        reach: Reach | None,
    ) -> HttpReply:
        origin = url
        most = reach.most_bytes if reach else self.access.most_bytes
        for _ in range(MAX_REDIRECTS + 1):
            self._refuse_stranger(url, reach)
            reply = self._answered(url, headers, deadline, most if read else None)
            if reply.status not in REDIRECTS:
                return reply
            url = upgraded(url.join(parsed(reply.headers.get("location", ""))), origin)
            if reach is None and (url.host, url.port) != (origin.host, origin.port):
                raise Fault(f"{origin.host} redirects to another host, {url.host or 'unnamed'}")
        raise Fault(f"{origin.host} redirects more than {MAX_REDIRECTS} times")

    def _refuse_stranger(self, url: httpx2.URL, reach: Reach | None) -> None:
        if url.scheme not in ("http", "https"):
            raise Fault(f"{url.scheme or 'no scheme'} in {url} is neither http nor https")
        if url.userinfo:
            raise Fault(f"the address at {url.host} holds a name and password; none are sent")
        if reach is None and url.host not in self.hosts:
            raise Fault(f"{url.host} is neither in the manifest nor a host of the official texts")
        if reach is not None:
            if url.host not in reach.hosts:
                raise Fault(
                    f"{url.host or 'no host'} is not among the hosts allowed for this source"
                )
            if not self._is_own(url) and (url.scheme != "https" or url.port is not None):
                raise Fault(f"{url} is not plain https, as an attachment's address must be")

    def _is_own(self, url: httpx2.URL) -> bool:
        """Whether it is the place of one's own that settings let be on a private address."""
        return self.access.private and url.host == parsed(self.access.cellar).host

    def _answered(
        self, url: httpx2.URL, headers: Mapping[str, str], deadline: float, most: int | None
    ) -> HttpReply:
        """The reply to one request; each address of the host is tried until one connects.

        Its body may have `most` bytes, and stays unread where that is None.
        """
        proxy = proxy_for(url)
        addresses: list[str | None] = [None] if proxy else [*self._checked_addresses(url, deadline)]
        client = self._client(proxy)
        self._pace(url.host)
        for address in addresses[:-1]:
            with suppress(Unreachable):
                return self._sent(client, url, address, headers, deadline, most)
        return self._sent(client, url, addresses[-1], headers, deadline, most)

    def _checked_addresses(self, url: httpx2.URL, deadline: float) -> list[str]:
        limit = min(self.access.connect, remaining(deadline))
        found = resolved(url.host, url.port or 80, limit)
        if not self._is_own(url):
            for address in found:
                if not is_public(address):
                    raise Fault(f"{url.host} leads to {address}, an address in a private network")
        return found

    def _pace(self, host: str) -> None:
        time.sleep(max(0.0, self._last.get(host, 0.0) + self.access.interval - time.monotonic()))
        self._last[host] = time.monotonic()

    def _sent(
        self,
        client: httpx2.Client,
        url: httpx2.URL,
        address: str | None,
        headers: Mapping[str, str],
        deadline: float,
        most: int | None,
    ) -> HttpReply:
        left = remaining(deadline)
        connect, wait = min(self.access.connect, left), min(self.access.read, left)
        extensions: dict[str, Any] = {
            "timeout": httpx2.Timeout(wait, connect=connect, pool=None).as_dict()
        }
        client.cookies.clear()
        if address:
            extensions["sni_hostname"] = url.host
        with cut_at(deadline) as extensions["trace"]:
            request = client.build_request(
                "GET",
                url.copy_with(host=address) if address else url,
                headers={**headers, "Host": url.netloc.decode("ascii")},
                extensions=extensions,
            )
            kept = RequestRecord(str(url), dict(request.headers))
            with recorded(kept, self.access.record), faults_in_words(url.host, deadline):
                response = client.send(request, stream=True)
                with closing(response):
                    kept.answered(response.status_code, dict(response.headers))
                    content = self._content(response, most, kept)
                    remaining(deadline)  # a connection that was cut can look like a body's end
                    return HttpReply(response.status_code, response.headers, content, str(url))

    def _content(self, response: httpx2.Response, most: int | None, kept: RequestRecord) -> bytes:
        """The body, if it is one that is read; of others only what a record of it holds."""
        if most is not None and response.status_code in (200, 300):
            content = body(response, most)
            kept.brought(content)
            return content
        if self.access.record is not None:
            with suppress(Fault, httpx2.HTTPError):
                kept.brought(body(response, MOST_RECORDED))
        return b""

    def _client(self, proxy: str | None) -> httpx2.Client:
        """The client for a proxy; it keeps no connection, so each request is timed from its own."""
        if proxy not in self._clients:
            agent = f"clusterqa/{version('clusterqa')}"
            try:
                self._clients[proxy] = httpx2.Client(
                    proxy=proxy,
                    trust_env=False,
                    verify=httpx2.create_ssl_context(),
                    limits=httpx2.Limits(max_keepalive_connections=0),
                    headers={"User-Agent": agent, "Accept-Encoding": "gzip"},
                )
            except (ImportError, ValueError, httpx2.InvalidURL) as error:
                # Not in its own words: they may repeat the proxy's password.
                raise Fault("the proxy in the environment is of a kind that is not used") from error
        return self._clients[proxy]


def parsed(address: str) -> httpx2.URL:
    try:
        return httpx2.URL(address)
    except httpx2.InvalidURL as error:
        raise Fault(f"{address!r} is no address ({error})") from error


def upgraded(url: httpx2.URL, origin: httpx2.URL) -> httpx2.URL:
    """The address in https if it is on the host that was asked in https, both by usual ports."""
    same = url.host == origin.host and url.port is None and origin.port is None
    if origin.scheme == "https" and url.scheme == "http" and same:
        return url.copy_with(scheme="https")
    return url


def patience(error: Exception, deadline: float) -> bool | float:
    """Whether to try again, or after how many seconds at least."""
    if not isinstance(error, Passing):
        return False
    wait = min(error.wait or 0.0, LONGEST_WAIT)
    if time.monotonic() + wait >= deadline:
        return False
    return wait or True


def accepted(reply: HttpReply) -> HttpReply:
    """The reply, if its status is one that brings something; else the fault in words."""
    status, host = reply.status, parsed(reply.address).host
    if status in (200, 300, 304):
        return reply
    if status in (404, 406, 410):
        raise NotOffered(f"{host} does not have it (HTTP {status})")
    if status == 429 or status >= 500:
        wait = seconds_to_wait(reply.headers.get("retry-after"))
        raise Passing(f"{host} is busy or broken (HTTP {status})", wait)
    if status == 202:
        raise Fault(f"{host} answers with a challenge instead of the document (HTTP 202)")
    raise Fault(f"{host} refuses (HTTP {status})")


def seconds_to_wait(retry_after: str | None) -> float | None:
    """What a Retry-After header asks for, as seconds or as a date."""
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        wait = parsedate_to_datetime(retry_after) - datetime.now(UTC)
    except (TypeError, ValueError):
        return None
    return max(0.0, wait.total_seconds())


def proxy_for(url: httpx2.URL) -> str | None:
    """The proxy that the environment names for this address (HTTPS_PROXY, NO_PROXY and so on)."""
    proxies = urllib.request.getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    if not proxy or urllib.request.proxy_bypass(url.host):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def resolved(host: str, port: int, limit: float) -> list[str]:
    """The addresses of a host. The look-up knows no time limit of its own, so it runs aside."""
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(place[0]) for *_, place in found)))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=look_up, daemon=True).start()
    try:
        answer = answers.get(timeout=limit)
    except queue.Empty:
        raise Unreachable(f"{host} was not found within {limit:.0f} s") from None
    if isinstance(answer, Exception) or not answer:
        raise Unreachable(f"{host} cannot be found")
    return answer


def is_public(address: str) -> bool:
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ip.is_global and not ip.is_multicast
