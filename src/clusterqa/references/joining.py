"""Citations joined by words share what only one of them says: an act, an article.

In "Article 3 and Article 5 of the Treaty" both are of the Treaty; in "Article 101, in particular
paragraph 3" the paragraph is of Article 101.
"""

import re
from dataclasses import replace

from clusterqa.references.places import RANKS, Mention, style
from clusterqa.references.segments import ASIDE

WITHIN = re.compile(
    r",? (?:and )?(?:in particular|with the exception of|à l['’]exception (?:de|du|des)) ?"
    r"|, (?:et )?notamment (?:le |son )?"
)
JOINED = re.compile(
    r"(?:,? (?:and/or|and|or|et|ou|as well as|ainsi que)|,)(?: with| of| in| to| by| under| aux?"
    r"| à| de| du| des)?(?: the| l['’]| la| le)? ?|,? (?:and|or) (?:of|to) (?:the )?| ?l['’]"
)


def shared(found: list[Mention], text: str) -> list[Mention]:
    """The mentions, each with what it shares with a neighbour it is joined to.

    In "Article 3 and Article 5 of the Treaty" both are of the Treaty; in "paragraph 1 or paragraph
    2 of Article 5" both are of Article 5; in "Article 4(1), point (k), or point (l)" both are of
    Article 4(1).
    """
    mentions = list(found)
    for index in range(len(mentions) - 1, 0, -1):
        before, after = mentions[index - 1], mentions[index]
        if is_joined(before, after, text):
            mentions[index - 1] = with_tail(before, after, text)
    for index in range(1, len(mentions)):
        before, after = mentions[index - 1], mentions[index]
        if is_joined(before, after, text):
            mentions[index] = with_head(before, after, text)
    return mentions


def of_the_list(part: Mention, last: Mention) -> Mention:
    """A part of a list that an aside interrupts, with the act and wider place named at its end."""
    head, kind = last.places[0][:-1], last.places[0][-1].kind
    if part.work or not part.places:
        return part
    if part.places[0][-1].kind != kind:
        return replace(part, work=last.work)
    return replace(part, work=last.work, places=tuple(head + place for place in part.places))


def is_joined(before: Mention, after: Mention, text: str) -> bool:
    between = text[before.end : after.start]
    if not (before.places and after.places) or len(between) > 200:
        return False
    between = ASIDE.sub("", between)
    return bool(JOINED.fullmatch(between) or WITHIN.fullmatch(between))


def with_tail(before: Mention, after: Mention, text: str) -> Mention:
    """`before` with the wider places and the act that only `after` names."""
    if before.work or before.places[0][0].numbers == ("this",):
        return before
    if WITHIN.fullmatch(text[before.end : after.start]):
        return before
    kinds = [step.kind for step in before.places[0]]
    after_kinds = [step.kind for step in after.places[0]]
    if "act" in kinds:
        return before
    if kinds[0] in after_kinds and is_bottom_up(after) and counts_alike(before, after):
        wider = after.places[0][: after_kinds.index(kinds[0])]
        head = tuple(step for step in wider if step.kind != "act")
        return replace(before, work=after.work, places=tuple(head + p for p in before.places))
    if RANKS[kinds[0]] <= RANKS["article"] and RANKS[after_kinds[0]] <= RANKS["article"]:
        return replace(before, work=after.work)
    return before


def counts_alike(before: Mention, after: Mention) -> bool:
    """Whether both count in the same style: "points (i) to (iii) as well as point (b)" do not."""
    first = before.places[0][0]
    other = next(step for step in after.places[0] if step.kind == first.kind)
    return not (first.numbers and other.numbers) or style(first.numbers[0]) == style(
        other.numbers[0]
    )


def is_bottom_up(mention: Mention) -> bool:
    """Whether its words begin with its narrowest place: "point (a) of Article 3"."""
    word = mention.places[0][-1].word.lower()
    return mention.words.lower().removeprefix("the ").startswith(word) or word in UNNUMBERED


UNNUMBERED = {"subparagraph", "sentence", "indent", "alinéa", "tiret", "phrase"}


def with_head(before: Mention, after: Mention, text: str) -> Mention:
    """`after` with the wider places that only `before` names, once both name the same kind."""
    kinds = [step.kind for step in before.places[-1]]
    first = after.places[0][0]
    if WITHIN.fullmatch(text[before.end : after.start]) and not after.work:
        if (
            first.kind in ("paragraph", "point")
            and kinds[-1] == "article"
            and first.numbers != ("this",)
        ):
            head = before.places[-1]
            return replace(after, work=before.work, places=tuple(head + p for p in after.places))
        return after
    if after.work or first.kind not in kinds or first.kind not in ("paragraph", "point"):
        return after
    if is_bottom_up(before) and len(kinds) > 1:
        return after
    head = before.places[-1][: kinds.index(first.kind)]
    if not head:
        return after
    return replace(after, work=before.work, places=tuple(head + p for p in after.places))
