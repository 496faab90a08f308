"""One function a format: bytes in, `Document` out. To add a format, add a line to `PARSERS`."""

from collections.abc import Callable
from pathlib import PurePath

from clusterqa.errors import CorpusError
from clusterqa.parsers.bounded import Parsed, read_within_bounds
from clusterqa.parsers.docx import parse_docx
from clusterqa.parsers.formex import parse_formex
from clusterqa.parsers.formex_zip import parse_formex_zip
from clusterqa.parsers.html import parse_page
from clusterqa.parsers.markdown import parse_markdown
from clusterqa.parsers.omissions import counted_omissions
from clusterqa.parsers.pdf import parse_pdf
from clusterqa.parsers.readable import readable_document
from clusterqa.parsers.text import parse_text
from clusterqa.types import Document

PARSERS: dict[str, Callable[[bytes, str], Document]] = {
    ".txt": parse_text,
    ".md": parse_markdown,
    ".docx": parse_docx,
    ".xhtml": parse_page,
    ".html": parse_page,
    ".htm": parse_page,
    ".pdf": parse_pdf,
    ".fmx4": parse_formex,
    ".xml": parse_formex,
    ".zip": parse_formex_zip,
}


def parse(content: bytes, source: str, filename: str) -> Document:
    """The document in `content`, read by the parser for the file name's ending.

    Raises `CorpusError` for a format no parser reads and for content its parser cannot read, or not
    within bounds of time and memory.
    """
    return parsed(content, source, filename).document


def parsed(content: bytes, source: str, filename: str) -> Parsed:
    """The same with what was left out of it, for no reader sees it."""
    suffix = PurePath(filename).suffix.lower()
    if suffix not in PARSERS:
        known = ", ".join(sorted(PARSERS))
        raise CorpusError(f"{source}: {filename} is of no known format; known are {known}")
    if suffix != ".pdf":  # which has a worker and bounds of its own
        return read_within_bounds(content, source, suffix)
    with counted_omissions() as omitted:
        document = readable_document(parse_pdf(content, source))
    return Parsed(document, omitted)
