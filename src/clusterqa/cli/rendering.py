"""What a person reads: answers, refusals, citations and hits as text, and everything as JSON."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from clusterqa.cli.terminal import accented, bold, wrapped
from clusterqa.presenting.answers import (
    confidence_text,
    foremost,
    others,
    place_text,
    quoted_version_text,
    refusal_text,
    status_text,
    version_text,
)
from clusterqa.presenting.catalogue import ENGLISH as WORDS
from clusterqa.presenting.figure_checks import check_text, unchecked_text
from clusterqa.presenting.glosses import glosses
from clusterqa.presenting.notices import message
from clusterqa.presenting.short import sources_of
from clusterqa.presenting.statements import shown

if TYPE_CHECKING:
    from clusterqa.answers import Answer, CheckResult, Citation, Found, Neighbour, Notice

RELATIONS = ("definition", "refers_to", "referred_by", "translation")


def to_json(value: Any, indent: int | None = None) -> str:
    plain = value if isinstance(value, dict) else asdict(value)
    return json.dumps(plain, ensure_ascii=False, default=date.isoformat, indent=indent)


def answer_text(answer: "Answer", seconds: float, works: int) -> str:
    if answer.status == "no_answer":
        return no_answer_text(answer, works)
    lines = [*foremost_lines(answer), *short_lines(answer), *understood_lines(answer)]
    lines = [line + "\n" for line in lines]
    said = answer.short.check if answer.short else ""
    lines += [
        line + "\n"
        for result in answer.checks
        for line in check_lines(result, said=result.check.id == said)
    ]
    lines += [line + "\n" for line in statement_lines(answer)]
    quoted = any(statement.composed for statement in answer.statements)
    lines += [
        citation_text(citation, answer.as_of, quoted=quoted) + "\n" for citation in answer.citations
    ]
    lines += [wrapped(line) for line in gloss_lines(answer)]
    lines.append(wrapped(confidence_text(answer, WORDS)))
    notes = [WORDS("answer.note", message=message(notice, WORDS)) for notice in others(answer)]
    lines += map(wrapped, notes)
    if answer.related:
        lines.append("\n".join(related_lines(answer)))
    lines.append(f"{WORDS('answer.disclosure')} ({seconds:.1f} s)")
    return "\n".join(lines)


def foremost_lines(answer: "Answer") -> Iterator[str]:
    """What must be read before anything else."""
    yield from (bold(wrapped(foremost_text(notice))) for notice in foremost(answer))


def foremost_text(notice: "Notice") -> str:
    """A notice that stands before everything else."""
    return WORDS("answer.foremost", message=message(notice, WORDS))


def short_lines(answer: "Answer") -> Iterator[str]:
    """The answer in a few words, where there is one, with the numbers of its sources."""
    if answer.short:
        marks = "".join(f" [{n}]" for n in sources_of(answer.short))
        yield bold(wrapped(answer.short.text + marks))


def understood_lines(answer: "Answer") -> Iterator[str]:
    """The question as it was understood, where that is not what was typed."""
    if answer.understood_as:
        yield wrapped(WORDS("answer.understood", question=answer.understood_as))


def statement_lines(answer: "Answer") -> Iterator[str]:
    """The statements with their numbers; verbatim ones after composed ones are announced."""
    before = False
    for statement in answer.statements:
        if before and not statement.composed:
            yield WORDS("answer.verbatim")
        before = statement.composed
        text = shown(statement, answer.citations)
        yield wrapped(text + "".join(f" [{n}]" for n in statement.citations))


def gloss_lines(answer: "Answer") -> Iterator[str]:
    """The terms of art in plain words, a line each."""
    for one in glosses(answer, WORDS):
        yield WORDS("gloss.line", term=one.term, said=one.said)


def check_lines(result: "CheckResult", *, said: bool = False) -> Iterator[str]:
    """What figures amount to unless that is `said`, where it is set, and what was not checked."""
    if not said:
        yield wrapped(check_text(result, WORDS))
    for place in dict.fromkeys(map(rule_text, result.citations)):
        yield f"    {place}"
    if result.unchecked:
        yield wrapped(unchecked_text(result, WORDS))


def rule_text(citation: "Citation") -> str:
    document = citation.document
    return f"{document.short_title}, {citation.locator.label} ({document.id})"


def no_answer_text(answer: "Answer", works: int) -> str:
    lines = [*foremost_lines(answer), *understood_lines(answer)]
    lines.append(bold(wrapped(refusal_text(answer, works, WORDS))))
    lines += [line for result in answer.checks for line in check_lines(result)]
    lines += [wrapped(message(notice, WORDS)) for notice in others(answer)]
    lines += related_lines(answer)
    if answer.nearest:
        lines.append(WORDS("refusal.nearest_follow"))
        lines += [
            f"  {near.document.short_title}, {near.locator.label}   "
            + version_text(near.document, WORDS, answer.as_of)
            for near in answer.nearest
        ]
    return "\n".join(lines)


def related_lines(answer: "Answer") -> Iterator[str]:
    """Questions to ask next, each with where its answer stands."""
    if answer.related:
        heading = WORDS(f"suggested.{answer.related[0].relation}")
        yield WORDS("suggested.follow", heading=heading)
    for one in answer.related:
        yield f"  {one.question}   {one.short_title}, {one.label}"


def citation_text(citation: "Citation", as_of: date | None = None, *, quoted: bool = False) -> str:
    """Place, version, quotes if they are wanted, address and neighbours of a citation."""
    from clusterqa.answering import quotes

    document = citation.document
    place = f"[{citation.n}] {place_text(document, citation.locator, WORDS)}"
    lines = [f"{accented(place)}   {quoted_version_text(citation, WORDS, as_of)}"]
    if quoted:
        lines += [wrapped(f"“{quote.exact}”") for quote in quotes(citation)]
    if citation.links.source:
        lines.append(f"    {citation.links.source}")
    lines += [wrapped(f"    {line}", hang=" " * 6) for line in neighbour_lines(citation)]
    return "\n".join(lines)


def neighbour_lines(citation: "Citation") -> Iterator[str]:
    """What to look up beside a citation, a line for each relation."""
    for relation in RELATIONS:
        links = [link for link in citation.neighbours if link.relation == relation]
        if links:
            places = "; ".join(neighbour_text(link, citation) for link in links)
            name = WORDS(f"relation.{relation}")
            yield WORDS("answer.related", relation=name, places=places)


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
    place = place_text(document, hit.locator, WORDS)
    if hit.pinpoint.label != hit.locator.label:
        place += f", at {hit.pinpoint.label}"
    status = status_text(document.legal_status, WORDS)
    head = f"{accented(f'{hit.rank}. {place}')}   ({document.id}, {status}, {hit.score:.3f})"
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
