"""A text in, its citations out: `find_references` reads every place and act that it names.

A citation is a chain of segments, from wide to narrow ("Article 4(1), point (k)") or from narrow
to wide ("point (k) of Article 4(1)"), then perhaps an act ("of Regulation (EU) No 651/2014").
Nothing is looked up here: what exists, and where a relative citation points, `resolving` says.
"""

import re
from dataclasses import replace
from functools import cache
from itertools import product

from clusterqa.references.acts import (
    ACT,
    AUTHOR,
    CELEX,
    ELI,
    JOURNAL,
    LONE_TREATY,
    MORE,
    NOTICE,
    THE_TREATY,
    TREATIES,
    act_name,
)  # fmt: skip
from clusterqa.references.joining import of_the_list, shared
from clusterqa.references.places import RANKS, Mention, Place, Step, style
from clusterqa.references.segments import (
    ASIDE,
    BETWEEN,
    DEICTIC,
    LONE_ANNEX,
    ORDINAL,
    UNIT,
    Segment,
    numbers,
    segment,
)

LOOK_BACK = 3000  # chars; "that Regulation" names an act of the same provision
OF = (
    r",? ?(?:(?:de |à )l['’]"
    r"|(?:(?:of|to|in) the(?! said| same)|of|to|de la|du|des|de|à la|à|aux?) )"
)
UP = re.compile(OF)
DOWN = re.compile(r" ?,? (?:in )?(?:the |l[ea] )?")
OF_ACT = re.compile(rf"{OF}|,? in |,? (?=dudit|audit)")
BY_ACT = re.compile(rf" by (?={ACT.pattern.replace('?P<type>', '?:').replace('?P<number>', '?:')})")
THEREOF = re.compile(r",? (?:thereof|thereto|de celui-ci|de celle-ci)\b")
INSTRUMENT = re.compile(
    r"(?:(?:[A-Z][\w’'-]+|EEA|EU) ){0,4}(?:Statutes?|Rules|Agreement|Convention|Protocol|Charter"
    r"|Guidelines|Framework|Communication|Notice|Constitution|Staff Regulations|Code|Act)\b"
    r"(?: of [Aa]ccession| of the [A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*)?"
)
QUOTED = re.compile(
    r"(?:EU |Community |Commission )*[‘“](?P<title>[A-Z][^’”\n]{10,120})[’”]"
    r"(?: \([^()]*?(?P<notice>\d{4}/C \d+/\d+)\))?"
)
IN_PARTICULAR = re.compile(r"(?:and,? in particular |et notamment (?:son |ses |l['’])?)$")
ANAPHOR = re.compile(
    r"(?:that|the said|the same|ce|cette|ledit|ladite|dudit|audit) "
    r"(?P<type>Regulation|Directive|Decision|Recommendation|Treaty|Agreement|Framework|Notice"
    r"|Communication|règlement|directive|décision|recommandation)\b(?! \(| No| \d)"
)
TREATY = [(re.compile(pattern), name) for pattern, name in TREATIES]
LONE = re.compile(LONE_TREATY)


def unnamed(*patterns: re.Pattern[str]) -> str:
    """The patterns as alternatives, their groups without names."""
    return "|".join(re.sub(r"\(\?P<\w+>", "(?:", pattern.pattern) for pattern in patterns)


NUMBER_AHEAD = r"(?=[\dIVXLCA-Z(]|[a-z]{1,5}\)|premier|No)"


@cache
def anchor_of(names: tuple[str, ...]) -> re.Pattern[str]:
    """What matches the beginning of a citation, given the names that works are cited by."""
    return re.compile(
        rf"(?P<journal>{unnamed(JOURNAL)})|(?P<name>{unnamed(ELI, NOTICE, CELEX, any_of(names))})"
        rf"|(?P<act>\b(?:{unnamed(ACT)}))|(?P<anaphor>\b(?:{unnamed(ANAPHOR)}))"
        rf"|(?P<segment>\b(?:{unnamed(DEICTIC, ORDINAL, LONE_ANNEX)}"
        rf"|{unnamed(UNIT)}{NUMBER_AHEAD}))"
        rf"|(?P<treaty>\b(?:the |le )?(?:{unnamed(*(pattern for pattern, _ in TREATY), LONE)}))"
    )


@cache
def any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    """What matches one of the names, the longest that stands there; nothing for none."""
    longest = sorted(names, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest)) or '(?!)'})\b")


def find_references(text: str, names: tuple[str, ...] = ()) -> list[Mention]:
    """Every citation in the text, in order; spans do not overlap.

    `names` are those by which works are cited, as `Works.cited_as` has them.
    """
    return MentionReader(text, names).mentions()


class MentionReader:
    """Reads one text from left to right and remembers what it named: "that Regulation"."""

    def __init__(self, text: str, names: tuple[str, ...]) -> None:
        self.text, self.names = text, names
        self.anchor, self.name = anchor_of(names), any_of(names)
        self.found: list[Mention] = []

    def mentions(self) -> list[Mention]:
        position = 0
        while anchor := self.anchor.search(self.text, position):
            position = max(self.read(anchor), anchor.start() + 1)
        return [mention for mention in shared(self.found, self.text) if says_something(mention)]

    def read(self, anchor: re.Match[str]) -> int:
        """Read on from the anchor; where to go on searching."""
        start = anchor.start()
        if anchor["segment"]:
            return self.read_places(start)
        if anchor["act"]:
            return self.read_acts(start)
        if anchor["anaphor"]:
            return self.add(start, anchor.end(), self.antecedent(anchor.group(), start))
        if anchor["treaty"]:
            name, end = treaty(self.text, start) or (THE_TREATY, anchor.end())
            return self.add(start, end, name)
        return self.add(start, anchor.end(), anchor.group())

    def add(self, start: int, end: int, work: str | None, places: tuple[Place, ...] = ()) -> int:
        self.found.append(Mention(start, end, self.text[start:end], work, places))
        return end

    def read_acts(self, start: int) -> int:
        """A mention for every act of a list: "Regulations (EU) No 1303/2013 and (EU) 2021/1060"."""
        found = ACT.match(self.text, start)
        if not found:
            return start + 1
        type_, plural = found["type"], found["type"].endswith("s")
        end = self.add_act(start, found.end(), act_name(type_, found["number"]))
        while more := MORE.match(self.text, end):
            if not plural and not more["number"].startswith("("):
                break
            end = self.add_act(more.start("number"), more.end(), act_name(type_, more["number"]))
        return end

    def add_act(self, start: int, end: int, name: str) -> int:
        author = AUTHOR.match(self.text, end)
        return self.add(start, author.end() if author else end, name)

    def read_places(self, start: int) -> int:
        """A chain of segments and its act; then the rest of a list that an aside interrupts."""
        first = segment(self.text, start)
        if not first:
            return start + 1
        end, begun = self.read_chain(first), len(self.found) - 1
        while first.plural and (aside := ASIDE.match(self.text, first.end)):
            inner = MentionReader(self.text, self.names)
            position = first.end
            while (
                anchor := self.anchor.search(self.text, position)
            ) and anchor.end() <= aside.end():
                position = max(inner.read(anchor), anchor.start() + 1)
            self.found += inner.found
            between = BETWEEN.match(self.text, aside.end())
            unit = first.steps[-1]
            rest = between and numbers(self.text, between.end(), unit, plural=True)
            if not between or not rest:
                return aside.end()
            first = Segment(rest[0], between.end(), rest[1], plural=True)
            end = self.read_chain(first)
        for index in range(begun, len(self.found) - 1):
            self.found[index] = of_the_list(self.found[index], self.found[-1])
        return end

    def read_chain(self, first: Segment) -> int:
        chain = [first]
        while following := self.following(chain):
            chain.append(following)
        end = chain[-1].end
        work, end = self.act_after(chain, end)
        ordered = sorted(chain, key=lambda s: RANKS[s.kind]) if is_upward(chain) else chain
        places = tuple(product(*(s.steps for s in ordered)))
        work, places = self.pointed_back(work, places, first.start)
        return self.add(first.start, end, work, places)

    def following(self, chain: list[Segment]) -> Segment | None:
        """The segment that goes on from the chain, narrower after a comma, wider after "of"."""
        last, text = chain[-1], self.text
        if (up := UP.match(text, last.end)) and up.group():
            wider = segment(text, up.end())
            if wider and all(is_wider(wider, s) for s in (chain[0], last)):
                return wider
        if len(chain) > 1 and is_upward(chain):
            return None
        if down := DOWN.match(text, last.end):
            narrower = segment(text, down.end())
            if narrower and is_narrower(narrower, last) and not self.begins_anew(narrower, chain):
                return narrower
        return None

    def begins_anew(self, narrower: Segment, chain: list[Segment]) -> bool:
        """Whether it belongs to what follows: "paragraph 2, the second sentence of paragraph 6"."""
        up = UP.match(self.text, narrower.end)
        wider = segment(self.text, up.end()) if up and up.group()[0] == " " else None
        return wider is not None and wider.kind in [s.kind for s in chain]

    def act_after(self, chain: list[Segment], end: int) -> tuple[str | None, int]:
        """The act that the chain says it belongs to, and where its name ends."""
        if any(s.kind == "act" for s in chain):
            return None, end
        if thereof := THEREOF.match(self.text, end):
            if RANKS[chain[0].kind] > RANKS["article"] and len(chain) == 1:
                return None, thereof.end()
            return self.antecedent("", chain[0].start), thereof.end()
        if (short := re.compile(r",? ?(?=TFEU|TEU|TFUE|TUE|TEC)").match(self.text, end)) and (
            named := treaty(self.text, short.end())
        ):
            return named
        link = OF_ACT.match(self.text, end) or BY_ACT.match(self.text, end)
        if not link:
            return self.act_before(chain[0].start), end
        here = link.end()
        if act := ACT.match(self.text, here):
            name = act_name(act["type"], act["number"])
            author = AUTHOR.match(self.text, act.end())
            return name, author.end() if author else act.end()
        if anaphor := ANAPHOR.match(self.text, here):
            return self.antecedent(anaphor.group(), chain[0].start), anaphor.end()
        if named := treaty(self.text, here):
            return named
        if short_name := self.name.match(self.text, here):
            return short_name.group(), short_name.end()
        instrument = INSTRUMENT.match(self.text, here)
        if instrument and instrument.group() != "Act":
            return f"the {instrument.group()}", instrument.end()
        if quoted := QUOTED.match(self.text, here):
            return quoted["notice"] or f"the {quoted['title']}", quoted.end("title")
        return self.act_before(chain[0].start), end

    def act_before(self, start: int) -> str | None:
        """The act of "Directive 2000/60/EC and in particular Article 4(7)"; a judgment's number."""
        before = self.text[max(0, start - 60) : start]
        if judgment := re.search(r"(ECLI:[\w:]+), $", before):
            return judgment[1]
        last = self.found[-1] if self.found else None
        if last and last.work and IN_PARTICULAR.search(before):
            between = self.text[last.end : start]
            if len(between) < 250 and not re.search(r"[\n;]|this Regulation", between):
                return last.work if not last.places or "notamment s" in before else None
        return None

    def antecedent(self, words: str, before: int) -> str:
        """The act named last before a position, of the type that "that Regulation" says."""
        found = ANAPHOR.match(words)
        type_ = found["type"].lower() if found else ""
        for mention in reversed(self.found):
            if mention.start < before - LOOK_BACK:
                break
            if mention.work and type_ in mention.work.lower() and not JOURNAL.match(mention.work):
                return mention.work
        return words or "an act not named before"

    def pointed_back(
        self, work: str | None, places: tuple[Place, ...], before: int
    ) -> tuple[str | None, tuple[Place, ...]]:
        """ "That Article" replaced by the article named last, with its act."""
        for place in places:
            for step in place:
                if step.numbers == ("that",):
                    return self.named_before(step, work, places, before)
        return work, places

    def named_before(
        self, step: Step, work: str | None, places: tuple[Place, ...], before: int
    ) -> tuple[str | None, tuple[Place, ...]]:
        for mention in reversed(self.found):
            if mention.start < before - LOOK_BACK:
                break
            for place in mention.places:
                index = next((i for i, s in enumerate(place) if s.kind == step.kind), None)
                if index is not None and place[index].numbers != ("this",):
                    outer = place[index]
                    if outer.kind == "article":
                        outer = replace(outer, numbers=outer.numbers[:1], last="")
                    head = (*place[:index], outer)
                    new = tuple(head + p[p.index(step) + 1 :] for p in places if step in p)
                    return mention.work, new
        return work or f"that {step.word}", places


def treaty(text: str, position: int) -> tuple[str, int] | None:
    """The treaty named at a position, under one name, and where its name ends."""
    for article in ("the ", "le ", ""):
        if text.startswith(article, position):
            position += len(article)
            break
    for pattern, name in TREATY:
        if found := pattern.match(text, position):
            return name, found.end()
    lone = LONE.match(text, position)
    return (THE_TREATY, lone.end()) if lone else None


def is_upward(chain: list[Segment]) -> bool:
    """Whether the chain goes from narrow to wide, by its last link."""
    return len(chain) > 1 and RANKS[chain[-1].kind] <= RANKS[chain[0].kind]


def is_wider(segment: Segment, than: Segment) -> bool:
    below = {"subparagraph", "point", "indent", "sentence"}
    return RANKS[segment.kind] < RANKS[than.kind] or (
        {segment.kind, than.kind} <= below and segment.steps[0] != than.steps[0]
    )


def is_narrower(segment: Segment, than: Segment) -> bool:
    if segment.steps[0].numbers[:1] in (("this",), ("that",)):
        return False
    if segment.kind == than.kind == "point":
        return style(segment.steps[0].numbers[0]) != style(than.steps[-1].numbers[-1])
    if {segment.kind, than.kind} == {"section", "article"}:
        return False
    if segment.kind == "article" and than.kind not in ("annex", "part"):
        return False
    if segment.kind in ("annex", "recital", "act"):
        return False
    below = {"subparagraph", "point", "indent", "sentence"}
    return RANKS[segment.kind] > RANKS[than.kind] or {segment.kind, than.kind} <= below


def says_something(mention: Mention) -> bool:
    """Whether it is more than "this Regulation"."""
    return bool(mention.work or mention.labels)
