"""A folder in the layout of LegalBench-RAG in, a `Collection` out that is measured by characters.

corpus/ has text files, and each *.json beside it tests: a query and the snippets that answer it, as
spans of characters. Precision is the share of what was retrieved that lies in snippets, recall the
share of the snippets that was retrieved, both averaged over queries (Pipitone and Houir Alami 2024,
section 4). The texts are parsed as a user's files are; spans are counted in the files as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from clusterqa.assistant import Assistant
from clusterqa.errors import CorpusError
from clusterqa.evaluation.datasets.collection import Asked, Collection, work_of
from clusterqa.evaluation.datasets.json_entries import json_file, located
from clusterqa.evaluation.figures import Part, Result
from clusterqa.parsers import parse
from clusterqa.query.checks import checked
from clusterqa.types import Document, Inquiry

CUTOFFS = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class CharacterSpan:
    """Characters `start` to `end` of a file."""

    file: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SpanQuestion:
    id: str
    text: str
    snippets: tuple[CharacterSpan, ...]


def is_spans(folder: Path) -> bool:
    return any(folder.glob("corpus/**/*.txt")) and any(folder.glob("*.json"))


def read_spans(folder: Path, name: str, *, titles: bool) -> Collection:
    """The texts that the tests name and their queries; raises `CorpusError` for what is bad."""
    texts: dict[str, str] = {}
    queries = [query for path in sorted(folder.glob("*.json")) for query in read_tests(path, texts)]
    documents = tuple(parse(text.encode(), file, file) for file, text in texts.items())
    origins = {d.source: origin_offsets(d, texts[d.source]) for d in documents}
    return Collection(
        name,
        tuple(work_of(file, Path(file).stem if titles else "") for file in texts),
        documents,
        measure=partial(measure_spans, queries=queries, origins=origins),
    )


@dataclass(frozen=True, slots=True)
class Snippet:
    """Where a file answers, and the words that it should have there."""

    file_path: str
    span: tuple[int, int]
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class SpanTest:
    query: str
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True, slots=True)
class SpanTests:
    tests: tuple[SpanTest, ...]


def read_tests(path: Path, texts: dict[str, str]) -> list[SpanQuestion]:
    """The queries of a file; the texts that their snippets name are added to `texts`."""
    found = []
    for number, test in enumerate(json_file(path, SpanTests).tests, 1):
        with located(f"{path}, test {number}"):
            spans = [span_of(one, path.parent / "corpus", texts) for one in test.snippets]
            if not spans:
                raise ValueError("a query needs at least one snippet")
            found.append(SpanQuestion(f"{path.stem}-{number}", checked(test.query), tuple(spans)))
    return found


def span_of(snippet: Snippet, corpus: Path, texts: dict[str, str]) -> CharacterSpan:
    """The span of a snippet, once it is known to hold the words that it gives."""
    file, (start, end) = snippet.file_path, snippet.span
    if file not in texts:
        texts[file] = text_of(corpus, file)
    if not 0 <= start < end <= len(texts[file]):
        raise ValueError(f"span {start} to {end} is not in {file}")
    words = texts[file][start:end]
    if snippet.answer is not None and words.split() != snippet.answer.split():
        raise ValueError(f"span {start} to {end} of {file} does not hold its answer")
    return CharacterSpan(file, start, end)


def text_of(corpus: Path, file: str) -> str:
    """The characters of a file as they are, found by its path or by its name alone."""
    for path in (corpus / file, corpus / Path(file).name):
        if path.is_file():
            return path.read_bytes().decode()
    raise ValueError(f"{file} is not in {corpus}")


def origin_offsets(document: Document, text: str) -> list[int]:
    """For each offset of a document the one in the file that it was read from.

    A parser drops and unifies white space and nothing else; `CorpusError` if it did more.
    """
    found, position = [], 0
    try:
        for character in document.text:
            while not same(text[position], character):
                position += 1
            found.append(position)
            position += 1
    except IndexError as error:
        raise CorpusError(
            f"{document.source}: the text as parsed is not that of the file, so spans cannot be "
            "counted; save the file as plain UTF-8 text"
        ) from error
    return [*found, position]


def same(one: str, other: str) -> bool:
    return one == other or (one.isspace() and other.isspace())


def measure_spans(
    assistant: Assistant,
    asked: Asked,
    *,
    queries: Sequence[SpanQuestion],
    origins: Mapping[str, Sequence[int]],
) -> tuple[Result, ...]:
    """The result of each query."""
    found = []
    for query in queries:
        hits = assistant.search(Inquiry(query.text, assistant.today), k=max(CUTOFFS))
        passages = [hit.passage for hit in hits]
        retrieved = [
            CharacterSpan(p.source, origins[p.source][p.start], origins[p.source][p.end - 1] + 1)
            for p in passages
        ]
        found.append(span_result(query, retrieved))
        asked(len(found), len(queries))
    return tuple(found)


def span_result(query: SpanQuestion, retrieved: Sequence[CharacterSpan]) -> Result:
    parts: dict[str, Part] = {}
    for cutoff in CUTOFFS:
        parts[f"precision@{cutoff}"] = shared(retrieved[:cutoff], query.snippets)
    for cutoff in CUTOFFS:
        parts[f"recall@{cutoff}"] = shared(query.snippets, retrieved[:cutoff])
    ranks = [rank for rank, span in enumerate(retrieved, 1) if shared([span], query.snippets)[0]]
    return Result(
        id=query.id,
        type="spans",
        parts=parts,
        merit=(parts[f"recall@{CUTOFFS[-1]}"][0], parts[f"precision@{CUTOFFS[-1]}"][0]),
        first_rank=ranks[0] if ranks else None,
    )


def shared(spans: Sequence[CharacterSpan], others: Sequence[CharacterSpan]) -> Part:
    """The share of the spans' characters that lies in the others, and 1 for the query it is of."""
    total = sum(span.end - span.start for span in spans)
    common = sum(overlap(span, other) for span in spans for other in others)
    return (common / total if total else 0.0), 1.0


def overlap(one: CharacterSpan, other: CharacterSpan) -> int:
    """How many characters two spans share."""
    common = min(one.end, other.end) - max(one.start, other.start)
    return max(0, common) if one.file == other.file else 0
