"""Documents and provisions as URIs: `clusterqa://02014R0651-20230701/Article%2027%289%29`.

A URI is written percent-encoded and read in whatever way it is typed, for people and models type
`Article 27(9)`. No scheme is needed to read one: `02014R0651-20230701/Article 27(9)` will do.
"""

from urllib.parse import quote, unquote

SCHEME = "clusterqa://"


def uri_of(document: str, label: str | None = None) -> str:
    """The URI of a document or, with a label, of one of its provisions."""
    parts = [document] if label is None else [document, label]
    return SCHEME + "/".join(quote(part, safe="") for part in parts)


def read_uri(uri: str) -> tuple[str, str | None]:
    """The document and the label that a URI names; only its first slash divides the two."""
    named = uri[len(SCHEME) :] if uri.casefold().startswith(SCHEME) else uri
    document, _, label = named.partition("/")
    return unquote(document).strip(), unquote(label).strip() or None


def web_address(url: str | None, document: str, label: str | None = None) -> str:
    """The address on the web if there is one, else the URI: never empty."""
    return url if url and url.startswith(("https://", "http://")) else uri_of(document, label)
