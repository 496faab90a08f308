"""Citations inside the law, found and resolved; defined terms and where they are used.

`references_of` takes a whole document; `find_references` and `resolve` are its two halves.
"""

from clusterqa.references.definitions import Definition, Use, definitions_of, uses
from clusterqa.references.footnotes import Call, called, footnote_calls
from clusterqa.references.mentions import find_references
from clusterqa.references.places import Mention
from clusterqa.references.resolving import references_of, resolve
from clusterqa.types import Reference

__all__ = [
    "Call",
    "Definition",
    "Mention",
    "Reference",
    "Use",
    "called",
    "definitions_of",
    "find_references",
    "footnote_calls",
    "references_of",
    "resolve",
    "uses",
]
