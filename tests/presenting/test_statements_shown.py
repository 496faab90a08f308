"""Statements as people read them: footnote marks apart, no sign that leads on to nothing."""

from dataclasses import replace

import pytest

from clusterqa.answers import (
    Citation,
    CiteAs,
    DocumentRef,
    Links,
    Locator,
    Neighbour,
    Quote,
    Statement,
)
from clusterqa.presenting.statements import shown

DOCUMENT = DocumentRef(
    "act", "act", "Act", "Act", "en", None, None, None, "in_force", None, None, None, True
)
CITATION = Citation(
    1, "p", DOCUMENT, Locator("Article 1", ()), Quote("", "", "", 0, 0), Links(), CiteAs("", "")
)


@pytest.mark.parametrize(
    ("text", "notes", "expected"),
    [
        ("for training aid: EUR 3 million per training project;", (),
         "for training aid: EUR 3 million per training project"),
        ("the costs of jars, labels and bottling; and", (),
         "the costs of jars, labels and bottling"),
        ("The eligible costs shall be:\n(a) wages;\n(b) training.", (),
         "The eligible costs shall be:\n(a) wages;\n(b) training."),
        ("to stimulate innovation activities, especially in SMEs2.", ("Footnote 2",),
         "to stimulate innovation activities, especially in SMEs²."),
        ("as defined in the Framework.12 It has 12 points and 12 %.", ("Footnote 12",),
         "as defined in the Framework.¹² It has 12 points and 12 %."),
        ("Article 107(2) and EUR 2.2 million", ("Footnote 2",),
         "Article 107(2) and EUR 2.2 million"),
    ],
)  # fmt: skip
def test_what_is_shown(text: str, notes: tuple[str, ...], expected: str) -> None:
    """this test ensures that only marks of called footnotes are raised and only an end is cut."""
    calls = tuple(Neighbour("refers_to", "act", "Act", label, "en") for label in notes)
    assert shown(Statement(text, (1,)), [replace(CITATION, neighbours=calls)]) == expected


def test_a_composed_statement_is_as_it_is() -> None:
    """this test ensures that a language model's sentence is not changed."""
    assert shown(Statement("As it is;", (1,), composed=True), [CITATION]) == "As it is;"
