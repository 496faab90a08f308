"""What a person reads: answers, refusals, citations and hits as text, and everything as JSON."""

import json
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from clusterqa.presenting.phrases import DISCLAIMER, STATUS_WORDS, refusal_text, version_text

if TYPE_CHECKING:
    from clusterqa.types import Answer, Citation, Found, Neighbour

WIDTH = 96
RELATION_WORDS = {
    "definition": "Definitions:",
    "refers_to": "Refers to:",
    "referred_by": "Referred to in:",
    "translation": "Same provision:",
}


def to_json(value: Any, indent: int | None = None) -> str:
    plain = value if isinstance(value, dict) else asdict(value)
    return json.dumps(plain, ensure_ascii=False, default=date.isoformat, indent=indent)


def answer_text(answer: "Answer", seconds: float, works: int) -> str:
    if answer.status == "no_answer":
        return no_answer_text(answer, works)
    lines = [f"Understood as: {answer.understood_as}\n"] if answer.understood_as else []
    lines += [line + "\n" for line in statement_lines(answer)]
    quoted = any(statement.composed for statement in answer.statements)
    lines += [
        citation_text(citation, answer.as_of, quoted=quoted) + "\n" for citation in answer.citations
    ]
    lines.append(wrapped(answer.confidence_words))
    lines += [wrapped(f"Note: {notice.message}") for notice in answer.notices]
    lines.append(f"{DISCLAIMER} ({seconds:.1f} s)")
    return "\n".join(lines)


def statement_lines(answer: "Answer") -> Iterator[str]:
    """The statements with their numbers; verbatim ones after composed ones are announced."""
    before = False
    for statement in answer.statements:
        if before and not statement.composed:
            yield "In the documents' own words:"
        before = statement.composed
        yield wrapped(statement.text + "".join(f" [{n}]" for n in statement.citations))


def no_answer_text(answer: "Answer", works: int) -> str:
    lines = [f"Understood as: {answer.understood_as}"] if answer.understood_as else []
    lines.append(refusal_text(answer, works))
    lines += [wrapped(notice.message) for notice in answer.notices]
    if answer.nearest:
        lines.append("Nearest passages:")
        lines += [
            f"  {near.document.short_title}, {near.locator.label}   "
            + version_text(near.document, answer.as_of)
            for near in answer.nearest
        ]
    return "\n".join(lines)


def citation_text(citation: "Citation", as_of: date | None = None, *, quoted: bool = False) -> str:
    """Place, version, quotes if they are wanted, address and neighbours of a citation."""
    from clusterqa.answering import quotes

    document = citation.document
    place = f"[{citation.n}] {document.short_title}, {citation.locator.label}"
    lines = [f"{place}   {version_text(document, as_of)}"]
    if quoted:
        lines += [wrapped(f"“{quote.exact}”") for quote in quotes(citation)]
    if citation.links.source:
        lines.append(f"    {citation.links.source}")
    lines += [f"    {line}" for line in neighbour_lines(citation)]
    return "\n".join(lines)


def neighbour_lines(citation: "Citation") -> Iterator[str]:
    """What to look up beside a citation, a line for each relation."""
    for relation, words in RELATION_WORDS.items():
        links = [link for link in citation.neighbours if link.relation == relation]
        if links:
            yield f"{words} {'; '.join(neighbour_text(link, citation) for link in links)}"


def neighbour_text(link: "Neighbour", citation: "Citation") -> str:
    """ "Article 2(92) (innovation clusters)"; the work too where it is another one."""
    if link.relation == "translation":
        return f"{link.document} ({link.language})"
    place = link.label
    if link.short_title != citation.document.short_title:
        place = f"{link.short_title}, {place}"
    return f"{place} ({link.term})" if link.term else place


def hit_text(hit: "Found", *, explain: bool = False) -> str:
    """Rank, place, version and score; what it came from if that is wanted; the passage."""
    document = hit.document
    place = f"{document.short_title}, {hit.locator.label}"
    if hit.pinpoint.label != hit.locator.label:
        place += f", at {hit.pinpoint.label}"
    status = STATUS_WORDS[document.legal_status]
    head = f"{hit.rank}. {place}   ({document.id}, {status}, {hit.score:.3f})"
    scores = [scores_text(hit)] if explain else []
    return "\n".join([head, *scores, wrapped(hit.text)])


def scores_text(hit: "Found") -> str:
    """ "lexical 7.35 gives .308; …": each score and what it brings to the hit's."""
    scores = asdict(hit.scores)
    given = [
        f"{name.replace('_', ' ')} {scores[name]:.3g} gives {share:.3f}"
        for name, share in asdict(hit.shares).items()
        if share
    ]
    if hit.scores.standing < 1:
        given.append(f"all times {hit.scores.standing:.2g} for its kind of text")
    return f"   {'; '.join(given)}"


def wrapped(text: str) -> str:
    """Lines folded for a terminal; as they are when piped."""
    if not sys.stdout.isatty():
        return text
    return "\n".join(textwrap.fill(line, WIDTH) for line in text.splitlines())
