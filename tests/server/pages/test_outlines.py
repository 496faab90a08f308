"""The outline of a document."""

from clusterqa.server.pages.outlines import outline
from clusterqa.types import (
    Document,
    Provision,
)


def test_outlines_nest() -> None:
    """this test ensures that headings stand under what holds them and recitals are one entry."""
    kinds = [("recital", "Recital (1)", None), ("recital", "Recital (2)", None),
             ("chapter", "Chapter I", None), ("article", "Article 1", 2),
             ("paragraph", "Article 1(1)", 3), ("article", "Article 2", 2)]  # fmt: skip
    nodes = tuple(
        Provision(kind, label, "", n, n + 1, parent)  # type: ignore[arg-type]
        for n, (kind, label, parent) in enumerate(kinds)
    )
    entries = outline(Document("d", "x" * 10, nodes))
    assert [entry.provision.label for entry in entries] == ["Recital (1)", "Chapter I"]
    assert [entry.provision.label for entry in entries[1].entries] == ["Article 1", "Article 2"]
