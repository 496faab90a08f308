"""Names of acts as citations write them, in English and French, and the works they stand for.

An act is found by type, year and number: "Regulation (EU) No 651/2014" is ("R", 2014, 651), as in
CELEX 32014R0651. Until 2014 a regulation put its number first, since 2015 the year comes first.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from clusterqa.types import Source, Work

MONTH = r"[A-Za-zéûô]+"
TYPES = (
    r"Regulations?|Directives?|Decisions?|Recommendations?"
    r"|[Rr]èglements?|[Dd]irectives?|[Dd]écisions?|[Rr]ecommandations?"
)
NUMBERED = (
    r"(?:\((?:EU|EC|EEC|Euratom|ECSC|UE|CE|CEE)(?:, Euratom)?\) )?(?:[Nn][o°º]s? ?)?"
    r"\d{1,4}/\d{1,4}(?:/(?:EC|EEC|EU|JHA|Euratom|ECSC|CFSP|CE|CEE|UE|JAI|CECA|PESC)\b)?(?![\d/])"
)
# An act as questions name it, by its number alone or with what stands before it.
NUMBERED_ACT = re.compile(
    r"(?:\b(?:Regulation|Directive|Decision|Recommendation|Règlement|Décision|Recommandation)s?\s)?"
    r"(?:\((?:EU|EC|EEC|UE|CE|CEE)\)\s)?(?:\bN[o°º]\.?\s?)?"
    r"(?<![\d/.,])(?P<first>\d{1,4})/(?P<second>\d{2,4})(?:/[A-Z]{2,3}\b)?(?![\d/])",
    re.IGNORECASE,
)
MARK = r"(?: \( ?\*?\d+ ?\))?"  # a footnote's number
ACT = re.compile(
    r"(?:the )?(?:(?:Commission|Council|European Parliament and Council) )?"
    r"(?:(?:Delegated|Implementing|Framework) )?"
    rf"(?P<type>{TYPES})(?: d'exécution| déléguée?)? (?P<number>{NUMBERED})"
)
AUTHOR = re.compile(
    r"(?: of the European Parliament and(?: of)? the Council| du Parlement européen et du Conseil"
    r"| of the Council| of the Commission| du Conseil| de la Commission)?"
    rf"(?: (?:of|du) \d{{1,2}}(?:er)? {MONTH} \d{{4}})?"
)
MORE = re.compile(rf"{MARK},? (?:(?:and/or|and|or|et|ou) )?(?P<number>{NUMBERED})")
FUNCTIONING, EC_TREATY = "Treaty on the Functioning of the European Union", "EC Treaty"
THE_TREATY = "the Treaty"  # which one that is, says the year of the act in which it is cited
TREATIES = (
    (
        r"[Tt]reaty o[nf] the [Ff]unctioning of the European Union|TFEU\b|TFUE\b"
        r"|traité sur le fonctionnement de l['’]Union européenne",
        FUNCTIONING,
    ),
    (
        r"[Tt]reaty on European Union|TEU\b|TUE\b|traité sur l['’]Union européenne",
        "Treaty on European Union",
    ),
    (
        r"[Tt]reaty establishing the European Atomic Energy Community|Euratom Treaty"
        r"|EAEC Treaty|traité Euratom",
        "Euratom Treaty",
    ),
    (
        r"[Tt]reaty establishing the European (?:Economic )?Community|E?EC Treaty|TEC\b"
        r"|traité CE\b",
        EC_TREATY,
    ),
    (r"Agreement on the European Economic Area|EEA Agreement|accord EEE", "EEA Agreement"),
)
LONE_TREATY = r"(?P<treaty>Treaty|traité)(?! of | de Lisbonne|s)"
NOTICE = re.compile(r"\b\d{4}/C \d+/\d+\b")
JOURNAL = re.compile(
    r"\b(?:OJ|JO) (?:No )?(?P<series>[LC])(?: (?P<issue>\d+ ?[A-Z]?))?"
    r"(?:, (?P<act>(?:C/)?\d{4}/\d+))?(?: ?,| du|) (?P<date>\d{1,2}\.\d{1,2}\.\d{4})"
    r"(?:, p\. ?(?P<page>\d+)(?:[-–]\d+)?)?"
)
CELEX = re.compile(r"\b[03]\d{4}[A-Z]\d{4}(?:-\d{8})?\b|\b5\d{4}X[CG]\d{4}\(\d\d\)")
ELI = re.compile(r"http://data\.europa\.eu/eli/[^\s)]*[^\s).,;]")
# The EC Treaty's State aid and competition articles, as numbered since 1 December 2009
# (Treaty of Lisbon, tables of equivalences, OJ C 326, 26.10.2012, p. 363).
RENUMBERED = {"81": "101", "82": "102", "86": "106", "87": "107", "88": "108", "89": "109"}
LISBON = 2009
YEAR_FIRST = 2015  # from then on acts are numbered by year and number
TREATY_CELEX = re.compile(r"1(\d{4})([AEM])")  # its first consolidation as the TFEU is 12008E
LETTERS = {
    "regulation": "R", "règlement": "R", "directive": "L", "decision": "D", "décision": "D",
    "recommendation": "H", "recommandation": "H",
}  # fmt: skip

Key = tuple[str, int, int]


def act_name(type_: str, number: str) -> str:
    """The name under which an act is kept: its type in the singular and its number."""
    return f"{type_.removesuffix('s')} {number}"


NUMBERED_TYPES = {"R": "Regulation", "L": "Directive", "D": "Decision"}


def celex_name(celex: str) -> str:
    """What an act is called by its CELEX number: "Regulation (EU) 2023/1315"; else the number.

    Until 2014 a regulation's number came first, after "No"; the Union's acts have been "(EU)" since
    the Treaty of Lisbon.
    """
    found = re.fullmatch(r"3(\d{4})([RLD])(\d{4})(R\(\d+\))?", celex)
    if not found:
        return celex
    if found[4]:
        return f"the corrigendum to {celex_name(celex.removesuffix(found[4]))}"
    year, number, kind = int(found[1]), int(found[3]), NUMBERED_TYPES[found[2]]
    community = "EU" if year > LISBON else "EC"
    if year >= YEAR_FIRST:
        return f"{kind} (EU) {year}/{number}"
    if found[2] == "R":
        return f"{kind} ({community}) No {number}/{year}"
    return f"{kind} {year}/{number}/{community}"


def act_key(name: str) -> Key | None:
    """(CELEX letter, year, number) of an act's name, or None if it is not such a name."""
    found = re.search(rf"({'|'.join(LETTERS)})\b.*?(\d+)/(\d+)(/[A-Z])?", name, re.IGNORECASE)
    if not found:
        return None
    first, second = int(found[2]), int(found[3])
    number_first = bool(re.search(r"\bn[o°º]", name, re.IGNORECASE)) or (
        not found[4] and not 2015 <= first <= 2099 and not re.search(r"\((EU|UE)\)", name)
    )
    year, number = (second, first) if number_first else (first, second)
    return (LETTERS[found[1].lower()], year + 1900 if year < 100 else year, number)


def numbered_acts(question: str) -> Iterator[re.Match[str]]:
    """The acts that a question names by their numbers, `first` and `second`, in either order.

    A bare number is an act's if it is no time, as "2014/15" and "2021/2027" are.
    """
    for match in NUMBERED_ACT.finditer(question):
        bare = match.group()[0].isdigit()
        if not bare or looks_like_an_act(*match.group("first", "second")):
            yield match


def abbreviations(works: Iterable[Work]) -> set[str]:
    """What works are called in one word of capitals, "GBER"."""
    names = {name for work in works for name in (work.short_title, *work.names)}
    return {name for name in names if name.isalpha() and name.isupper()}


def act_numbers(work: Work) -> set[frozenset[int]]:
    """Year and number of the acts that a work is known as, in either order."""
    names = " ".join((work.short_title, work.title.partition(" of ")[0], *work.names))
    pairs = re.findall(r"(\d+)/(\d+)", names)
    for source in work.sources:
        pairs += re.findall(r"^[03](\d{4})[A-Z](\d{4})", source.celex or "")
    return {frozenset(map(int, pair)) for pair in pairs}


def looks_like_an_act(first: str, second: str) -> bool:
    """Whether one of two numbers is a year and the other, of three digits or more, is none."""
    years = [len(part) == 4 and 1950 <= int(part) <= 2099 for part in (first, second)]
    return sum(years) == 1 and min(len(first), len(second)) >= 3


def celex_key(celex: str) -> Key | None:
    found = re.fullmatch(r"[03](\d{4})([A-Z])(\d{4})(?:-\d{8})?", celex)
    return (found[2], int(found[1]), int(found[3])) if found else None


def treaty_names(celex: str) -> Iterator[str]:
    """The names under which a treaty is kept, in small letters; none for another act's number."""
    found = TREATY_CELEX.match(celex)
    if not found:
        return
    if found[2] == "E" and int(found[1]) >= LISBON - 1:
        yield from (FUNCTIONING.casefold(), THE_TREATY.casefold())
    else:
        names = {"E": EC_TREATY, "M": "Treaty on European Union", "A": "Euratom Treaty"}
        yield names[found[2]].casefold()


def journal_key(text: str) -> tuple[str, ...] | None:
    """Series, issue, act, date and first page of an Official Journal reference."""
    found = JOURNAL.search(text)
    return tuple((found[n] or "") for n in JOURNAL.groupindex) if found else None


class Works:
    """The works of a manifest, asked for by any of the names a citation may give them."""

    def __init__(self, works: Iterable[Work]) -> None:
        self.works = tuple(works)
        self.by_source = {s.id: (work, s) for work in self.works for s in work.sources}
        self.keys: dict[object, str] = {}
        for work in self.works:
            notices = filter(NOTICE.fullmatch, work.names)
            for name in (work.id, work.short_title, work.title, *work.cited_as, *notices):
                self.keys.setdefault(name.casefold(), work.id)
            for source in work.sources:
                for key in source_keys(source):
                    self.keys.setdefault(key, work.id)

    def find(self, name: str) -> str | None:
        """The id of the work that bears this name, number, CELEX, ELI or OJ reference."""
        for key in (name.casefold(), act_key(name), celex_key(name), journal_key(name)):
            if key in self.keys:
                return self.keys[key]
        return None

    @cached_property
    def cited_as(self) -> tuple[str, ...]:
        """The names by which texts cite the works."""
        return tuple(name for work in self.works for name in work.cited_as)

    @cached_property
    def treaty(self) -> Work | None:
        """The work that acts call "the Treaty"; None if it is not among them."""
        found = self.find(THE_TREATY)
        return next((work for work in self.works if work.id == found), None)

    def has_language(self, work: str, language: str) -> bool:
        return any(s.language == language for w, s in self.by_source.values() if w.id == work)

    def own(self, source: str) -> str | None:
        """The id of the work that a document is a version of."""
        found = self.by_source.get(source)
        return found[0].id if found else None

    def is_before_lisbon(self, source: str) -> bool:
        """Whether "the Treaty" in this document is the EC Treaty, by the year in its CELEX."""
        found = re.match(r"[035](\d{4})", source)
        return bool(found) and int(found[1]) < LISBON  # type: ignore[index]


def source_keys(source: Source) -> Iterable[object]:
    if source.celex:
        yield source.celex.casefold()
        yield from treaty_names(source.celex)
        if key := celex_key(source.celex):
            yield key
    if source.eli:
        yield source.eli.casefold()
    if source.oj and (journal := journal_key(source.oj)):
        yield journal
