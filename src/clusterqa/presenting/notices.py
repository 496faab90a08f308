"""A notice in, its sentences in a reader's language out.

The catalogue has the sentences of each code; of several, that one is said which says most of the
facts. So whoever leaves facts out, as a page that has links for ids, gets a shorter sentence.
"""

from collections.abc import Container
from typing import Final

from clusterqa.answers import DaySpan, Draft, Facts, Notice
from clusterqa.presenting.catalogue import Words

FOR_OPERATORS: Final = ("remedy", "sources")  # commands and ids, which mean nothing to other people
AFTERWARDS = ("verbatim", "dropped", "remedy")  # sentences of their own


def message(notice: Notice, words: Words, *, unsaid: Container[str] = ()) -> str:
    """What a notice says; `unsaid` are names of facts to leave out."""
    found = phrases(notice.facts, words).items()
    said = {name: text for name, text in found if text and name not in unsaid}
    first = words.fullest(f"notice.{notice.code}", said)
    return " ".join([first, *(said[name] for name in AFTERWARDS if name in said)])


def phrases(facts: Facts, words: Words) -> dict[str, str]:
    """The facts as they stand in the braces of the catalogue; empty where there is none."""
    work = words.act(facts.work or "")
    laws = zip(facts.works, facts.days, strict=False)
    return {
        "work": work,
        "label": facts.label or "",
        "place": f"{work}, {facts.label}" if work and facts.label else "",
        "works": ", ".join(map(words.act, facts.works)),
        "laws": ", ".join(
            words("list.dated", name=words.act(n), date=words.date(day)) for n, day in laws
        ),
        "parts": parts(facts, words),
        "sources": ", ".join(facts.sources),
        "day": words.date(facts.day) if facts.day else "",
        "since": words.date(facts.since) if facts.since else "",
        "until": words.date(facts.until) if facts.until else "",
        "times": words.both([time(span, words) for span in facts.times]),
        "language": words.language_name(facts.language) if facts.language else "",
        "languages": words.both([words.language_name(code) for code in facts.languages]),
        "asked": ", ".join(facts.asked),
        "words": ", ".join(words("list.quoted", words=one) for one in facts.words),
        "said": ", ".join(facts.said),
        "points": str(facts.points or ""),
        "shown": str(facts.shown or ""),
        "outcome": outcome(facts, words),
        "lacks": words(f"lacks.{facts.lacks}") if facts.lacks else "",
        "remedy": remedy(facts, words),
        **(of_draft(facts.draft, words) if facts.draft else {}),
    }


def remedy(facts: Facts, words: Words) -> str:
    """How a missing text comes here, with the group to name where there is one."""
    if facts.remedy == "sync" and facts.group:
        return words("remedy.sync_group", group=facts.group)
    return words(f"remedy.{facts.remedy}") if facts.remedy else ""


def of_draft(draft: Draft, words: Words) -> dict[str, str]:
    """What there is to say of a language model's draft."""
    cause, left = draft.cause, draft.sentences - draft.confirmed if draft.confirmed else 0
    return {
        "model": draft.model,
        "cause": words(f"cause.{cause}", host=draft.host, status=draft.status) if cause else "",
        "sentences": sentences(draft.sentences, words),
        "verbatim": words("draft.verbatim") if draft.verbatim else "",
        "dropped": words("draft.dropped", sentences=sentences(left, words)) if left else "",
    }


def sentences(number: int, words: Words) -> str:
    return words.counted("draft.sentences", number) if number else ""


def parts(facts: Facts, words: Words) -> str:
    """ "(2), (4) and 3 more that are not shown": what changed, without what its place says."""
    place = facts.label if facts.outcome and facts.label else ""
    shown = [label.removeprefix(place) for label in facts.labels]
    more = [words.counted("outcome.more", facts.hidden)] if facts.hidden else []
    return words.both([*shown, *more])


def time(span: DaySpan, words: Words) -> str:
    """`from 1 July 2014 to 31 December 2026`, without the end that is open."""
    ends = {"first": span.first, "last": span.last}
    said = {name: words.date(day) for name, day in ends.items() if day}
    keys = {("first", "last"): "from_to", ("first",): "since", ("last",): "until"}
    return words(f"date.{keys.get(tuple(said), 'always')}", **said)


def outcome(facts: Facts, words: Words) -> str:
    """What became of a provision between two days."""
    if facts.outcome is None or facts.since is None or facts.until is None:
        return ""
    said = {"since": words.date(facts.since), "until": words.date(facts.until)}
    if facts.labels:
        said["parts"] = parts(facts, words)
    return words.fullest(f"outcome.{facts.outcome}", said)
