"""The SQLite file: opened, its tables made, reads and writes one at a time.

Other processes (`clusterqa keys`, a second server) may have it open too.
"""

import sqlite3
import threading
from pathlib import Path
from typing import Any

from clusterqa.errors import ClusterQAError

MEMORY = Path(":memory:")  # records that end with the process
PATIENCE_SECONDS = 5.0  # to wait for another process that writes
SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    id TEXT PRIMARY KEY, given TEXT NOT NULL, index_id TEXT NOT NULL, answer BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS answers_by_day ON answers (given);
CREATE TABLE IF NOT EXISTS feedback (
    n INTEGER PRIMARY KEY, given TEXT NOT NULL, answer TEXT NOT NULL, verdict TEXT NOT NULL,
    citation INTEGER, note TEXT NOT NULL, question TEXT, as_of TEXT, expected TEXT,
    index_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS keys (
    name TEXT PRIMARY KEY, sha256 TEXT UNIQUE NOT NULL, created TEXT NOT NULL, revoked TEXT);
"""


class Database:
    """An open file of records; safe to use from many threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.Lock()
        try:
            if path != MEMORY:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch(mode=0o600)  # it holds what people asked, once that is switched on
            self.connection = sqlite3.connect(
                path, timeout=PATIENCE_SECONDS, check_same_thread=False, isolation_level=None
            )
            self.connection.execute("PRAGMA journal_mode=WAL")
            self.connection.execute("PRAGMA synchronous=NORMAL")
            self.connection.executescript(SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise ClusterQAError(
                f"{path}: the records cannot be opened ({error}); mend it or name another file "
                "with CLUSTERQA_RECORDS"
            ) from error

    def select(self, query: str, *values: object) -> list[Any]:
        with self.lock:
            return self.connection.execute(query, values).fetchall()

    def write(self, query: str, *values: object) -> int:
        """Run one statement and return how many rows it changed; a killed process loses nothing."""
        with self.lock:
            return self.connection.execute(query, values).rowcount

    def write_durably(self, query: str, *values: object) -> int:
        """The same, on the disk before it returns: a power cut loses nothing either."""
        with self.lock:
            self.connection.execute("PRAGMA synchronous=FULL")
            try:
                return self.connection.execute(query, values).rowcount
            finally:
                self.connection.execute("PRAGMA synchronous=NORMAL")

    def close(self) -> None:
        with self.lock:
            self.connection.close()
