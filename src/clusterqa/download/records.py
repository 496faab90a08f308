"""What the servers said last time: read before a file is asked for, written when it is in place.

`official/fetched.json` holds for each file the address and form asked for, where it came from and
when, on which page its link stood, and what lets a server say that nothing has changed.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusterqa.corpus.manifest import write_whole
from clusterqa.types import Source

if TYPE_CHECKING:
    from clusterqa.download.client import HttpReply

RECORDS = "official/fetched.json"


@dataclass(frozen=True, slots=True)
class Ask:
    """One address and the headers that say in which form and language the text is wanted."""

    address: str
    headers: dict[str, str]

    @property
    def key(self) -> str:
        """What tells it from other asks, in the records."""
        return " | ".join([self.address, *self.headers.values()])


def read_records(corpus_dir: Path) -> dict[str, Any]:
    """The validators kept beside the files; none if that file is missing or unreadable."""
    try:
        records = json.loads((corpus_dir / RECORDS).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return records if isinstance(records, dict) else {}


def validators_for(
    source: Source, path: Path, records: Mapping[str, Any]
) -> dict[str, dict[str, str]]:
    """Conditional headers for the ask that brought the file that is here, by the ask's key.

    None when the file's bytes are not those the record speaks of: the hash has the last word.
    """
    record = records.get(str(source.file))
    if not isinstance(record, dict) or not path.is_file():
        return {}
    if record.get("sha256") != hashlib.sha256(path.read_bytes()).hexdigest():
        return {}
    headers = {"If-None-Match": record.get("etag"), "If-Modified-Since": record.get("modified")}
    found = {name: value for name, value in headers.items() if isinstance(value, str) and value}
    return {str(record.get("asked")): found}


def remember(
    source: Source,
    ask: Ask,
    reply: "HttpReply",
    corpus_dir: Path,
    records: dict[str, Any],
    *,
    page: str | None = None,
) -> None:
    """Keep where the file just placed came from, and the validators that came with it.

    `page` is the address of the page that it is an attachment of.
    """
    records[str(source.file)] = {
        "asked": ask.key,
        "from": reply.address,
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "page": page,
        "etag": reply.headers.get("etag"),
        "modified": reply.headers.get("last-modified"),
        "sha256": hashlib.sha256(reply.content).hexdigest(),
    }
    content = json.dumps(records, indent=1, sort_keys=True).encode()
    write_whole(corpus_dir / RECORDS, content)


def origin(record: object, sha256: str | None) -> str:
    """Where the file came from, in words for a line; empty if the record is of other bytes."""
    if not isinstance(record, dict) or sha256 is None or record.get("sha256") != sha256:
        return ""
    parts = [f"from {record['from']}"] if record.get("from") else []
    if record.get("page"):
        parts.insert(0, f"attachment of {record['page']}")
    if record.get("when"):
        parts.append(str(record["when"]))
    return ", ".join(parts)
