"""A folder in, the `Collection` in it out: its layout is recognised by its files."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from clusterqa.errors import CorpusError
from clusterqa.evaluation.datasets.beir import is_ranking, read_ranking
from clusterqa.evaluation.datasets.clapnq import clapnq_cases, is_clapnq
from clusterqa.evaluation.datasets.collection import Collection
from clusterqa.evaluation.datasets.legalbench_rag import is_spans, read_spans
from clusterqa.evaluation.datasets.reading import read_reading
from clusterqa.evaluation.datasets.squad import is_squad, squad_cases


class CollectionReader(Protocol):
    def __call__(self, folder: Path, name: str, *, titles: bool) -> Collection: ...


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of folder: what is in it, whether a folder is one, and how it is read."""

    files: str
    fits: Callable[[Path], bool]
    read: CollectionReader


LAYOUTS = (
    Layout("corpus.jsonl, queries.jsonl and qrels/*.tsv (BEIR)", is_ranking, read_ranking),
    Layout("corpus/*.txt and *.json with tests (LegalBench-RAG)", is_spans, read_spans),
    Layout("*.json with data (SQuAD 2.0)", is_squad, partial(read_reading, cases=squad_cases)),
    Layout(
        "*.jsonl with input, passages and output (CLAPnq)",
        is_clapnq,
        partial(read_reading, cases=clapnq_cases),
    ),
)


def read_collection(folder: Path, *, titles: bool = True) -> Collection:
    """The collection in a folder; raises `CorpusError` if it has none of the known layouts.

    Without `titles` the texts are indexed as they stand.
    """
    name = folder.resolve().name
    for layout in LAYOUTS:
        if layout.fits(folder):
            return layout.read(folder, name if titles else f"{name}-no-titles", titles=titles)
    known = "; ".join(layout.files for layout in LAYOUTS)
    raise CorpusError(
        f"{folder}: no collection; name a folder that holds one of: {known} "
        "(a question set goes with --questions)"
    )
