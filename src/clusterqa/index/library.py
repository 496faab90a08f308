"""An open generation: a vector, words and a mask of rows in, the best rows and passages out.

A row is a distinct pair of context and text: versions that share a paragraph share its row.
Passages point to rows; dates and documents filter rows before they are ranked. What a question
needs is all here; nothing of what builds an index is imported.
"""

import functools
import json
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from clusterqa.corpus.glossary import Glossary
from clusterqa.deadline import check_deadline
from clusterqa.errors import IndexUnusable
from clusterqa.index.bm25 import Lexical
from clusterqa.index.encoders import Encoder, OnnxEncoder, Vectors
from clusterqa.index.generation import (
    GENERATION,
    check_hashes,
    current_name,
    read_generation_manifest,
)
from clusterqa.index.known_questions import KnownQuestions
from clusterqa.languages.days import iso_day
from clusterqa.types import Amendment, Document, Page, Passage, Provision, Reference, Source, Work

DAYS = ("published", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows with their scores, arrays of one length: BM25 (0 or more), cosines in [-1, 1].

    `asked` and `asked_words` are the cosine and the BM25 of the nearest question that is known to
    be asked of the row, `asked_covered` the share of the question's words, by their rarity, that
    all of those hold; 0 without any. `sentences` holds for each row those of its passage: start,
    end and cosine, in reading order.
    """

    rows: NDArray[np.int64]
    lexical: NDArray[np.float32]
    dense: NDArray[np.float32]
    asked: NDArray[np.float32]
    asked_words: NDArray[np.float32]
    asked_covered: NDArray[np.float32]
    sentences: list[list[tuple[int, int, float]]]


class Index:
    """An open generation. Thread-safe for reading; close it when done."""

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest
        self.lock = threading.Lock()
        self.database = sqlite3.connect(
            f"{(folder / 'passages.sqlite').absolute().as_uri()}?mode=ro&immutable=1",
            uri=True,
            check_same_thread=False,
        )
        self.works = tuple(
            work_from_plain(w) for w in json.loads((folder / "works.json").read_text("utf-8"))
        )
        self.files: dict[str, str] = json.loads((folder / "files.json").read_text("utf-8"))
        self.sources = {s.id: (w, s) for w in self.works for s in w.sources}
        self.vectors = faiss.read_index(str(folder / "vectors.faiss"))
        self.sentences = np.load(folder / "sentences.npy", mmap_mode="r")
        self.lexical = Lexical(folder / "lexical")
        self.glossary: Glossary = json.loads((folder / "glossary.json").read_text("utf-8"))
        self.known = KnownQuestions(folder)
        self.read_columns()
        self.document = functools.lru_cache(maxsize=64)(self.read_document)

    @classmethod
    def open(cls, folder: Path) -> "Index":
        """The current generation in `folder`.

        Raises `IndexUnusable` if there is none, or if it is damaged or of another format.
        """
        name = current_name(folder)
        if name is None or not GENERATION.fullmatch(name):
            raise IndexUnusable(f"{folder}: no index here; run: clusterqa ingest")
        return cls.open_generation(folder / name)

    @classmethod
    def open_generation(cls, folder: Path) -> "Index":
        """The generation in `folder`, once every file is known to be as it was written.

        Hashes come first: what reads a damaged file may crash or take all memory.
        """
        manifest = read_generation_manifest(folder)
        check_hashes(folder, manifest["files"])
        try:
            return cls(folder, manifest)
        except Exception as error:  # whole, but not what this program writes
            raise IndexUnusable(
                f"{folder}: cannot be read ({type(error).__name__}); run: clusterqa ingest"
            ) from error

    def close(self) -> None:
        self.database.close()

    def select(self, query: str, *values: object) -> list[Any]:
        """The rows a query finds; one thread at a time, for they share cached statements.

        Whatever is asked of an index comes by here, so this is where a request ends whose time is
        over: raises `OutOfTime`.
        """
        check_deadline()
        with self.lock:
            return self.database.execute(query, values).fetchall()

    def read_columns(self) -> None:
        """What filters need of every searchable passage, as arrays of one length.

        `asked_sources` are those of which questions are known.
        """
        numbers, rows, sources, kinds = zip(
            *self.select(
                "SELECT n, row, source, kind FROM passages WHERE row IS NOT NULL ORDER BY n"
            ),
            strict=True,
        )
        self.passage_numbers = np.array(numbers, dtype=np.int64)
        self.passage_rows = np.array(rows, dtype=np.int64)
        self.source_names = list(dict.fromkeys(sources))
        number_of = {name: number for number, name in enumerate(self.source_names)}
        self.source_numbers = np.array([number_of[s] for s in sources], dtype=np.int32)
        self.passage_kinds = np.array(kinds)
        asked = np.isin(self.passage_rows, self.known.links[:, 1])
        having = np.unique(self.source_numbers[asked]).tolist()
        self.asked_sources = frozenset(self.source_names[number] for number in having)

    def of_sources(self, sources: Iterable[str]) -> NDArray[np.bool_]:
        """Mask over the searchable passages: those of the sources."""
        return np.isin(self.source_names, list(sources))[self.source_numbers]

    def encoder(self) -> Encoder:
        return OnnxEncoder(self.folder)

    def search(
        self,
        vector: Vectors,
        tokens: Sequence[str],
        allowed: NDArray[np.bool_],
        *,
        depth: int,
        added: Sequence[str] = (),
        added_weight: float = 0.0,
        named: Sequence[int] = (),
    ) -> Candidates:
        """The best `depth` rows by BM25, by cosine and by what is asked of them, and those `named`.

        All come with every score. `allowed` masks rows; every row returned is allowed. `added`
        tokens count by `added_weight`. FAISS pads short results with -1.
        """
        size = self.vectors.ntotal
        lexical = self.lexical.scores(tokens) + added_weight * self.lexical.scores(added)
        found = {
            "lexical": lexical.astype(np.float32),
            "asked": self.known.cosines(vector, size),
            "asked_words": self.known.scores(tokens, added, added_weight, size),
        }
        best = [highest(np.where(allowed, scores, 0), depth) for scores in found.values()]
        found["asked_covered"] = self.known.covered(self.rarities(tokens), size)
        selector = faiss.IDSelectorBatch(np.flatnonzero(allowed))
        _, near = self.vectors.search(
            vector[None],
            depth,
            params=faiss.SearchParameters(sel=selector),  # type: ignore[call-arg]
        )
        wanted = [row for row in named if allowed[row]]
        rows = np.unique(np.concatenate([*best, near[0][near[0] >= 0], wanted])).astype(np.int64)
        return Candidates(
            rows=rows,
            dense=self.vectors.reconstruct_batch(rows) @ vector,
            sentences=self.scored_sentences(rows, vector),
            **{name: scores[rows] for name, scores in found.items()},
        )

    def rarities(self, tokens: Iterable[str]) -> dict[str, float]:
        """How rare each stem is in the texts."""
        return {token: self.lexical.rarity(token) for token in tokens}

    def known_words(self, passage_id: str, stems: Iterable[str]) -> frozenset[str]:
        """Those of the stems that stand in the questions which are known to be asked of a passage.

        Raises `KeyError` if there is no such passage.
        """
        found = self.select("SELECT row FROM passages WHERE id = ?", passage_id)
        if not found:
            raise KeyError(passage_id)
        return self.known.holding(found[0][0], stems)

    def scored_sentences(
        self, rows: NDArray[np.int64], vector: Vectors
    ) -> list[list[tuple[int, int, float]]]:
        """For each row the spans of its sentences in the passage and their cosines."""
        lists = self.row_sentences(rows)
        numbers = [number for found in lists for _, _, number in found]
        similarity = iter((np.asarray(self.sentences[numbers], np.float32) @ vector).tolist())
        return [[(start, end, next(similarity)) for start, end, _ in found] for found in lists]

    def row_sentences(self, rows: NDArray[np.int64]) -> list[list[list[int]]]:
        """For each row its sentences: start and end in the passage, number of the vector."""
        found = self.select(
            "SELECT n, sentences FROM rows WHERE n IN (SELECT value FROM json_each(?))",
            json.dumps(rows.tolist()),
        )
        spans = json.loads(f"[{','.join(spans for _, spans in found)}]")  # many at once: faster
        by_number = dict(zip((n for n, _ in found), spans, strict=True))
        return [by_number[int(n)] for n in rows]

    def digests(self, table: str) -> list[str]:
        """The digests of a table's texts in the order of their vectors."""
        queries = {
            "rows": "SELECT digest FROM rows ORDER BY n",
            "sentences": "SELECT digest FROM sentences ORDER BY n",
            "asked": "SELECT digest FROM asked ORDER BY n",
        }
        return [key for (key,) in self.select(queries[table])]

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

    def passages_of(self, source: str, *, after: int = -1, most: int) -> list[tuple[int, Passage]]:
        """The passages of a document in order with their numbers, from the one after a number."""
        found = self.select(
            "SELECT n FROM passages WHERE source = ? AND n > ? ORDER BY n LIMIT ?",
            source, after, most,
        )  # fmt: skip
        numbers = [n for (n,) in found]
        return list(zip(numbers, self.passages(numbers), strict=True))

    def passage_counts(self) -> dict[str, int]:
        """How many passages each document has."""
        return dict(self.select("SELECT source, count(*) FROM passages GROUP BY source"))

    def rows_within(self, source: str, start: int, end: int) -> list[int]:
        """The rows of the searchable passages that share text with a span of a document."""
        found = self.select(
            'SELECT row FROM passages WHERE source = ? AND start < ? AND "end" > ? '
            "AND row IS NOT NULL ORDER BY n",
            source, end, start,
        )  # fmt: skip
        return [row for (row,) in found]

    def passage_at(self, source: str, offset: int) -> Passage:
        """The passage of a document that holds an offset."""
        ((number,),) = self.select(
            'SELECT n FROM passages WHERE source = ? AND start <= ? AND "end" > ?',
            source, offset, offset,
        )  # fmt: skip
        return self.passages([number])[0]

    def read_document(self, source: str) -> Document:
        """The document a source was read into; raises `KeyError` if the index does not have it."""
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


def highest(scores: NDArray[np.float32], depth: int) -> NDArray[np.int64]:
    """The positions of the `depth` highest scores above 0, best first."""
    top = np.argsort(-scores, kind="stable")[:depth]
    return top[scores[top] > 0]


def work_from_plain(plain: dict[str, Any]) -> Work:
    sources = tuple(source_from_plain(source) for source in plain["sources"])
    lists = {"amends": tuple(plain["amends"]), "names": tuple(plain["names"])}
    return Work(**plain | lists | {"sources": sources})


def source_from_plain(plain: dict[str, Any]) -> Source:
    days = {k: iso_day(v) for k in DAYS if (v := plain[k]) is not None}
    return Source(**plain | days)
