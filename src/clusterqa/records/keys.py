"""Keys to the service: named, shown once, kept as a hash, revocable.

A key is 256 random bits, which nobody can guess from its hash, so a plain SHA-256 is enough.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from clusterqa.errors import NotFound, UsageError
from clusterqa.records.database import Database

PREFIX = "cqa_"  # so that a key that leaked can be told for what it is
NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key, which is not the key itself; times are UTC."""

    name: str
    created: str
    revoked: str | None


class Keys:
    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, name: str) -> str:
        """A new key under a name; this is the only time it can be read.

        Raises `UsageError` for a name that is taken or that is none.
        """
        if not NAME.fullmatch(name):
            raise UsageError(f"key name {name!r}: use 1 to 64 letters, digits, '.', '_' and '-'")
        key = PREFIX + secrets.token_urlsafe(32)
        added = self.database.write_durably(
            "INSERT OR IGNORE INTO keys VALUES (?, ?, ?, NULL)", name, hashed(key), now()
        )
        if not added:
            raise UsageError(f"key {name!r} exists; choose another name, a revoked one stays taken")
        return key

    def all(self) -> list[Key]:
        """Every key there has been, by name."""
        rows = self.database.select("SELECT name, created, revoked FROM keys ORDER BY name")
        return [Key(*row) for row in rows]

    def revoke(self, name: str) -> None:
        """Let a key open nothing any more, from the next request on; raises `NotFound`."""
        revoked = self.database.write_durably(
            "UPDATE keys SET revoked = ? WHERE name = ? AND revoked IS NULL", now(), name
        )
        if not revoked:
            raise NotFound(f"no key {name!r} that could be revoked; see: clusterqa keys list")

    def holder(self, key: str) -> str | None:
        """The name of a key that is in use; None for any other text."""
        found = self.database.select(
            "SELECT name FROM keys WHERE sha256 = ? AND revoked IS NULL", hashed(key)
        )
        return str(found[0][0]) if found else None


def hashed(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
