"""What an index holds: works, versions on a day, documents, passages, citations, defined terms.

All that is read of a generation's passages.sqlite is read here; `tables` writes it. Nothing of what
searches is here, and of what builds an index nothing is imported.
"""

import functools
import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from clusterqa.corpus.glossary import Glossary
from clusterqa.corpus.manifest import is_official, last_day, versions_in_force
from clusterqa.corpus.thresholds import Thresholds
from clusterqa.deadline import check_deadline
from clusterqa.types import Amendment, Document, Page, Passage, Provision, Reference, Source, Work


class Library:
    """The texts of a generation. Thread-safe for reading; close it when done.

    `works` are all that the manifest lists, `sources` their versions by id, each with its work;
    `files` has for every source of which a text is here the SHA-256 of the bytes it was read from.
    `languages` are the codes of those that texts here are in.
    `document(source)` is the document it was read into, one of the last 64 from memory; it raises
    `KeyError` for one that is not here.
    """

    def __init__(self, folder: Path) -> None:
        self.lock = threading.Lock()
        self.database = sqlite3.connect(
            f"{(folder / 'passages.sqlite').absolute().as_uri()}?mode=ro&immutable=1",
            uri=True,
            check_same_thread=False,
        )
        works = (folder / "works.json").read_bytes()
        self.works = msgspec.json.decode(works, type=tuple[Work, ...])
        self.sources = {s.id: (w, s) for w in self.works for s in w.sources}
        self.files: dict[str, str] = json.loads((folder / "files.json").read_text("utf-8"))
        self.glossary: Glossary = json.loads((folder / "glossary.json").read_text("utf-8"))
        self.languages = frozenset(self.sources[s][1].language for s in self.files)
        rules = folder / "thresholds.json"
        kept = rules.read_bytes() if rules.exists() else b"{}"  # none in an older generation
        self.thresholds = msgspec.json.decode(kept, type=Thresholds)
        self.document = functools.lru_cache(maxsize=64)(self.read_document)
        self.versions_on = functools.lru_cache(maxsize=64)(self.find_versions_on)

    def close(self) -> None:
        self.database.close()

    # -- works and versions -----------------------------------------------------------------------

    def has(self, source: str) -> bool:
        """Whether a text of the source is here."""
        return source in self.files

    def texts(self, work: Work) -> tuple[Source, ...]:
        """The versions of a work of which a text is here, as the manifest orders them."""
        return tuple(source for source in work.sources if self.has(source.id))

    def in_force(self, work: Work, day: date) -> tuple[Source, ...]:
        """The versions of a work that applied on a day, at most one a language, here or not."""
        return self.versions_on(day)[work.id]

    def texts_in_force(self, work: Work, day: date) -> tuple[Source, ...]:
        """Those of the versions that applied on a day of which a text is here."""
        return tuple(source for source in self.in_force(work, day) if self.has(source.id))

    def lapsed(self, work: Work, day: date) -> bool:
        """Whether a work's last version ended before a day and no text that followed it is here.

        Such a work goes on answering from its last text, as decision 0045 has it.
        """
        last = last_day(work)
        if last is None or last >= day:
            return False
        following = [source for heir in self.heirs(work) for source in self.texts(heir)]
        return not any((source.valid_from or date.min) <= day for source in following)

    def heirs(self, work: Work) -> tuple[Work, ...]:
        """The works that replaced a work, the one that did so first before what replaced that."""
        known, found = {other.id: other for other in self.works}, dict[str, Work]()
        heir = known.get(work.superseded_by or "")
        while heir and heir.id not in found and heir is not work:
            found[heir.id] = heir
            heir = known.get(heir.superseded_by or "")
        return tuple(found.values())

    def day_read(self, work: Work, day: date) -> date:
        """The day whose texts answer for a work on a day: its last one where it has lapsed."""
        last = last_day(work)
        return last if last and self.lapsed(work, day) else day

    def texts_read(self, work: Work, day: date) -> tuple[Source, ...]:
        """The texts here that answer for a work on a day: those in force, or its last ones."""
        return self.texts_in_force(work, self.day_read(work, day))

    @property
    def lacks_law(self) -> bool:
        """Whether official texts of the law are listed and none is here."""
        law = [work for work in self.works if work.kind in ("law", "soft_law")]
        listed = any(is_official(source) for work in law for source in work.sources)
        return listed and not any(self.texts(work) for work in law)

    def find_versions_on(self, day: date) -> Mapping[str, tuple[Source, ...]]:
        """The versions of every work, by its id, that applied on a day."""
        return versions_in_force(*self.works, as_of=day)

    # -- documents and what they say of each other ------------------------------------------------

    def read_document(self, source: str) -> Document:
        found = self.select(
            "SELECT text, provisions, pages, amendments FROM documents WHERE source = ?", source
        )
        if not found:
            raise KeyError(source)
        text, provisions, pages, amendments = found[0]
        return Document(
            source,
            text,
            tuple(Provision(*p) for p in json.loads(provisions)),
            tuple(Page(*p) for p in json.loads(pages)),
            tuple(Amendment(*a) for a in json.loads(amendments)),
        )

    def references(self, source: str, start: int, end: int) -> list[Reference]:
        """What a span of a document cites, in order; offsets are the document's."""
        found = self.select(
            'SELECT start, "end", work, label, reason FROM citations '
            'WHERE source = ? AND start >= ? AND "end" <= ? ORDER BY start, rowid',
            source, start, end,
        )  # fmt: skip
        return [Reference(*row) for row in found]

    def citing(self, work: str, label: str) -> list[tuple[str, int, int]]:
        """Source, start and end of every citation of a provision, in whatever version."""
        found = self.select(
            'SELECT source, start, "end" FROM citations WHERE work = ? AND label = ? '
            "ORDER BY source, start",
            work, label,
        )  # fmt: skip
        return [(source, start, end) for source, start, end in found]

    def defined_terms(self, sources: Iterable[str]) -> list[tuple[str, str, str]]:
        """Source, term and label of the definition of every term that the sources use."""
        return self.select(
            "SELECT DISTINCT source, term, label FROM uses "
            "WHERE source IN (SELECT value FROM json_each(?)) ORDER BY source, label, term",
            json.dumps(list(sources)),
        )

    def terms(self, source: str, start: int, end: int) -> dict[str, str]:
        """The defined terms that a span uses, each with the label of its definition."""
        return dict(
            self.select(
                'SELECT term, label FROM uses WHERE source = ? AND start >= ? AND "end" <= ? '
                "ORDER BY start",
                source, start, end,
            )
        )  # fmt: skip

    # -- passages ---------------------------------------------------------------------------------

    def passages(self, numbers: Sequence[int]) -> list[Passage]:
        """The passages of these numbers, in this order."""
        found = self.select(
            'SELECT n, id, source, start, "end", text, label, kind, path, context, page '
            "FROM passages WHERE n IN (SELECT value FROM json_each(?))",
            json.dumps(list(numbers)),
        )
        paths = json.loads(f"[{','.join(row[8] for row in found)}]")
        by_number = {
            n: Passage(i, source, start, end, text, label, kind, tuple(headings), context, page)
            for (n, i, source, start, end, text, label, kind, _, context, page), headings in zip(
                found, paths, strict=True
            )
        }
        return [by_number[n] for n in numbers]

    def passage(self, passage_id: str) -> tuple[int, Passage]:
        """The number and the passage of an id; raises `KeyError` if there is none."""
        found = self.select("SELECT n FROM passages WHERE id = ?", passage_id)
        if not found:
            raise KeyError(passage_id)
        ((number,),) = found
        return number, self.passages([number])[0]

    def passage_at(self, source: str, offset: int) -> Passage:
        """The passage of a document that holds an offset."""
        ((number,),) = self.select(
            'SELECT n FROM passages WHERE source = ? AND start <= ? AND "end" > ?',
            source, offset, offset,
        )  # fmt: skip
        return self.passages([number])[0]

    def passages_of(self, source: str, *, after: int = -1, most: int) -> list[tuple[int, Passage]]:
        """The passages of a document in order with their numbers, from the one after a number."""
        found = self.select(
            "SELECT n FROM passages WHERE source = ? AND n > ? ORDER BY n LIMIT ?",
            source, after, most,
        )  # fmt: skip
        numbers = [n for (n,) in found]
        return list(zip(numbers, self.passages(numbers), strict=True))

    def passage_ids(self, source: str) -> list[str]:
        """The ids of a document's passages, in order."""
        found = self.select("SELECT id FROM passages WHERE source = ? ORDER BY n", source)
        return [key for (key,) in found]

    def ids_beside(self, number: int) -> tuple[str | None, str | None]:
        """The ids of the passages before beside one in its document, None where there is none."""
        found = dict(
            self.select(
                "SELECT beside.n - one.n, beside.id FROM passages AS one JOIN passages AS beside "
                "ON beside.source = one.source AND beside.n IN (one.n - 1, one.n + 1) "
                "WHERE one.n = ?",
                number,
            )
        )
        return found.get(-1), found.get(1)

    def passage_counts(self) -> dict[str, int]:
        """How many passages each document has."""
        return dict(self.select("SELECT source, count(*) FROM passages GROUP BY source"))

    # -- rows: the distinct texts that are searched -----------------------------------------------

    def searchable(self) -> list[tuple[int, int, str, str]]:
        """Number, row, source and kind of every searchable passage, in order."""
        return self.select(
            "SELECT n, row, source, kind FROM passages WHERE row IS NOT NULL ORDER BY n"
        )

    def labels_by_row(self) -> list[tuple[str, str, int]]:
        """Id, label and row of every searchable passage, in order."""
        return self.select("SELECT id, label, row FROM passages WHERE row IS NOT NULL ORDER BY n")

    def row_of(self, passage_id: str) -> int | None:
        """The row of a passage, None for a heading; raises `KeyError` if there is no such id."""
        found = self.select("SELECT row FROM passages WHERE id = ?", passage_id)
        if not found:
            raise KeyError(passage_id)
        ((row,),) = found
        return None if row is None else int(row)

    def rows_within(self, source: str, start: int, end: int) -> list[int]:
        """The rows of the searchable passages that share text with a span of a document."""
        found = self.select(
            'SELECT row FROM passages WHERE source = ? AND start < ? AND "end" > ? '
            "AND row IS NOT NULL ORDER BY n",
            source, end, start,
        )  # fmt: skip
        return [row for (row,) in found]

    def row_sentences(self, rows: Sequence[int]) -> list[list[list[int]]]:
        """For each row its sentences: start and end in the passage, number of the vector."""
        found = self.select(
            "SELECT n, sentences FROM rows WHERE n IN (SELECT value FROM json_each(?))",
            json.dumps(list(rows)),
        )
        spans = json.loads(f"[{','.join(spans for _, spans in found)}]")  # many at once: faster
        by_number = dict(zip((n for n, _ in found), spans, strict=True))
        return [by_number[n] for n in rows]

    def digests(self, table: str) -> list[str]:
        """The digests of a table's texts in the order of their vectors."""
        queries = {
            "rows": "SELECT digest FROM rows ORDER BY n",
            "sentences": "SELECT digest FROM sentences ORDER BY n",
            "expansion": "SELECT digest FROM expansion ORDER BY n",
        }
        return [key for (key,) in self.select(queries[table])]

    def select(self, query: str, *values: object) -> list[Any]:
        """The rows a query finds; one thread at a time, for they share cached statements.

        Whatever is asked of a library comes by here, so this is where a request ends whose time is
        over: raises `OutOfTime`.
        """
        check_deadline()
        with self.lock:
            return self.database.execute(query, values).fetchall()
