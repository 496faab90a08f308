"""The index on disk: immutable generations, of which one is current; `build` is imported by name.

`index/<generation>/` holds passages.sqlite, vectors.faiss, sentences.npy, lexical/, the expected
questions, the ONNX encoder and manifest.json with the hash of every file. `build` writes one aside,
`publishing` makes it current; an open one is an `Index`: a `Library` of what it holds, a `Search`.
"""

from clusterqa.index.generation import (
    Index,
    current_name,
    generations,
    manifest_hash,
    read_generation_manifest,
)
from clusterqa.index.library import Library
from clusterqa.index.publishing import roll_back
from clusterqa.index.search import Candidates, Search, Sentence

__all__ = [
    "Candidates",
    "Index",
    "Library",
    "Search",
    "Sentence",
    "current_name",
    "generations",
    "manifest_hash",
    "read_generation_manifest",
    "roll_back",
]
