"""A question in, the days it asks about out: "in spring 2016", "before the 2023 amendment", "now".

A month stands for its first day, a year for its middle, a season or quarter for a day inside it;
where a question asks what changed, each is the whole time that it names. Numbers and names of acts
are no dates, nor is when something in the asker's own story happened.
"""

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from clusterqa.types import Work

MONTH = (
    r"(January|February|March|April|May|June|July|August|September|October|November|December"
    r"|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)"
)
MONTHS = MONTH.strip("()").casefold().split("|")
YEAR = r"(?:19|20)\d\d"
# Parts of a year that people name, and a day (month, day) inside each.
PARTS = {
    r"spring|printemps|second quarter|q2|first half|2e trimestre": (4, 15),
    r"summer|été|mid(?:dle of)?|third quarter|q3|second half|3e trimestre|mi": (7, 15),
    r"autumn|fall|automne|fourth quarter|last quarter|q4|4e trimestre": (10, 15),
    r"winter|hiver|early|beginning of|start of|first quarter|q1|début|1er trimestre": (2, 1),
    r"late|end of|fin": (12, 1),
}
PART = "|".join(PARTS)
PRESENT = (
    r"now|today|nowadays|currently|at present|at the moment|these days|right now"
    r"|as things stand|aujourd['’]hui|actuellement|maintenant"
)
NOW = re.compile(rf"\b(?:{PRESENT})\b", re.IGNORECASE)
# What makes a year that of the asker's own story: "founded in 2019", "since 2021", "until 2030".
STORY = re.compile(
    r"\b(?:founded|established|created|registered|incorporated|set up|started|born|built|hired"
    r"|bought|acquired|merged|opened|joined|launched|moved|bankrupt|insolvent|running|since|until|till|by"
    r"|from|depuis|jusqu['’]en|créée?|fondée?)\s(?:(?:\w+\s){0,2}?)$",
    re.IGNORECASE,
)
DATED = re.compile(
    rf"\b(?P<iso>{YEAR}-\d\d-\d\d)\b"
    rf"|\b(?P<d>\d{{1,2}})[./](?P<m>\d{{1,2}})[./](?P<y>{YEAR})\b"
    r"|(?:\b(?P<day>\d{1,2})(?:er|st|nd|rd|th)?(?: of)? )?"
    rf"\b(?P<month>{MONTH}),? (?:of )?(?P<year>{YEAR})\b"
    rf"|\b(?P<part>{PART})(?: of| de)?(?: the year)?[ -](?P<within>{YEAR})\b"
    r"|\b(?:in|en|during|back in|of|for|as of|as at|the year|l['’]année|an?) "
    rf"(?P<alone>{YEAR})\b(?![/-])"
    r"(?! (?:R&D|framework|guideline|smart|recommendation|communication|GBER|regulation|working))"
    rf"|\b(?:since|from|depuis) (?P<since>{YEAR})\b"
    rf"|\b(?P<said>{YEAR}) (?=(?:version|wording|text|rules)\b)",
    re.IGNORECASE,
)
# What makes a year since when something holds one that is asked about: "changed since 2019".
CHANGE = re.compile(r"\b(?:chang|amend|differ|evolv|revis|modif|new\b)", re.IGNORECASE)
# A time with a beginning and an end: "between 2016 and today", "from 2014 to 2023".
TIME = rf"(?:(?:\d{{1,2}}(?:er|st|nd|rd|th)? )?{MONTH} )?{YEAR}(?:-\d\d-\d\d)?"
SPAN = re.compile(
    rf"\b(?:between|from|since|entre|de|depuis) (?P<first>{TIME})"
    rf" (?:and|to|until|till|et|à|jusqu['’]à|jusqu['’]en) (?P<last>{TIME}|{PRESENT})\b",
    re.IGNORECASE,
)
SINCE = re.compile(r"\b(?:since|from|depuis)(?: the)?\s$", re.IGNORECASE)
# An act by its number or as the amendment of a year, where a question asks what it changed.
NUMBER = re.compile(
    r"(?:\b(?:the|le|du) )?(?:\b(?:Commission|Council) )?(?:\b(?:Regulation|Règlement) )?"
    r"(?:\((?:EU|UE)\) )?(?:No )?(?<![\d/])(?P<number>\d{4}/\d{1,4})(?![\d/])",
    re.IGNORECASE,
)
REFORM = (
    r"(?:amend(?:ment|ing)|reform|revision|chang|updat|overhaul|modification|réforme|révision)\w*"
)
AMENDMENT = re.compile(
    rf"(?:\b(?:before|after|since|by|with|avant|après|depuis) )?(?:\b(?:the|la|l['’]) ?)?"
    rf"(?:\b(?P<first>{YEAR}) {REFORM}|\b{REFORM} (?:of|de) (?P<last>{YEAR}))"
    r"(?: (?:act|regulation))?",
    re.IGNORECASE,
)
CHANGED_BY = re.compile(
    rf"\b(?:did|by|with|through|after|before|since|par|avec|depuis) {NUMBER.pattern}", re.IGNORECASE
)
# Words that ask what changed, and by which a question compares two texts instead.
CHANGING = re.compile(
    r"\b(?:been )?(?:chang(?:ed?|es)|amend(?:ed|s)?|revised?|modif(?:y|ied)|evolved?|changé)\b",
    re.IGNORECASE,
)
COMPARING = re.compile(r"\b(?:differ|compare)", re.IGNORECASE)
ENDING = ("before", "prior to", "avant")
BEFORE = re.compile(r"\b(?:before|prior to|ahead of|avant)(?: the)?\s$", re.IGNORECASE)
AMENDED = re.compile(
    rf"\b(?P<side>before|prior to|after|since|avant|après|depuis) (?:the |la |le |l['’])?"
    rf"(?:(?P<first>{YEAR}) )?(?:amend\w+|reform|revision|chang\w+|updat\w+|overhaul|modification"
    rf"|réforme|révision)(?: (?:of|in|de) (?P<last>{YEAR}))?",
    re.IGNORECASE,
)  # fmt: skip


def days_in(question: str, works: Sequence[Work], today: date) -> tuple[date, ...]:
    """The days that a question asks about, in its order, each once; `today` for "now".

    "Before" a date or an amendment is the day before it, unless an earlier day is named beside it
    ("before the 2023 amendment, in 2022"); "after" an amendment is the day it began to apply. An
    amendment is known by the year of an act that amends one of the works.
    """
    found = {m.start(): amended_day(m, works) for m in AMENDED.finditer(question)}
    spans = [m.span() for m in AMENDED.finditer(question)]
    for match in DATED.finditer(question):
        if not any(start <= match.start() < end for start, end in spans):
            found[match.start()] = day_of(match)
    found |= {m.start(): today for m in NOW.finditer(question)}
    days = [(at, day) for at, day in sorted(found.items()) if day is not None]
    first = min((day for _, day in days), default=today)
    kept = [day for at, day in days if day == first or not is_before(question, at)]
    return tuple(dict.fromkeys(kept))


def is_before(question: str, at: int) -> bool:
    """Whether what is dated at an offset is the end of a time: "before" stands there or ahead."""
    amended = AMENDED.match(question, at)
    if amended:
        return amended["side"].casefold() in ENDING
    return bool(BEFORE.search(question[:at]))


def day_in(question: str, works: Sequence[Work], today: date) -> date | None:
    """The one day that a question asks about; None for none and for several."""
    found = days_in(question, works, today)
    return found[0] if len(found) == 1 else None


def without_days(question: str) -> str:
    """The question without its days, for asking the same of another one."""
    return without(question, AMENDED, DATED, NOW)


def without(question: str, *patterns: re.Pattern[str]) -> str:
    """The question without what the patterns match, its blanks mended."""
    for pattern in patterns:
        question = pattern.sub(" ", question)
    return re.sub(r"\s+(?=[?.!,;])|(?<=\s)\s+", "", question).strip()


def change_in(question: str, works: Sequence[Work], today: date) -> tuple[date, date] | None:
    """The two days that show what changed at the time a question names; None if it names none.

    They are the last before that day, month or year and the last in it, or `today` for a time
    "since" one; around an amending act, the days before and on which it began to apply.
    """
    span = SPAN.search(question)
    if span:
        return spanned(span, today)
    begun = amended_days(question, works)
    if begun:
        return min(begun) - timedelta(1), max(begun)
    found = [m for m in DATED.finditer(question) if m["since"] or day_of(m)]
    if len(found) != 1 or COMPARING.search(question) or BEFORE.search(text_before(found[0])):
        return None
    first, last = period(found[0])
    since = found[0]["since"] or SINCE.search(text_before(found[0]))
    return first - timedelta(1), max(first, today) if since else ended(first, last, today)


def spanned(span: re.Match[str], today: date) -> tuple[date, date] | None:
    """The first and the last day of a span of time; None where it is none."""
    starts, ends = (DATED.search(f"in {span[name]}") for name in ("first", "last"))
    try:
        first = period(starts)[0] if starts else today
        last = ended(first, period(ends)[1], today) if ends else today
    except ValueError:
        return None
    return (first, last) if first < last else None


def ended(first: date, last: date, today: date) -> date:
    """The last day of a time, but today for one that has begun and not ended."""
    return today if first <= today < last else last


def period(match: re.Match[str]) -> tuple[date, date]:
    """The first and the last day of what a match names; raises `ValueError` for no such day."""
    day = calendar_day(match)
    if match["iso"] or match["d"] or match["day"]:
        return day, day
    if match["month"]:
        return day, day.replace(day=monthrange(day.year, day.month)[1])
    return date(day.year, 1, 1), date(day.year, 12, 31)


def text_before(match: re.Match[str]) -> str:
    return match.string[: match.start()]


def amended_days(question: str, works: Sequence[Work]) -> list[date]:
    """The days from which the amending acts apply that a question names by number or by year."""
    numbers = {m["number"] for m in NUMBER.finditer(question)}
    years = {int(m["first"] or m["last"]) for m in AMENDMENT.finditer(question)}
    return [
        source.valid_from
        for work in works
        if work.amends
        for source in work.sources
        if source.valid_from
        and (numbers & {*work.short_title.split(), *work.names} or source.valid_from.year in years)
    ]


def without_change(question: str) -> str:
    """A question of what changed without what asks it: "How has the ceiling changed since 2014?"

    What is left says where the change is looked for.
    """
    return without(question, SPAN, AMENDMENT, CHANGED_BY, CHANGING)


def day_of(match: re.Match[str]) -> date | None:
    """The day that a match stands for; None if there is no such day or it is not asked about."""
    before = text_before(match)
    if (match["alone"] or match["within"]) and STORY.search(before):
        return None
    if match["since"] and not CHANGE.search(before):
        return None
    try:
        day = calendar_day(match)
    except ValueError:
        return None
    return day - timedelta(1) if BEFORE.search(before) else day


def calendar_day(match: re.Match[str]) -> date:
    if match["iso"]:
        return date.fromisoformat(match["iso"])
    if match["d"]:
        return date(int(match["y"]), int(match["m"]), int(match["d"]))
    if match["month"]:
        month = MONTHS.index(match["month"].casefold()) % 12 + 1
        return date(int(match["year"]), month, int(match["day"] or 1))
    if match["part"]:
        part = match["part"]
        days = next(d for names, d in PARTS.items() if re.fullmatch(names, part, re.IGNORECASE))
        return date(int(match["within"]), *days)
    return date(int(match["alone"] or match["said"] or match["since"]), 7, 1)


def amended_day(match: re.Match[str], works: Sequence[Work]) -> date | None:
    """The last day before an amendment, or its first; None for an amendment that is not known.

    Without a year it is the latest.
    """
    year = match["first"] or match["last"]
    begun = [
        source.valid_from
        for work in works
        if work.amends
        for source in work.sources
        if source.valid_from and (not year or source.valid_from.year == int(year))
    ]
    if not begun:
        return None
    before = match["side"].casefold() in ENDING
    return max(begun) - timedelta(1) if before else max(begun)
