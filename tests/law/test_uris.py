"""URIs of documents and provisions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterqa.law.uris import read_uri, uri_of, web_address

WORDS = st.text(min_size=1).filter(lambda text: text == text.strip())


@given(WORDS, WORDS | st.none())
def test_a_uri_is_read_as_it_was_written(document: str, label: str | None) -> None:
    """this test ensures that every document and label survive being written as a URI."""
    assert read_uri(uri_of(document, label)) == (document, label)


def test_a_uri_is_percent_encoded() -> None:
    """this test ensures that a URI has no character that a URI may not have."""
    uri = uri_of("02014R0651-20230701", "Annex I, Article 3(2)?")
    assert uri == "clusterqa://02014R0651-20230701/Annex%20I%2C%20Article%203%282%29%3F"


@pytest.mark.parametrize(
    "typed",
    [
        "clusterqa://32014R0651/Article 27(9)",
        "clusterqa://32014R0651/Article%2027(9)",
        "CLUSTERQA://32014R0651/Article%2027%289%29",
        "32014R0651/Article 27(9)",
        " 32014R0651 / Article 27(9) ",
    ],
)
def test_a_uri_is_read_as_it_is_typed(typed: str) -> None:
    """this test ensures that a URI is understood encoded or not, with its scheme or without."""
    assert read_uri(typed) == ("32014R0651", "Article 27(9)")


@pytest.mark.parametrize("typed", ["clusterqa://notes", "clusterqa://notes/", "notes"])
def test_a_document_alone(typed: str) -> None:
    """this test ensures that a URI without a label is that of the document."""
    assert read_uri(typed) == ("notes", None)


def test_a_web_address_is_never_empty() -> None:
    """this test ensures that what has no address on the web is given our own URI."""
    assert web_address("https://example.eu/a", "notes") == "https://example.eu/a"
    assert web_address("javascript:1", "notes", "Aims") == "clusterqa://notes/Aims"
    assert web_address(None, "notes") == "clusterqa://notes"
