"""An answer in, one chat message out: plain text with `[1]` marks, and annotations that cite.

The text is made of pieces, which is how it is streamed. An annotation's `start_index` and
`end_index` are offsets in code points of its mark: `content[start_index:end_index] == "[1]"`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from clusterqa.answers import Answer, Citation, Found, Notice
from clusterqa.law.uris import web_address
from clusterqa.presenting.answers import (
    foremost,
    others,
    quoted_version_text,
    refusal_text,
    version_text,
)
from clusterqa.presenting.catalogue import ENGLISH as WORDS
from clusterqa.presenting.figure_checks import check_text, unchecked_text
from clusterqa.presenting.notices import message
from clusterqa.presenting.short import sources_of
from clusterqa.presenting.statements import shown


@dataclass(frozen=True, slots=True)
class MessagePiece:
    """Some of the text; `marks` is the citation that it is the mark of."""

    text: str
    marks: Citation | None = None


@dataclass(frozen=True, slots=True)
class UrlCitation:
    start_index: int
    end_index: int
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Annotation:
    url_citation: UrlCitation
    type: Literal["url_citation"] = "url_citation"


def pieces_of(answer: Answer, works: int) -> tuple[MessagePiece, ...]:
    """The whole message in order; `works` is how many works were searched."""
    written = refused(answer, works) if answer.status == "no_answer" else answered(answer)
    return (*written, MessagePiece(WORDS("answer.disclosure")))


def answered(answer: Answer) -> Iterator[MessagePiece]:
    by_number = {citation.n: citation for citation in answer.citations}
    yield from noted(foremost(answer), "answer.foremost")
    if answer.short:
        yield from marked(answer.short.text, sources_of(answer.short), by_number)
    if answer.understood_as:
        yield MessagePiece(f"{WORDS('answer.understood', question=answer.understood_as)}\n\n")
    yield from compared(answer)
    for statement in answer.statements:
        yield from marked(shown(statement, answer.citations), statement.citations, by_number)
    yield MessagePiece(f"{WORDS('answer.sources_as_of', date=WORDS.date(answer.as_of))}\n")
    for citation in answer.citations:
        version = quoted_version_text(citation, WORDS, answer.as_of)
        yield MessagePiece(f"[{citation.n}] {title_of(citation)}, {version}\n")
        yield MessagePiece(f"    {url_of(citation)}\n")
    yield MessagePiece("\n")
    yield from noted(others(answer))


def marked(
    text: str, numbers: Iterable[int], by_number: Mapping[int, Citation]
) -> Iterator[MessagePiece]:
    """A paragraph with the marks of its citations."""
    yield MessagePiece(text)
    for n in numbers:
        yield MessagePiece(" ")
        yield MessagePiece(f"[{n}]", by_number[n])
    yield MessagePiece("\n\n")


def refused(answer: Answer, works: int) -> Iterator[MessagePiece]:
    yield from noted(foremost(answer), "answer.foremost")
    yield MessagePiece(f"{refusal_text(answer, works, WORDS)}\n\n")
    yield from compared(answer)
    yield from noted(others(answer))
    if answer.nearest:
        yield MessagePiece(f"{WORDS('refusal.nearest_follow')}\n")
        for found in answer.nearest:
            version = version_text(found.document, WORDS, answer.as_of)
            yield MessagePiece(f"- {title_of(found)}, {version}\n")
        yield MessagePiece("\n")


def compared(answer: Answer) -> Iterator[MessagePiece]:
    """What the question's figures amount to, where that is set, and what was not checked."""
    for result in answer.checks:
        places = "; ".join(dict.fromkeys(map(title_of, result.citations)))
        lines = (check_text(result, WORDS), places, unchecked_text(result, WORDS))
        yield MessagePiece("\n".join(filter(None, lines)) + "\n\n")


def noted(notices: Sequence[Notice], key: str = "answer.note") -> Iterator[MessagePiece]:
    for notice in notices:
        yield MessagePiece(f"{WORDS(key, message=message(notice, WORDS))}\n")
    if notices:
        yield MessagePiece("\n")


def annotations_of(pieces: tuple[MessagePiece, ...]) -> tuple[Annotation, ...]:
    """One for every mark, in the order of the text."""
    found, end = [], 0
    for piece in pieces:
        start, end = end, end + len(piece.text)
        if piece.marks is not None:
            title, url = title_of(piece.marks), url_of(piece.marks)
            found.append(Annotation(UrlCitation(start, end, title, url)))
    return tuple(found)


def title_of(place: Citation | Found) -> str:
    """ "GBER, Article 27(9)"."""
    return f"{place.document.short_title}, {place.locator.label}"


def url_of(citation: Citation) -> str:
    """The official text's address, or our own URI of a document that has none."""
    return web_address(citation.links.source, citation.document.id, citation.locator.label)


def tokens(text: str) -> int:
    """Words and signs of punctuation: there is no language model whose tokens could be counted."""
    return len(re.findall(r"\w+|[^\w\s]", text))
