"""Plain text into a `Document`: the text as it is, blank lines between blocks, headings by form.

A block is a heading when it is short, ends like no sentence and text follows it. A block that
begins with a number which sticks to a word further up ("SMEs2") is that footnote.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from clusterqa.errors import CorpusError
from clusterqa.parsers.decoding import decoded
from clusterqa.types import Document, Provision, ProvisionKind

BLOCK = re.compile(r"\S(?:.*\S)?(?:\n[^\S\n]*\S(?:.*\S)?)*")
STUCK = re.compile(r"(?<=[^\W\d_])\d{1,3}(?!\w)")
FOOTNOTE = re.compile(r"(\d{1,3})\s+(?=\S)")
LONGEST_HEADING = 100  # chars


def parse_text(content: bytes, source: str) -> Document:
    """The document in a text file, line ends normalised to newlines.

    Raises `CorpusError` for an encoding that cannot be told or an empty file.
    """
    text = decoded(content, source)
    if not text.strip():
        raise CorpusError(f"{source}: the file is empty; put the text back or remove the entry")
    return Document(source, text, tuple(provisions(text)))


def provisions(text: str) -> Iterator[Provision]:
    """The title, then headings over the text that follows them, then footnotes."""
    heading: Provision | None = None
    count = 0
    called = first_calls(text)
    for block in BLOCK.finditer(text):
        number = footnote_number(block, called)
        if number:
            found = Provision("footnote", f"Footnote {number}", "", *block.span())
        elif is_heading(block.group()):
            if heading:
                yield heading
            kind: ProvisionKind = "heading" if count else "title"
            label = " ".join(block.group().split())
            heading, count = Provision(kind, label, label, *block.span()), count + 1
            continue
        elif heading:
            heading = replace(heading, end=block.end())
            continue
        else:
            found = Provision("text", "Text", "", *block.span())
        if heading:
            yield heading
            heading = None
        yield found
    if heading:
        yield heading


def is_heading(block: str) -> bool:
    return len(block) <= LONGEST_HEADING and block[-1] not in ".;:,!" and not block[0].isdigit()


def first_calls(text: str) -> dict[str, int]:
    """Where each number that sticks to a word stands first."""
    found: dict[str, int] = {}
    for call in STUCK.finditer(text):
        found.setdefault(call[0], call.start())
    return found


def footnote_number(block: re.Match[str], called: Mapping[str, int]) -> str:
    """The number of the footnote that `block` is, or an empty string."""
    found = FOOTNOTE.match(block[0])
    return found[1] if found and called.get(found[1], block.end()) < block.start() else ""
