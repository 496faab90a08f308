"""One function a format: bytes in, `Document` out. To add a format, add a line to `PARSERS`."""

from collections.abc import Callable
from pathlib import PurePath

from clusterqa.errors import CorpusError
from clusterqa.parsers.eurlex import parse_eurlex
from clusterqa.parsers.text import parse_text
from clusterqa.types import Document

PARSERS: dict[str, Callable[[bytes, str], Document]] = {
    ".txt": parse_text,
    ".xhtml": parse_eurlex,
    ".html": parse_eurlex,
}


def parse(content: bytes, source: str, filename: str) -> Document:
    """The document in `content`, read by the parser for the file name's ending.

    Raises `CorpusError` for a format no parser reads and for content its parser cannot read.
    """
    suffix = PurePath(filename).suffix.lower()
    if suffix not in PARSERS:
        known = ", ".join(sorted(PARSERS))
        raise CorpusError(f"{source}: {filename} is of no known format; known are {known}")
    return PARSERS[suffix](content, source)
