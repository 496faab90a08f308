"""The chain from a passage back to its file's bytes, walked again, with a verdict a source.

A generation records the SHA-256 each text was read from. Reading the same bytes again must give the
same text and the same passage ids, which are hashes of source, label and words.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clusterqa import parsers
from clusterqa.errors import ClusterQAError
from clusterqa.index.library import Library
from clusterqa.passages import split_document
from clusterqa.types import Source


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one source since the index was built; `same` is the only good one."""

    source: str
    state: Literal["same", "missing", "changed", "differs"]
    message: str


def verify_corpus(library: Library, corpus: Path) -> Iterator[Verdict]:
    """A verdict for every source in the index, in order."""
    for source_id, sha256 in sorted(library.files.items()):
        _, source = library.sources[source_id]
        yield verdict(library, source, sha256, corpus / str(source.file))


def verdict(library: Library, source: Source, sha256: str, path: Path) -> Verdict:
    """Whether the file still has its bytes, and they still give the indexed passages."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return Verdict(
            source.id, "missing", f"{path}: {error.strerror}; run: clusterqa corpus sync"
        )
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        message = f"{path}: SHA-256 is {found[:12]}…, was {sha256[:12]}…; run: clusterqa ingest"
        return Verdict(source.id, "changed", message)
    count = derived_passages(library, source, content, path.name)
    if count is None:
        message = f"{path}: reading it again gives other passages; run: clusterqa ingest"
        return Verdict(source.id, "differs", message)
    return Verdict(source.id, "same", f"{count} passages, SHA-256 {sha256[:12]}…")


def derived_passages(library: Library, source: Source, content: bytes, name: str) -> int | None:
    """How many passages the bytes give, if they are those of the index."""
    try:
        document = parsers.parse(content, source.id, name)
    except ClusterQAError:
        return None
    ids = [passage.id for passage in split_document(document)]
    same = ids == library.passage_ids(source.id) and document == library.document(source.id)
    return len(ids) if same else None
