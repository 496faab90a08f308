"""One immutable generation of the index: written aside, verified, then made current by one rename.

`index/<generation>/` holds passages.sqlite, vectors.faiss, sentences.npy, lexical/, the ONNX
encoder and manifest.json with the hash of every file; `index/CURRENT` names the generation that
answers. A row is a distinct pair of context and text: versions that share a paragraph share its
row, so it is embedded once, and so are equal sentences. Passages point to rows; dates and documents
filter rows before they are ranked.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from clusterqa.embedding import (
    Encoder,
    OnnxEncoder,
    SentenceTransformerEncoder,
    Vectors,
    model_folder,
    write_json,
)
from clusterqa.errors import ClusterQAError, CorpusError, IndexUnusable
from clusterqa.glossary import Glossary
from clusterqa.lexical import Lexical, build_lexical
from clusterqa.passages import digest, sentences, split_document
from clusterqa.types import Document, Passage, Provision, Source, Work

FORMAT = 1  # raised when a generation of an older program can no longer be read
CURRENT = "CURRENT"
GENERATION = re.compile(r"\d{8}T\d+-[0-9a-f]{8}")  # when it was written and a content hash
Progress = Callable[[str, int, int], None]  # stage, done, total

SCHEMA = """
CREATE TABLE documents (source TEXT PRIMARY KEY, text TEXT NOT NULL, provisions TEXT NOT NULL);
CREATE TABLE rows (n INTEGER PRIMARY KEY, digest TEXT UNIQUE NOT NULL, sentences TEXT NOT NULL);
CREATE TABLE sentences (n INTEGER PRIMARY KEY, digest TEXT UNIQUE NOT NULL);
CREATE TABLE passages (
    n INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, source TEXT NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, text TEXT NOT NULL, label TEXT NOT NULL, kind TEXT NOT NULL,
    path TEXT NOT NULL, context TEXT NOT NULL, page TEXT, row INTEGER);
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A distinct text to be searched: its language, its words with their context, its sentences.

    `sentences` are spans of the passage's own text.
    """

    digest: str
    language: str
    text: str
    sentences: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows with their scores, arrays of one length: BM25 (0 or more), cosines in [-1, 1].

    `sentence` is the cosine of a row's best sentence and `spans` where that stands in its passage.
    """

    rows: NDArray[np.int64]
    lexical: NDArray[np.float32]
    dense: NDArray[np.float32]
    sentence: NDArray[np.float32]
    spans: NDArray[np.int64]


# -- building -----------------------------------------------------------------------------------


def build_index(
    folder: Path,
    works: Sequence[Work],
    documents: Sequence[Document],
    files: dict[str, str],
    glossary: Glossary,
    *,
    model: str,
    precision: str,
    progress: Progress,
) -> str:
    """Write a generation from the documents, make it current and return its name.

    `files` maps each source to the SHA-256 of the bytes it was read from. Vectors of texts that the
    current generation already has are taken from it. Whatever goes wrong, the current generation
    stays as it is. Raises `ClusterQAError` when another ingest runs or the disk is full.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder), staging(folder) as aside:
            made_with = {"encoder": model, "weights": weights(model), "precision": precision}
            write_generation(aside, folder, works, documents, made_with, progress)
            write_json(aside / "files.json", files)
            write_json(aside / "glossary.json", glossary)
            name = finish(aside, made_with)
            Index.open_generation(aside).close()
            publish(aside, folder, name)
    except (OSError, sqlite3.OperationalError) as error:
        raise ClusterQAError(
            f"{folder}: the index cannot be written ({error}); the one before still answers"
        ) from error
    return name


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep every other writer out; raises `ClusterQAError` at once when there is one."""
    try:
        lock = FileLock(folder / ".lock", timeout=0).acquire()
    except Timeout as error:
        raise ClusterQAError(f"{folder}: another ingest is running; wait for it to end") from error
    with lock:
        yield


@contextlib.contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """A folder to write in; removed if it was not published, like those of interrupted ingests."""
    for left in folder.glob(".building-*"):
        shutil.rmtree(left, ignore_errors=True)
    aside = folder / f".building-{os.getpid()}"
    aside.mkdir()
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def write_generation(
    aside: Path,
    folder: Path,
    works: Sequence[Work],
    documents: Sequence[Document],
    made_with: dict[str, str],
    progress: Progress,
) -> None:
    sources = {source.id: (work, source) for work in works for source in work.sources}
    passages = [p for document in documents for p in split_document(document)]
    rows, row_keys = distinct_rows(passages, sources)
    if not rows:
        raise CorpusError("the documents hold no text to search, only headings")
    phrases = sentence_texts(rows.values())
    write_passages(aside / "passages.sqlite", documents, passages, rows, row_keys, list(phrases))
    write_json(aside / "works.json", [asdict_plain(work) for work in works])
    build_lexical(((row.language, row.text) for row in rows.values()), aside / "lexical")
    texts = {key: row.text for key, row in rows.items()} | phrases
    vectors = embed(aside, folder, texts, made_with, progress)
    write_vectors(aside / "vectors.faiss", np.stack([vectors[key] for key in rows]))
    np.save(aside / "sentences.npy", np.stack([vectors[key] for key in phrases]).astype(np.float16))


def write_vectors(path: Path, vectors: Vectors) -> None:
    """A flat inner-product index; bytes are written here because FAISS hides why it could not."""
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    path.write_bytes(faiss.serialize_index(flat).data)


def distinct_rows(
    passages: Sequence[Passage], sources: dict[str, tuple[Work, Source]]
) -> tuple[dict[str, Row], list[str | None]]:
    """Rows by digest, in order, and for each passage its row's digest; headings have none."""
    rows: dict[str, Row] = {}
    keys: list[str | None] = []
    for passage in passages:
        work, source = sources[passage.source]
        key = digest(source.language, work.short_title, passage.context, passage.text)
        if passage.kind != "heading" and key not in rows:
            rows[key] = row_of(key, passage, work, source)
        keys.append(key if passage.kind != "heading" else None)
    return rows, keys


def row_of(key: str, passage: Passage, work: Work, source: Source) -> Row:
    """What is searched for a passage: the act's short name, the titles and lead-ins, the text."""
    text = "\n".join(part for part in (work.short_title, passage.context, passage.text) if part)
    found = [(a, b, passage.text[a:b]) for a, b in sentences(passage.text)]
    return Row(key, source.language, text, tuple(found))


def sentence_texts(rows: Iterable[Row]) -> dict[str, str]:
    """Digest to text of every distinct sentence, in order."""
    return {digest("sentence", text): text for row in rows for _, _, text in row.sentences}


def write_passages(
    path: Path,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    rows: dict[str, Row],
    row_keys: Sequence[str | None],
    phrase_keys: Sequence[str],
) -> None:
    numbers: dict[str | None, int] = {key: number for number, key in enumerate(rows)}
    phrases = {key: number for number, key in enumerate(phrase_keys)}
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.executescript(SCHEMA)
        database.executemany(
            "INSERT INTO documents VALUES (?, ?, ?)",
            ((d.source, d.text, json.dumps([provision_values(p) for p in d.provisions]))
             for d in documents),
        )  # fmt: skip
        database.executemany(
            "INSERT INTO rows VALUES (?, ?, ?)",
            (
                (n, key, json.dumps(numbered_sentences(row, phrases)))
                for n, (key, row) in enumerate(rows.items())
            ),
        )
        database.executemany(
            "INSERT INTO sentences VALUES (?, ?)", ((n, key) for key, n in phrases.items())
        )
        database.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (n, p.id, p.source, p.start, p.end, p.text, p.label, p.kind,
                 json.dumps(p.path, ensure_ascii=False), p.context, p.page, numbers.get(key))
                for n, (p, key) in enumerate(zip(passages, row_keys, strict=True))
            ),
        )  # fmt: skip


def numbered_sentences(row: Row, phrases: dict[str, int]) -> list[tuple[int, int, int]]:
    """Start, end and vector number of each of a row's sentences."""
    return [(start, end, phrases[digest("sentence", text)]) for start, end, text in row.sentences]


def provision_values(p: Provision) -> tuple[object, ...]:
    return (p.kind, p.label, p.title, p.start, p.end, p.parent)


def embed(
    aside: Path,
    folder: Path,
    texts: dict[str, str],
    made_with: dict[str, str],
    progress: Progress,
) -> dict[str, Vectors]:
    """Digest to vector of every text; known ones and the encoder come from the current index."""
    known, previous = known_vectors(folder, made_with)
    missing = [key for key in texts if key not in known]
    if previous is not None:
        copy_encoder(previous, aside)
    if missing:
        encoder = SentenceTransformerEncoder(made_with["encoder"], precision=made_with["precision"])
        done = 0

        def count(step: int) -> None:
            nonlocal done
            done += step
            progress("embedding", done, len(missing))

        fresh = encoder.encode_passages([texts[key] for key in missing], count)
        known |= dict(zip(missing, fresh, strict=True))
        if previous is None:
            encoder.export(aside)
    return known


ENCODER_FILES = ("encoder.json", "encoder.onnx", "tokenizer.json")


def copy_encoder(previous: Path, aside: Path) -> None:
    for name in ENCODER_FILES:
        shutil.copyfile(previous / name, aside / name)


def weights(model: str) -> str:
    """Tells apart models that had the same folder; empty for one known by its public name."""
    folder = Path(model_folder(model))
    return content_hash(file_hashes(folder)) if folder.is_dir() else ""


def known_vectors(
    folder: Path, made_with: dict[str, str]
) -> tuple[dict[str, Vectors], Path | None]:
    """Digest to vector of the current generation, if it is whole and made in the same way."""
    try:
        with contextlib.closing(Index.open(folder)) as index:
            if not made_with.items() <= index.manifest.items():
                return {}, None
            rows = index.vectors.reconstruct_n(0, index.vectors.ntotal)
            phrases = np.asarray(index.sentences, dtype=np.float32)
            found = dict(zip(index.digests("rows"), rows, strict=True))
            return found | dict(zip(index.digests("sentences"), phrases, strict=True)), index.folder
    except IndexUnusable:
        return {}, None


def content_hash(hashes: dict[str, str]) -> str:
    """Eight digits that name the content of these files."""
    return hashlib.sha256("".join(hashes.values()).encode()).hexdigest()[:8]


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below the folder but the manifest, by relative name."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "manifest.json")
    with ThreadPoolExecutor(2) as pool:
        hashes = pool.map(file_hash, paths)
        return {p.relative_to(folder).as_posix(): h for p, h in zip(paths, hashes, strict=True)}


def file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def finish(aside: Path, made_with: dict[str, str]) -> str:
    """Write the generation's manifest, push every file to the disk and return its name."""
    hashes, now = file_hashes(aside), datetime.now(UTC)
    name = f"{now:%Y%m%dT%H%M%S%f}-{content_hash(hashes)}"
    facts = {"format": FORMAT, "id": name, "built_at": f"{now:%Y-%m-%dT%H:%M:%SZ}"}
    manifest = facts | made_with | {"files": hashes}
    write_json(aside / "manifest.json", manifest | {"sha256": manifest_hash(manifest)})
    for path in [*aside.rglob("*"), aside]:
        sync_to_disk(path)
    return name


def manifest_hash(manifest: dict[str, Any]) -> str:
    """The SHA-256 of all that a manifest says but this."""
    said = {key: value for key, value in manifest.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def sync_to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publish(aside: Path, folder: Path, name: str) -> None:
    """Give the generation its name and make it the current one; keep the one before it."""
    previous = current_name(folder)
    aside.rename(folder / name)
    sync_to_disk(folder)  # the name must be on the disk before anything points to it
    point_to(folder, name)
    for old in generations(folder):
        if old.name not in (name, previous):
            shutil.rmtree(old, ignore_errors=True)


def point_to(folder: Path, name: str) -> None:
    """Make a generation the current one, by one atomic rename."""
    pointer = folder / f".{CURRENT}"
    pointer.write_text(name + "\n", encoding="utf-8")
    sync_to_disk(pointer)
    pointer.replace(folder / CURRENT)
    sync_to_disk(folder)


def roll_back(folder: Path) -> str:
    """Make the latest generation before the current one current and return its name.

    It is opened and verified first. Raises `IndexUnusable` if there is none.
    """
    current = current_name(folder)
    if current is None:
        raise IndexUnusable(f"{folder}: no index here; run: clusterqa ingest")
    with locked(folder):
        older = [path for path in generations(folder) if path.name < current]
        if not older:
            raise IndexUnusable(f"{folder}: no generation before {current}; nothing changed")
        Index.open_generation(older[-1]).close()
        point_to(folder, older[-1].name)
    return older[-1].name


def generations(folder: Path) -> list[Path]:
    """The folders of all generations, oldest first; of interrupted removals too."""
    return sorted(path for path in folder.iterdir() if GENERATION.fullmatch(path.name))


def current_name(folder: Path) -> str | None:
    try:
        return (folder / CURRENT).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


# -- reading ------------------------------------------------------------------------------------


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
        self.read_columns()

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
        """The rows a query finds; one thread at a time, for they share cached statements."""
        with self.lock:
            return self.database.execute(query, values).fetchall()

    def read_columns(self) -> None:
        """What filters need of every searchable passage, as arrays of one length."""
        numbers, rows, sources, kinds = zip(
            *self.select(
                "SELECT n, row, source, kind FROM passages WHERE row IS NOT NULL ORDER BY n"
            ),
            strict=True,
        )
        self.passage_numbers = np.array(numbers, dtype=np.int64)
        self.passage_rows = np.array(rows, dtype=np.int64)
        self.passage_sources = np.array(sources)
        self.passage_kinds = np.array(kinds)

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
    ) -> Candidates:
        """The best `depth` rows by BM25 and the best by cosine, both scores for each of them.

        `allowed` masks rows; every row returned is allowed. `added` tokens count by `added_weight`.
        FAISS pads short results with -1.
        """
        lexical = self.lexical.scores(tokens) + added_weight * self.lexical.scores(added)
        lexical = np.where(allowed, lexical, 0).astype(np.float32)
        top = np.argsort(-lexical, kind="stable")[:depth]
        top = top[lexical[top] > 0]
        selector = faiss.IDSelectorBatch(np.flatnonzero(allowed))
        _, near = self.vectors.search(
            vector[None],
            depth,
            params=faiss.SearchParameters(sel=selector),  # type: ignore[call-arg]
        )
        rows = np.union1d(top, near[0][near[0] >= 0]).astype(np.int64)
        dense = self.vectors.reconstruct_batch(rows) @ vector
        sentence, spans = self.best_sentences(rows, vector)
        return Candidates(rows, lexical[rows].astype(np.float32), dense, sentence, spans)

    def best_sentences(
        self, rows: NDArray[np.int64], vector: Vectors
    ) -> tuple[Vectors, NDArray[np.int64]]:
        """For each row the cosine and the span of the sentence nearest to the vector."""
        lists = self.row_sentences(rows)
        owners = np.repeat(np.arange(len(rows)), [len(found) for found in lists])
        flat = np.array([item for found in lists for item in found], dtype=np.int64).reshape(-1, 3)
        similarity = np.asarray(self.sentences[flat[:, 2]], dtype=np.float32) @ vector
        order = np.lexsort((-similarity, owners))
        first = order[np.unique(owners[order], return_index=True)[1]]
        best = np.zeros(len(rows), dtype=np.float32)
        spans = np.zeros((len(rows), 2), dtype=np.int64)
        best[owners[first]], spans[owners[first]] = similarity[first], flat[first, :2]
        return best, spans

    def row_sentences(self, rows: NDArray[np.int64]) -> list[list[list[int]]]:
        """For each row its sentences: start and end in the passage, number of the vector."""
        found = self.select(
            "SELECT n, sentences FROM rows WHERE n IN (SELECT value FROM json_each(?))",
            json.dumps(rows.tolist()),
        )
        by_number = {n: json.loads(spans) for n, spans in found}
        return [by_number[int(n)] for n in rows]

    def digests(self, table: str) -> list[str]:
        """The digests of a table's texts in the order of their vectors."""
        queries = {
            "rows": "SELECT digest FROM rows ORDER BY n",
            "sentences": "SELECT digest FROM sentences ORDER BY n",
        }
        return [key for (key,) in self.select(queries[table])]

    def passages(self, numbers: Sequence[int]) -> list[Passage]:
        """The passages of these numbers, in this order."""
        found = self.select(
            'SELECT n, id, source, start, "end", text, label, kind, path, context, page '
            "FROM passages WHERE n IN (SELECT value FROM json_each(?))",
            json.dumps(list(numbers)),
        )
        by_number = {
            n: Passage(
                i, source, start, end, text, label, kind, tuple(json.loads(path)), context, page
            )
            for n, i, source, start, end, text, label, kind, path, context, page in found
        }
        return [by_number[n] for n in numbers]

    def document(self, source: str) -> Document:
        """The document a source was read into; raises `KeyError` if the index does not have it."""
        found = self.select("SELECT text, provisions FROM documents WHERE source = ?", source)
        if not found:
            raise KeyError(source)
        text, provisions = found[0]
        return Document(source, text, tuple(Provision(*p) for p in json.loads(provisions)))


def read_generation_manifest(folder: Path) -> dict[str, Any]:
    """The manifest, if it is whole and this program reads its format; else `IndexUnusable`."""
    path = folder / "manifest.json"
    try:
        manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
        known, whole = manifest["format"], manifest.get("sha256") == manifest_hash(manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexUnusable(f"{path}: missing or damaged; run: clusterqa ingest") from error
    if known != FORMAT:
        raise IndexUnusable(
            f"{path}: format {known}, this program reads {FORMAT}; run: clusterqa ingest"
        )
    if not whole:
        raise IndexUnusable(f"{path}: damaged; run: clusterqa ingest")
    return manifest


def check_hashes(folder: Path, expected: dict[str, str]) -> None:
    """Raise `IndexUnusable` naming the first file that is missing or not as it was written."""
    try:
        found = file_hashes(folder)
    except OSError as error:
        raise IndexUnusable(
            f"{error.filename}: {error.strerror}; make it readable or run: clusterqa ingest"
        ) from error
    for name in expected:
        if found.get(name) != expected[name]:
            what = "damaged" if name in found else "missing"
            raise IndexUnusable(f"{folder / name}: {what}; run: clusterqa ingest")


def asdict_plain(work: Work) -> dict[str, Any]:
    """A work as JSON can hold it, dates as ISO strings."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(work), default=date.isoformat))
    return plain


def work_from_plain(plain: dict[str, Any]) -> Work:
    sources = tuple(source_from_plain(source) for source in plain["sources"])
    return Work(**plain | {"sources": sources, "amends": tuple(plain["amends"])})


def source_from_plain(plain: dict[str, Any]) -> Source:
    days = {k: date.fromisoformat(v) for k in DAYS if (v := plain[k]) is not None}
    return Source(**plain | days)


DAYS = ("published", "valid_from", "valid_to")
