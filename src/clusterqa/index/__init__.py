"""The index on disk: immutable generations, of which one is current; `build` is imported by name.

`index/<generation>/` holds passages.sqlite, vectors.faiss, sentences.npy, lexical/, the ONNX
encoder and manifest.json with the hash of every file. `build` writes one aside, `publishing` makes
it current, `store` opens and searches it; `generation` says what one is.
"""

from clusterqa.index.generation import (
    current_name,
    generations,
    manifest_hash,
    read_generation_manifest,
)
from clusterqa.index.library import Candidates, Index
from clusterqa.index.publishing import roll_back

__all__ = [
    "Candidates",
    "Index",
    "current_name",
    "generations",
    "manifest_hash",
    "read_generation_manifest",
    "roll_back",
]
