"""Documents in, a published generation out: rows, sentences and their vectors, each text once.

A row is a distinct pair of context and text, so what two versions share is embedded once, and so
are equal sentences. Vectors that the current generation already has are taken over from it.
"""

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import faiss
import msgspec
import numpy as np

from clusterqa.corpus.glossary import Glossary
from clusterqa.corpus.thresholds import Thresholds
from clusterqa.errors import ClusterQAError, CorpusError, IndexUnusable
from clusterqa.index.bm25 import build_lexical
from clusterqa.index.encoders import (
    ENCODER_FILES,
    Vectors,
    is_exported,
    model_folder,
    passage_encoder,
    write_json,
)
from clusterqa.index.expansion import (
    ExpectedQuestion,
    ExpectedQuestions,
    expected_of,
    write_expansion,
)
from clusterqa.index.generation import Index, content_hash, file_hash, file_hashes
from clusterqa.index.late_interaction import TokenVectors, in_8_bits, write_token_vectors
from clusterqa.index.publishing import finish, locked, publish, staging
from clusterqa.index.tables import new_tables
from clusterqa.passages import digest, sentences, split_document
from clusterqa.references.definitions import definitions_of, uses
from clusterqa.references.resolving import references_of
from clusterqa.types import Document, Passage, Source, Work

NO_THRESHOLDS = Thresholds()
Progress = Callable[[str, int, int], None]  # stage, done, total


@dataclass(frozen=True, slots=True)
class Row:
    """A distinct text to be searched: its language, its words with their context, its sentences.

    `sentences` are spans of the passage's own text.
    """

    digest: str
    language: str
    text: str
    sentences: tuple[tuple[int, int, str], ...]


def build_index(
    folder: Path,
    works: Sequence[Work],
    documents: Sequence[Document],
    files: dict[str, str],
    glossary: Glossary,
    expected: Sequence[ExpectedQuestions] = (),
    thresholds: Thresholds = NO_THRESHOLDS,
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
            if is_exported(Path(model_folder(model))):
                made_with["precision"] = "as exported"
            write_generation(aside, folder, works, documents, expected, made_with, progress)
            write_json(aside / "files.json", files)
            write_json(aside / "glossary.json", glossary)
            write_json(aside / "thresholds.json", msgspec.to_builtins(thresholds))
            name = finish(aside, made_with)
            Index.open_generation(aside).close()
            publish(aside, folder, name)
    except (OSError, sqlite3.OperationalError) as error:
        raise ClusterQAError(
            f"{folder}: the index cannot be written ({error}); the one before still answers"
        ) from error
    return name


def weights(model: str) -> str:
    """Tells apart models that had the same folder; empty for one known by its public name."""
    folder = Path(model_folder(model))
    if is_exported(folder):
        return content_hash({name: file_hash(folder / name) for name in ENCODER_FILES})
    return content_hash(file_hashes(folder)) if folder.is_dir() else ""


def write_generation(
    aside: Path,
    folder: Path,
    works: Sequence[Work],
    documents: Sequence[Document],
    expected: Sequence[ExpectedQuestions],
    made_with: dict[str, str],
    progress: Progress,
) -> None:
    sources = {source.id: (work, source) for work in works for source in work.sources}
    passages = [p for document in documents for p in split_document(document)]
    rows, row_keys = distinct_rows(passages, sources)
    if not rows:
        raise CorpusError("the documents hold no text to search, only headings")
    phrases = sentence_texts(rows.values())
    linked = [
        (one, key)
        for one in expected_of(expected, passages, sources)
        if (key := row_keys[one.passage])
    ]
    questions = {question_key(one): one for one, _ in linked}
    write_tables(aside / "passages.sqlite", works, documents, passages, rows, row_keys, questions)
    write_json(aside / "works.json", msgspec.to_builtins(works))
    build_lexical(((row.language, row.text) for row in rows.values()), aside / "lexical")
    found = {key: row.text for key, row in rows.items()}
    texts = phrases | {key: one.text for key, one in questions.items()}
    vectors, tokens = embed(aside, folder, found, texts, made_with, progress)
    write_vectors(aside / "vectors.faiss", np.stack([vectors[key] for key in rows]))
    write_token_vectors(aside, [tokens[key] for key in rows])
    np.save(aside / "sentences.npy", np.stack([vectors[key] for key in phrases]).astype(np.float16))
    write_questions(aside, vectors, questions, linked, list(rows))


def question_key(one: ExpectedQuestion) -> str:
    return digest("expansion", one.text)


def write_questions(
    aside: Path,
    vectors: Mapping[str, Vectors],
    questions: Mapping[str, ExpectedQuestion],
    linked: Sequence[tuple[ExpectedQuestion, str]],
    row_keys: Sequence[str],
) -> None:
    """Write the expected questions with their vectors and the rows that they are asked of.

    `questions` are distinct ones by digest, `linked` all of them with the digests of their rows.
    """
    numbers = {key: n for n, key in enumerate(questions)}
    rows = {key: n for n, key in enumerate(row_keys)}
    pairs = dict.fromkeys((numbers[question_key(one)], rows[key]) for one, key in linked)
    width = len(next(iter(vectors.values())))
    stacked = np.array([vectors[key] for key in questions], np.float32).reshape(-1, width)
    texts = [(one.language, one.text) for one in questions.values()]
    write_expansion(aside, texts, stacked, list(pairs))


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


def write_tables(
    path: Path,
    works: Sequence[Work],
    documents: Sequence[Document],
    passages: Sequence[Passage],
    rows: Mapping[str, Row],
    row_keys: Sequence[str | None],
    questions: Iterable[str],
) -> None:
    """Write all that `Library` reads of the documents; `questions` are digests."""
    numbers: dict[str | None, int] = {key: number for number, key in enumerate(rows)}
    phrases = {key: number for number, key in enumerate(sentence_texts(rows.values()))}
    with new_tables(path) as tables:
        tables.add_documents(documents)
        tables.add_rows((key, numbered_sentences(row, phrases)) for key, row in rows.items())
        tables.add_sentences(phrases)
        tables.add_expansion(questions)
        tables.add_passages(zip(passages, map(numbers.get, row_keys), strict=True))
        for document in documents:
            tables.add_citations(document.source, references_of(document, works))
            tables.add_uses(document.source, uses(document, definitions_of(document)))


def numbered_sentences(row: Row, phrases: dict[str, int]) -> list[tuple[int, int, int]]:
    """Start, end and vector number of each of a row's sentences."""
    return [(start, end, phrases[digest("sentence", text)]) for start, end, text in row.sentences]


def embed(
    aside: Path,
    folder: Path,
    rows: dict[str, str],
    texts: dict[str, str],
    made_with: dict[str, str],
    progress: Progress,
) -> tuple[dict[str, Vectors], dict[str, TokenVectors]]:
    """Digest to vector of every text, and of rows to those of its tokens.

    Known ones and the encoder come from the current index.
    """
    known, tokens, previous = known_vectors(folder, made_with)
    fresh = [key for key in rows if key not in tokens]
    missing = [key for key in texts if key not in known]
    if previous is not None:
        copy_encoder(previous, aside)
    if fresh or missing:
        encoder = passage_encoder(made_with["encoder"], precision=made_with["precision"])
        done = 0

        def count(step: int) -> None:
            nonlocal done
            done += step
            progress("embedding", done, len(fresh) + len(missing))

        vectors, words = encoder.encode_tokens([rows[key] for key in fresh], count)
        tokens |= zip(fresh, map(in_8_bits, words), strict=True)
        known |= zip(fresh, vectors, strict=True)
        vectors = encoder.encode_passages([texts[key] for key in missing], count)
        known |= zip(missing, vectors, strict=True)
        if previous is None:
            encoder.export(aside)
    return known, tokens


def known_vectors(
    folder: Path, made_with: dict[str, str]
) -> tuple[dict[str, Vectors], dict[str, TokenVectors], Path | None]:
    """What `embed` gives, of the current generation, if it is whole and made in the same way."""
    try:
        with contextlib.closing(Index.open(folder)) as index:
            if not made_with.items() <= index.manifest.items():
                return {}, {}, None
            search, digests = index.search, index.library.digests
            vectors = {
                "rows": search.vectors.reconstruct_n(0, search.size),
                "sentences": np.asarray(search.sentences, np.float32),
                "expansion": np.asarray(search.expansion.vectors, np.float32),
            }
            found = {
                key: vector
                for table, stacked in vectors.items()
                for key, vector in zip(digests(table), stacked, strict=True)
            }
            tokens = {key: search.tokens.of_row(n) for n, key in enumerate(digests("rows"))}
            return found, tokens, index.folder
    except IndexUnusable:
        return {}, {}, None


def copy_encoder(previous: Path, aside: Path) -> None:
    for name in ENCODER_FILES:
        shutil.copyfile(previous / name, aside / name)


def write_vectors(path: Path, vectors: Vectors) -> None:
    """A flat inner-product index; bytes are written here because FAISS hides why it could not."""
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    path.write_bytes(faiss.serialize_index(flat).data)
