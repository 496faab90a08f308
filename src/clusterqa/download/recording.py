"""What was asked and what came, one JSON line an exchange, for whoever mends this client.

A line holds `when`, `method`, `address`, `sent` (headers), `status`, `headers`, `size` and `sha256`
of the body as it was read, and its beginning: `text` if that is UTF-8, else `base64`. Where no
answer came, or not all of it, `fault` says why. Cookies and what names a visitor are left out.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from clusterqa.errors import UsageError

FIRST = 4096  # bytes of a body that a record holds
MOST_RECORDED = 65_536  # bytes read, for the record alone, of a body that is not wanted
# Headers that may name or let in whoever asked.
PRIVATE = frozenset({
    "authorization", "cookie", "proxy-authenticate", "proxy-authorization", "set-cookie",
    "www-authenticate",
})  # fmt: skip


@dataclass
class RequestRecord:
    """One request and what is known of its answer."""

    address: str
    sent: Mapping[str, str]
    line: dict[str, object] = field(default_factory=dict)

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        self.line |= {"status": status, "headers": public(headers)}

    def brought(self, content: bytes) -> None:
        self.line |= {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        self.line |= beginning(content)


@contextmanager
def recorded(exchange: RequestRecord, record: Path | None) -> Iterator[None]:
    """Write the exchange to the record at the end of the block, however that ends.

    Raises `UsageError` if the record cannot be written.
    """
    began = datetime.now(UTC)
    try:
        yield
    except Exception as error:
        exchange.line["fault"] = str(error)
        raise
    finally:
        if record is not None:
            asked = {
                "when": began.isoformat(timespec="milliseconds"),
                "method": "GET",
                "address": exchange.address,
                "sent": public(exchange.sent),
            }
            append(record, json.dumps(asked | exchange.line, ensure_ascii=False))


def append(record: Path, line: str) -> None:
    try:
        with record.open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"{line}\n")
    except OSError as error:
        raise UsageError(
            f"{record}: {error.strerror}; name a file that can be written in CLUSTERQA_RECORD"
        ) from error


def public(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in PRIVATE}


def beginning(content: bytes) -> dict[str, str]:
    """The first bytes, as text if they are UTF-8 but for a character cut at the end."""
    first = content[:FIRST]
    for end in range(len(first), max(len(first) - 4, -1), -1):
        try:
            return {"text": first[:end].decode("utf-8")}
        except UnicodeDecodeError:
            continue
    return {"base64": base64.b64encode(first).decode("ascii")}
