"""A question in, its mentions of time out: what a few rules over kinds of tokens take for one.

"number LINK month LINK year" is a day, "duration ago" is three years ago. Numbers and names of
acts are no times. What day a mention means is for `dates`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from clusterqa.query.time_words import KINDS, Token, plain_tokens

LETTERS = {kind: chr(0xE000 + n) for n, kind in enumerate(KINDS)}
# What the rules have in common.
PARTS = {
    "LINK": "(the|in|at){0,3}",
    "UNIT": "(unit|units)",
    "VERB": "(happening | story | giving (?=NEAR) (?! to|in))",
    "PARTICIPLE": "(?<!past)(?<!present)(?<!be) (happening|giving)",
    # what stands between a verb and its time: no other verb, no other time
    "ON": "(?! comma|stop|present|past|did|could | (day|month_of_year|year) (?! and)).",
    "NEAR": "(?!comma|stop).",
    "POINT": "(weekday comma? LINK)? (day | number LINK month comma? LINK year"
    "| month number comma? LINK year) | month_of_year | year part | year fiscal"
    "| edge? LINK (month|part) comma? LINK year | (edge|fiscal) LINK year | year",
    "CHANGE": "year word? amendment act? | amendment LINK year act?",
    "REFORM": "CHANGE | amendment NEAR{0,2} act_number | act_number | amendment",
}
# What each kind of mention looks like; where several fit, the first.
RULES = {
    "around": "before and after LINK (REFORM|POINT)",
    "offset": "duration (before|after) LINK (REFORM|POINT)",
    "amended": "(before|after|since|in|at) LINK REFORM",
    "title": "act_number LINK number LINK month LINK year",
    "amendments": "between LINK (CHANGE|year) and LINK CHANGE",
    "span": "(between LINK POINT and | (from|since|the) LINK POINT (until|to)"
    "| (in|period) LINK period? POINT (until|to)) LINK (POINT|now)",
    "years": "(in|period)? (the|in){0,3} period? years",
    "lasting": "(in|the){0,3} (last|this) duration | vague duration | (in|the){0,3} the last unit",
    "unknown": "(before|after|since|in) LINK (edge LINK)? word{0,2} event"
    "| our_past (?! NEAR{0,8} (day|month_of_year|year)) NEAR{0,2}"
    "| few UNIT ago | before_past few UNIT | (word|number|one) half UNIT ago"
    "| one unit half ago | (?<!one) UNIT ago | before_past duration half"
    "| vague | recent (?! word|story|happening|year)"
    "| (?<!the)(?<!in)(?<!one) former (?! happening|giving|story)"
    "| no_day | split_year | in? LINK decade"
    "| (in|in_future)? decade_of the? (year|number) | movable LINK year"
    "| (last|next|this|at|in) weekday (?! comma? LINK (number|day|month)) | from last unit"
    "| in (in|the){0,3} number? month (?! (number|comma)* LINK year | last_after | next_after)"
    " (?! (?:(?!stop).)* each)"
    "| in (in|the){0,3} part (?! last_after | next_after"
    " | LINK comma? (word|year|duration|unit))",
    "relative": "(duration|one? unit) ago | before_past duration"
    "| (in|in_future)? LINK duration hence | in LINK duration hence_in | in_future duration"
    "| (?<!the)(?<!own) (last|next) (unit|part|month) (?! after unit)"
    "| (?<!the)(?<!own) this (unit | month | part (?! one | from))"
    "| (unit|part|month) (last_after|next_after) | yesterday | tomorrow",
    "linked": "(before|after|since|until|from|by) LINK POINT",
    "point": "((in|one|at|unit) the?)? POINT",
    "ahead": "in duration",
    "now": "now",
}


def rule(text: str) -> str:
    """The pattern over `kinds` of a rule: small words are kinds, capital ones are `PARTS`.

    All else is as in a regular expression, in which "." is any token; blanks mean nothing.
    """
    text = re.sub(r"[A-Z]+", lambda match: f"(?:{rule(PARTS[match.group()])})", text)
    return re.sub(r"[a-z_]+", lambda match: LETTERS[match.group()], text).replace(" ", "")


def kinds(tokens: Iterable[Token]) -> str:
    """The kinds of tokens as patterns that `rule` makes are matched against."""
    return "".join(LETTERS[token.kind] for token in tokens)


MENTION = re.compile("|".join(f"(?P<{name}>{rule(text)})" for name, text in RULES.items()))
LINKED = ("offset", "amended", "linked", "point", "years")
LEAD = re.compile(
    rule(
        "duration? (before|after|since|until|from|by|in|one|unit|the|at|period"
        "|weekday|comma)* (?=.)"
    )
)
# What tells of somebody, the first that fits: "that lost", "a firm had", "aid granted".
TELLING = (
    "who NEAR* VERB ON* $ | NEAR (?<!polite) which (one | NEAR{0,2} ago)? VERB ON* $",
    "(^|comma|stop) (one|own) (?! NEAR* (polite|which)) NEAR* VERB ON* $ | our_past NEAR* $",
    "story NEAR{0,2} $ | present (?! NEAR* polite) NEAR* PARTICIPLE ON{0,5} $"
    "| (^|stop) the NEAR giving ON{0,2} $",
)
TOLD = tuple(re.compile(rule(text)) for text in TELLING)
TELLS_ON = re.compile(rule("who NEAR{0,3} $ | NEAR (?<!polite) which $"))
REACH = 40  # tokens before a time within which the clause that it is told in begins
THEN_VERB = re.compile(rule("NEAR{0,3} VERB"))
IN_OWN_CLAUSE = re.compile(rule("(^|comma|stop) own NEAR* $"))
YEAR_OF = re.compile(
    rule("(edge|part|month) (the|in|one){0,2}")
    + f"(?P<year>{rule('(last|this|next) unit | unit (last_after|next_after)')})"
)
WAYS = {"last": -1, "last_after": -1, "this": 0, "next": 1, "next_after": 1}
TITLE = 5  # words within which a year ahead of a title stands: "the 2016 Notice on the notion …"


@dataclass(frozen=True, slots=True)
class TimeMention:
    """Words of a question that a rule takes for a time, and the tokens before and after it."""

    rule: str
    tokens: tuple[Token, ...]
    before: tuple[Token, ...]
    after: tuple[Token, ...]

    @property
    def start(self) -> int:
        return self.tokens[0].start

    @property
    def end(self) -> int:
        return self.tokens[-1].end

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(token.kind for token in self.tokens)

    @property
    def link(self) -> str:
        """The kind of the word that leads to it, such as "before"."""
        return self.kinds[self.rule == "offset"] if self.rule in LINKED else ""

    @property
    def point(self) -> tuple[Token, ...]:
        """Its tokens without the words that lead to it."""
        lead = LEAD.match(kinds(self.tokens)) if self.rule in LINKED else None
        return self.tokens[lead.end() if lead else 0 :]

    def words(self, question: str) -> str:
        """It as the question writes it, a date without what leads to it."""
        dated = self.rule in ("point", "years")
        return question[self.point[0].start if dated else self.start : self.end]

    @property
    def is_year(self) -> bool:
        """Whether it is no more than a year, which may be part of a name."""
        return self.rule == "point" and [token.kind for token in self.point] == ["year"]

    @property
    def clause(self) -> tuple[Token, ...]:
        """The tokens from where it is told of somebody to it: "that lost half its capital"."""
        before = self.before[-REACH:]
        found = next(filter(None, (one.search(kinds(before)) for one in TOLD)), None)
        if not found and THEN_VERB.match(kinds(self.after[:REACH])):
            found = TELLS_ON.search(kinds(before))
        return before[found.start() :] if found and self.rule != "now" else ()

    @property
    def tense(self) -> str:
        """How it is asked beside the clause: "present", "past" or "could"; "" if no verb says."""
        asked = (*self.before[: len(self.before) - len(self.clause)], *self.after)
        told = {"past" if token.kind == "did" else token.kind for token in asked}
        return next((tense for tense in ("present", "past", "could") if tense in told), "")

    @property
    def is_unclear_story(self) -> bool:
        """Whether it is told of somebody, and no verb says whether the law of then is asked."""
        begins = {token.kind for token in self.clause[:2]}
        if "who" in begins and self.tense == "could":
            return True
        return bool({"our_past", "own"} & begins) and not self.tense

    @property
    def is_story(self) -> bool:
        """Whether it is when something happened to somebody of whom today's law is asked."""
        return bool(self.clause) and self.tense != "past" and not self.is_unclear_story

    @property
    def is_own(self) -> bool:
        """Whether its clause tells of the asker: "Our project runs from 2014 to 2020"."""
        return bool(IN_OWN_CLAUSE.search(kinds(self.before)))

    @property
    def is_told(self) -> bool:
        """Whether its sentence tells what another one then asks about: "We grew last year. …?"."""
        end = next((token.text for token in self.after if token.text in (".", "!", "?")), "?")
        return end != "?" and any(token.text == "?" for token in self.after)

    @property
    def is_no_question(self) -> bool:
        """Whether it is when something happened in a story that leads up to what is asked."""
        relative = self.rule in ("relative", "unknown")
        return self.is_story or (relative and (self.is_told or self.is_own))


@lru_cache(maxsize=512)
def mentions(question: str) -> tuple[TimeMention, ...]:
    """What a question says of time, in its order."""
    tokens = tokens_of(question)
    found: list[TimeMention] = []
    for match in MENTION.finditer(kinds(tokens)):
        start, end = match.span()
        one = TimeMention(str(match.lastgroup), tokens[start:end], tokens[:start], tokens[end:])
        if is_asked(one, found):
            found.append(one)
        elif is_unclear(one):
            found.append(replace(one, rule="unknown"))
    return tuple(found)


@lru_cache(maxsize=512)
def tokens_of(question: str) -> tuple[Token, ...]:
    """The tokens of a question, "last year" as a year of its own in "in June of last year".

    The value of such a year is how many years from this one it is.
    """
    tokens = list(plain_tokens(question))
    for match in reversed([*YEAR_OF.finditer(kinds(tokens))]):
        start, end = match.span("year")
        said = {token.kind: token.value for token in tokens[start:end]}
        if said["unit"] == "year":
            way = next(WAYS[kind] for kind in said if kind in WAYS)
            span = tokens[start].start, tokens[end - 1].end
            tokens[start:end] = [Token("year", way, question[slice(*span)], *span)]
    return tuple(tokens)


def is_asked(mention: TimeMention, earlier: Sequence[TimeMention]) -> bool:
    """Whether a mention is of a time and not of a name: a year needs words that say so."""
    after = mention.after[0] if mention.after else None
    if mention.rule == "relative" and after and after.text == "s":
        return False  # tomorrow's champions
    if mention.rule == "ahead":
        return mention.tokens[0].among("ahead") and is_ahead(mention)
    if mention.kinds == ("former",):
        return is_former(mention)
    if mention.rule == "unknown" and mention.kinds[0] == "in":
        regular = any(token.kind == "each" for token in mention.before)
        event = "event" in mention.kinds and not mention.tokens[0].among("during")
        return not (event or (regular and "month" in mention.kinds))
    if not mention.is_year:
        return True
    if after and after.is_title:
        return False
    if mention.kinds[-2:-1] in (("in",), ("one",), ("unit",)) or (after and after.among("version")):
        return True
    last, other = (*mention.before[:-3:-1], None, None)[:2]
    if last and last.kind == "and" and earlier and other == earlier[-1].tokens[-1]:
        return True  # as much of a time as the one before it
    ends = after is None or after.kind in ("comma", "stop")
    last = other if last and last.text == "(" else last
    verbs = ("word", "happening", "past", "present")
    plain = last and last.kind in verbs and last.text.islower() and not last.among("title")
    return bool(ends and (plain or (last is None and after)))


def is_ahead(mention: TimeMention) -> bool:
    """Whether "in two years" is a day to come, not a length: "How much in two years?"

    A word for "will" says so, or that rules apply then, not somebody for aid.
    """
    begins = not mention.before or mention.before[-1].kind == "stop"
    around = mention.after if begins else mention.before
    if mention.is_told:
        return False
    if any(token.among("will") for token in around):
        return True
    length = any(token.among("counting") or token.kind == "own" for token in around)
    return not length and any(token.among("applying") for token in around)


def is_former(mention: TimeMention) -> bool:
    """Whether "previously" is of the law that is asked about, not of what something was before."""
    last = bool(mention.before) and mention.before[-1].kind == "could"
    alone = not mention.after or mention.after[0].kind in ("comma", "stop")
    return mention.tense == "past" or last or (alone and mention.tense != "present")


def is_unclear(mention: TimeMention) -> bool:
    """Whether a year that no word dates stands before what is asked: "the 2023 limit"."""
    ahead = mention.after[:TITLE]
    led = [token.kind for token in mention.before[-1:]] == ["the"]
    if not (mention.is_year and led and ahead) or any(one.is_title for one in ahead):
        return False
    return ahead[0].kind in ("word", "the")
