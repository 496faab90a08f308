"""A hit in, the pieces of its document to quote out: the words that answer, in their company.

A short paragraph is quoted whole, and a list with the words that introduce it: whole, or, where it
is very long, the points that bear on the question. Of a long paragraph the sentence that answers
comes with what it leans on, what limits it and the base or the increase of its figure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from clusterqa.passages import LONGEST, deepest, marker_length
from clusterqa.types import Document, Hit, Passage, Provision

SHORT = 600  # chars; a paragraph of prose up to this is quoted whole
LONGEST_QUOTE = 1200  # chars of a run of sentences, and of points chosen from a very long list
LONGEST_LIST = 3000  # chars; a longer list is not quoted whole
LONGEST_NAMED = 6000  # chars; the same for one that the question names
BEARING = 0.9  # of its lead-in's cosine, for a point of a very long list to be chosen
UNITS = ("article", "paragraph", "point", "recital")

Stretch = tuple[int, int]  # start and end in a document


@dataclass(frozen=True, slots=True)
class Piece:
    """A span of a document to quote, the passage that led to it, and the spans that introduce it.

    `points` is how many its list has, if it was too long to be quoted whole.
    """

    passage: Passage
    start: int
    end: int
    lead_ins: tuple[Stretch, ...] = ()
    points: int = 0


def pieces(document: Document, hit: Hit, found: Sequence[Hit] = ()) -> list[Piece]:
    """What to quote of a hit; never a lead-in alone, nor a point without its lead-in.

    `found` are all hits of the question: they say which points of a very long list bear on it.
    """
    start, end = evidence_span(hit, document)
    if not document.text[start:end].endswith(":"):
        return [Piece(hit.passage, start, end, tuple(lead_ins(document, start)))]
    lead, named = Piece(hit.passage, start, end), hit.scores.named > 0
    near = [] if named else near_offsets(hit, found)
    with_list = led(lead, document, near, LONGEST_NAMED if named else LONGEST_LIST)
    return [closed(piece, document.text) for piece in with_list]


def near_offsets(hit: Hit, found: Sequence[Hit]) -> list[int]:
    """Where the best sentences begin of hits of the same document that are about as near."""
    least = hit.scores.sentence * BEARING
    return [
        other.best_sentence[0]
        for other in found
        if other.passage.source == hit.passage.source and other.scores.sentence >= least
    ]


def led(lead: Piece, document: Document, near: Sequence[int], longest: int) -> Iterator[Piece]:
    """A lead-in with its list, or with the points of it that hold an offset of `near`.

    Where none does, with the first that fit. Points that follow one another are one piece.
    """
    points = points_after(document, lead.end)
    last = points[-1].end if points else listed_end(document, lead.start, lead.end)
    if last - lead.start <= longest or not points:
        yield replace(lead, end=last, lead_ins=tuple(lead_ins(document, lead.start)))
        return
    for run in runs(chosen(points, near), points):
        begin, end = body(document.text, run[0].start), run[-1].end
        stop = line_end(document.text, begin, end)
        part = replace(lead, start=begin, end=end, points=len(points))
        before = tuple(lead_ins(document, begin))
        if run[1:]:
            yield replace(part, start=run[0].start, lead_ins=before)
        elif end - begin > LONGEST_QUOTE and document.text[begin:stop].endswith(":"):
            yield from led(replace(part, end=stop), document, near, LONGEST_QUOTE)
        else:
            yield replace(part, end=fitting_end(document.text, begin, end), lead_ins=before)


def runs(kept: Sequence[Provision], points: Sequence[Provision]) -> list[list[Provision]]:
    """The points that are kept, those together that follow one another in the list."""
    found: list[list[Provision]] = []
    for point in kept:
        if found and points.index(point) == points.index(found[-1][-1]) + 1:
            found[-1].append(point)
        else:
            found.append([point])
    return found


def chosen(points: Sequence[Provision], near: Sequence[int]) -> list[Provision]:
    """The points that hold one of the offsets, or else the first, as many as fit in a quote.

    Those that hold an earlier offset are kept before others; they come in the order of the text.
    """
    holding = [p for at in near for p in points if p.start <= at < p.end]
    kept: list[Provision] = []
    for point in dict.fromkeys(holding or points):
        if kept and sum(p.end - p.start for p in [*kept, point]) > LONGEST_QUOTE:
            break
        kept.append(point)
    return sorted(kept, key=lambda point: point.start)


def fitting_end(text: str, start: int, end: int) -> int:
    """Where the last line ends that fits in a quote and introduces nothing; the first at least."""
    ends = [start + line.end() for line in re.finditer(r"[^\n]+", text[start:end])]
    fitting = [e for e in ends if e - start <= LONGEST_QUOTE and text[e - 1] != ":"]
    return max(fitting, default=ends[0])


def closed(piece: Piece, text: str) -> Piece:
    """The piece without the colon of a lead-in after which no list follows."""
    return replace(piece, end=piece.start + len(text[piece.start : piece.end].rstrip(": \n")))


# -- lists --------------------------------------------------------------------------------------


def lead_ins(document: Document, start: int) -> list[Stretch]:
    """Spans of the words that introduce what begins at `start`, outermost first.

    "This Regulation shall not apply to:" turns what follows round, so no point goes without it; but
    it introduces the point's first sentence, and none that comes later.
    """
    found: list[Stretch] = []
    point = begun(document, start)
    while point is not None and (lead := introduction(document, point)):
        found.append(lead)
        point = begun(document, lead[0])
    return found[::-1]


def begun(document: Document, start: int) -> Provision | None:
    """The point that begins at an offset, its marker aside."""
    node = deepest(document.provisions, start, start + 1)
    if node is None or node.kind != "point":
        return None
    return node if start in (node.start, body(document.text, node.start)) else None


def introduction(document: Document, point: Provision) -> Stretch | None:
    """The line above the list that a point stands in, if it introduces it with a colon.

    That definitions follow goes without saying.
    """
    text, first = document.text, point
    for other in reversed(document.provisions):
        before = other.parent == point.parent and other.end <= first.start
        if before and not text[other.end : first.start].strip():
            first = other
    outer = document.provisions[point.parent] if point.parent is not None else None
    last = len(text[: first.start].rstrip())
    begin = max(text.rfind("\n", 0, last) + 1, outer.start if outer else 0)
    begin = body(text, begin)
    lead = text[begin:last]
    return (begin, last) if lead.endswith(":") and not DEFINITIONS.search(lead) else None


def points_after(document: Document, end: int) -> list[Provision]:
    """The points of the list that words ending at `end` introduce, in order."""
    nodes, position = document.provisions, end
    home = deepest(nodes, end - 1, end)
    found: list[Provision] = []
    for node in nodes:
        outer = nodes[node.parent] if node.parent is not None else None
        if outer == home and node.start >= position:
            if document.text[position : node.start].strip():
                break
            found.append(node)
            position = node.end
    return found


def listed_end(document: Document, start: int, end: int) -> int:
    """Where the lines end that a colon at `end` introduces, in a text without points.

    Those with markers, as many as fit, or else the next one.
    """
    home = deepest(document.provisions, end - 1, end)
    limit = home.end if home else len(document.text)
    position = end
    for line in re.finditer(r"[^\n]+", document.text[end:limit]):
        marked = marker_length(line.group()) > 0
        if position > end and not (marked and end + line.end() - start <= LONGEST_LIST):
            break
        position = end + line.end()
        if not marked:
            break
    return position


def body(text: str, start: int) -> int:
    """Where the words of a line begin that begins at `start`, after its marker."""
    return start + marker_length(text[start : line_end(text, start, len(text))])


def as_list(points: Sequence[Piece], text: str) -> list[Piece]:
    """The pieces, more than one, with the markers of what they do not share: "(a) the costs …"."""
    shared = [lead for lead in points[0].lead_ins if all(lead in p.lead_ins for p in points)]
    return [
        replace(
            point,
            start=marker(text, point.start),
            lead_ins=tuple(
                (start, end) if (start, end) in shared else (marker(text, start), end)
                for start, end in point.lead_ins
            ),
        )
        for point in points
    ]


def marker(text: str, start: int) -> int:
    """Where the marker begins of words that begin at `start`; `start` if they have none."""
    line = text.rfind("\n", 0, start) + 1
    return line if body(text, line) == start else start


def line_end(text: str, start: int, limit: int) -> int:
    newline = text.find("\n", start, limit)
    return limit if newline < 0 else newline


# -- sentences ----------------------------------------------------------------------------------


def evidence_span(hit: Hit, document: Document) -> Stretch:
    """The span that answers, without its marker: a short unit, a list, a sentence in company."""
    passage, text = hit.passage, document.text
    home = deepest(document.provisions, *hit.best_sentence)
    listed = home is not None and home.kind == "point" and introduction(document, home) is not None
    short = is_short(passage, document)
    if short or (is_list(passage) and not (listed and len(passage.text) > LONGEST_QUOTE)):
        return body(text, passage.start), passage.end
    beside = [s[:2] for s in hit.sentences if deepest(document.provisions, *s[:2]) == home]
    start, end = in_company(hit.best_sentence, beside, text)
    if listed and home is not None and home.start >= passage.start:
        start = home.start  # what comes later in a point of a list is about its beginning
    return (body(text, start) if text[start - 1 : start] in ("", "\n") else start), end


def is_list(passage: Passage) -> bool:
    """Whether a passage is a list after the words that introduce it."""
    lead, newline, _ = passage.text.partition("\n")
    return bool(newline) and lead.rstrip().endswith(":")


def is_short(passage: Passage, document: Document) -> bool:
    """Whether a passage is a whole unit of the law in a few sentences of prose."""
    home = deepest(document.provisions, passage.start, passage.end)
    uncut = home is not None and home.end <= passage.end and home.end - home.start <= LONGEST
    prose = not re.search(r":\s*(?:\n|$)", passage.text)
    return uncut and prose and passage.kind in UNITS and len(passage.text) <= SHORT


def in_company(best: Stretch, sentences: list[Stretch], text: str) -> Stretch:
    """A sentence, with the ones before it that it leans on and those after it that limit it.

    An increase leans on its base, and a base is limited by its increase.
    """
    if best not in sentences:
        return best
    first = last = sentences.index(best)
    while first > 0 and leans(text, sentences[first]) and fits(first - 1, last, sentences):
        first -= 1
    while (
        last + 1 < len(sentences)
        and limits(text, sentences[last + 1])
        and fits(first, last + 1, sentences)
    ):
        last += 1
    return sentences[first][0], sentences[last][1]


def increase_after(document: Document, piece: Piece) -> Provision | None:
    """The paragraph after a piece that sets a percentage, if it provides for increases."""
    text, nodes = document.text, document.provisions
    said = text[piece.start : piece.end]
    if "%" not in said or INCREASE.search(said):
        return None
    paragraphs = [node for node in nodes if node.kind == "paragraph"]
    for home, after in pairwise(paragraphs):
        if home.start < piece.end <= home.end and after.parent == home.parent:
            first = text[after.start : line_end(text, after.start, after.end)]
            return after if INCREASE.search(first) else None
    return None


def leans(text: str, sentence: Stretch) -> bool:
    """Whether a sentence cannot be read without the one before it."""
    return bool(LEANING.match(text, *sentence) or INCREASE.search(text, *sentence))


def limits(text: str, sentence: Stretch) -> bool:
    """Whether a sentence changes what the one before it says."""
    return bool(LIMITING.match(text, *sentence) or INCREASE.search(text, *sentence))


def fits(first: int, last: int, sentences: list[Stretch]) -> bool:
    return sentences[last][1] - sentences[first][0] <= LONGEST_QUOTE


# What a lead-in says of which each point makes sense without it.
DEFINITIONS = re.compile("d[eé]finitions?|on entend par")
ACTS = (
    r"Regulation|Article|Treaty|Chapter|Section|Decision|Directive|Annex|Framework|Communication"
    r"|règlement|article|traité|chapitre|directive|annexe|décision|communication"
)
LIMITS = (
    r"However\b|Nevertheless\b|Notwithstanding\b|By (?:way of )?derogation|Except\b|Unless\b"
    r"|Toutefois\b|Cependant\b|Néanmoins\b|Nonobstant\b|Par dérogation|Sauf\b"
)
# How a sentence begins that cannot be read without the one before it.
LEANING = re.compile(
    rf"(?:It|They|Both|Such|Th(?:is|ese|at|ose)(?! (?:{ACTS}))|The (?:same|latter|former)"
    rf"|In (?:this|that|these|those|such|both|addition)|To (?:this|that) end|Moreover|Likewise"
    rf"|Otherwise|Similarly|Ils?|Elles?|Ce(?:tte|s|t|lui-ci|lle-ci)?(?! (?:{ACTS}))|Il en est"
    rf"|Dans ce|En outre)\b|{LIMITS}"
)
# How a sentence begins that limits the one before it.
LIMITING = re.compile(
    rf"{LIMITS}|(?:This|That|It|The (?:first|previous|preceding) (?:sentence|subparagraph))"
    r" (?:shall|does|do|is|are) not\b|In (?:any|duly justified|exceptional) (?:case|event|circumst)"
)
# What a sentence says that adds to the figure of the one before it.
INCREASE = re.compile(
    r"\bmay be (?:further )?(?:increased|raised|doubled)\b|\bpercentage points?\b"
    r"|\bpeu(?:t|vent) être (?:majoré|porté|relevé|augmenté|doublé)e?s?\b"
    r"|\bpoints? de pourcentage\b"
)
