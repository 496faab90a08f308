"""A question for several things, or two wordings, and clauses in, a short answer of parts out."""

import re
from collections.abc import Sequence

from clusterqa.answering.clauses import Clause, words
from clusterqa.answering.limits import Limited, figures_of
from clusterqa.answers import Short, ShortWords
from clusterqa.languages.phrases import names_said
from clusterqa.languages.quantities import Kind
from clusterqa.query.understanding import Query

LONGEST_LIST = 600  # chars of all points
LEAST_PART = 12  # chars of the first part of a point
MOST_POINTS = 10
BREAK = re.compile(r"[,;](?=\s)| \(")
COMPARED: frozenset[Kind] = frozenset(("amount", "percentage", "duration", "date"))


def points_of(found: Sequence[Clause], lead: str) -> tuple[ShortWords, ...]:
    """The points that a lead-in introduces, in full or by their first parts; none if too long.

    Nor are there any where a point introduces points of its own.
    """
    points = [one for one in found if lead and one.lead.endswith(lead)]
    if not 1 < len(points) <= MOST_POINTS or any(one.text.endswith(":") for one in points):
        return ()
    for ends in ([point_end(one) for one in points], [first_part(one) for one in points]):
        said = tuple(words(one, "plain", 0, end) for one, end in zip(points, ends, strict=True))
        if sum(len(one.exact) for one in said) <= LONGEST_LIST:
            return said
    return ()


def list_answer(query: Query, found: Sequence[Clause]) -> Short | None:
    """The points of the list that is nearest to a question that asks for several things.

    None where a point introduces points of its own, or all of them are too long for a few words.
    """
    if not found or not (query.form.listing or query.terms):
        return None
    best = max(found, key=lambda one: one.nearness)
    lead = best.text if best.text.endswith(":") else best.lead
    if any(one.language != query.form.language for one in found if one.lead.endswith(lead)):
        return None
    said = points_of(found, lead)
    return Short("list", query.form.language, said) if said else None


def first_part(clause: Clause) -> int:
    """Where the first part of a point ends; the whole point if the rest takes some of it back.

    A part does not end within an enumeration: "patents, marks and designs".
    """
    end, text = point_end(clause), clause.text
    for found in BREAK.finditer(text, LEAST_PART, end):
        rest = names_said(text[found.start() : end], clause.language, "stating")
        following = text[found.start() + 1 : end].partition(";")[0]
        joined = "coordinate" in names_said(following, clause.language, "stating")
        if rest & {"only", "if", "not"}:
            return end
        if found[0] != "," or not joined:
            return found.start()
    return end


def point_end(clause: Clause) -> int:
    """Where a point ends without the sign or the word that leads on to the next."""
    end = len(clause.text.rstrip(" ;.,"))
    joined = [one.start for one in clause.said if one.name == "coordinate" and one.end == end]
    return len(clause.text[: joined[0]].rstrip(" ;.,")) if joined else end


def changed_answer(query: Query, found: Sequence[Clause]) -> Short | None:
    """The one figure that an older wording has and the newer has not, and what stands for it."""
    numbers = list(dict.fromkeys(one.citation.n for one in found))
    if len(numbers) != 2 or any(one.language != query.form.language for one in found):
        return None
    old, new = (
        [
            (one, figure)
            for one in found
            if one.citation.n == n
            for figure in figures_of(one, COMPARED)
        ]
        for n in numbers
    )
    gone, come = apart(old, new), apart(new, old)
    if len(gone) != 1 or len(come) != 1 or gone[0][1].kind != come[0][1].kind:
        return None
    said = tuple(
        words(clause, pattern, figure.start, figure.end)
        for pattern, (clause, figure) in zip(("was", "is"), (gone[0], come[0]), strict=True)
    )
    return Short("figure", query.form.language, said)


Said = tuple[Clause, Limited]


def apart(said: Sequence[Said], other: Sequence[Said]) -> list[Said]:
    """The figures, each value once, that another wording does not have."""
    known = {figure.figure for _, figure in other}
    return list({f.figure: (clause, f) for clause, f in said if f.figure not in known}.values())
