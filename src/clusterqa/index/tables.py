"""The tables of a generation, as they are written: passages.sqlite, which `library` reads."""

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from pathlib import Path

from clusterqa.references.definitions import Use
from clusterqa.types import Amendment, Document, Page, Passage, Provision, Reference

SCHEMA = """
CREATE TABLE documents (source TEXT PRIMARY KEY, text TEXT NOT NULL, provisions TEXT NOT NULL,
    pages TEXT NOT NULL, amendments TEXT NOT NULL);
CREATE TABLE citations (
    source TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, work TEXT, label TEXT,
    reason TEXT);
CREATE INDEX citations_by_place ON citations (source, start);
CREATE INDEX citations_by_target ON citations (work, label);
CREATE TABLE uses (
    source TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, term TEXT NOT NULL,
    label TEXT NOT NULL);
CREATE INDEX uses_by_place ON uses (source, start);
CREATE TABLE rows (n INTEGER PRIMARY KEY, digest TEXT UNIQUE NOT NULL, sentences TEXT NOT NULL);
CREATE TABLE sentences (n INTEGER PRIMARY KEY, digest TEXT UNIQUE NOT NULL);
CREATE TABLE expansion (n INTEGER PRIMARY KEY, digest TEXT UNIQUE NOT NULL);
CREATE TABLE passages (
    n INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, source TEXT NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, text TEXT NOT NULL, label TEXT NOT NULL, kind TEXT NOT NULL,
    path TEXT NOT NULL, context TEXT NOT NULL, page TEXT, row INTEGER);
"""


class Tables:
    """A database with empty tables, to be filled; texts of one table are numbered from 0."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        database.executescript(SCHEMA)

    def add_documents(self, documents: Iterable[Document]) -> None:
        self.database.executemany(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?)",
            (
                (d.source, d.text, values(d.provisions), values(d.pages), values(d.amendments))
                for d in documents
            ),
        )

    def add_citations(self, source: str, references: Iterable[Reference]) -> None:
        """What a document cites."""
        self.database.executemany(
            "INSERT INTO citations VALUES (?, ?, ?, ?, ?, ?)",
            ((source, *astuple(found)) for found in references),
        )

    def add_uses(self, source: str, uses: Iterable[Use]) -> None:
        """Where a document uses the terms it defines."""
        self.database.executemany(
            "INSERT INTO uses VALUES (?, ?, ?, ?, ?)",
            ((source, *astuple(found)) for found in uses),
        )

    def add_rows(self, rows: Iterable[tuple[str, Sequence[tuple[int, int, int]]]]) -> None:
        """The digest of each row and its sentences: start, end and number of the vector."""
        self.database.executemany(
            "INSERT INTO rows VALUES (?, ?, ?)",
            ((n, key, json.dumps(sentences)) for n, (key, sentences) in enumerate(rows)),
        )

    def add_sentences(self, digests: Iterable[str]) -> None:
        self.database.executemany("INSERT INTO sentences VALUES (?, ?)", enumerate(digests))

    def add_expansion(self, digests: Iterable[str]) -> None:
        """The digests of the expected questions."""
        self.database.executemany("INSERT INTO expansion VALUES (?, ?)", enumerate(digests))

    def add_passages(self, passages: Iterable[tuple[Passage, int | None]]) -> None:
        """Passages with the numbers of their rows; headings have none."""
        self.database.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (n, p.id, p.source, p.start, p.end, p.text, p.label, p.kind,
                 json.dumps(p.path, ensure_ascii=False), p.context, p.page, row)
                for n, (p, row) in enumerate(passages)
            ),
        )  # fmt: skip


@contextlib.contextmanager
def new_tables(path: Path) -> Iterator[Tables]:
    """The tables of a new database, which is whole once the block has ended."""
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        yield Tables(database)


def values(items: Sequence[Provision | Page | Amendment]) -> str:
    """The fields of each item, in their order, as JSON."""
    return json.dumps([astuple(item) for item in items], ensure_ascii=False)
