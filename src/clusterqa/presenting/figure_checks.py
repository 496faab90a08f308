"""The result of a check in, its sentences in a reader's language out.

Limits are said as the law writes them: "EUR 7,5 million" where it says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from clusterqa.answers import CheckedFigure, CheckResult, Designation
from clusterqa.presenting.catalogue import ENGLISH, Words

MILLION = 1_000_000


def in_english(result: CheckResult) -> CheckResult:
    """The result with its sentence in English, as it goes over the wire."""
    return replace(result, message=check_text(result, ENGLISH))


def check_text(result: CheckResult, words: Words) -> str:
    """What figures amount to: yes or no where that was asked, the category, the limits."""
    said = {"category": of_category, "none": of_category, "open": of_category}
    if result.outcome == "rules":
        return of_rules(result, words) + "."
    if result.unit == "%":
        text = of_share(result, words)
    elif result.outcome in said:
        text = of_category(result, words)
    else:
        text = of_limit(result, words)
    return words(f"check.{opening(result)}", said=text) + "."


def opening(result: CheckResult) -> str:
    """The key of the words that a result begins with."""
    return "open" if result.outcome == "open" else result.answer or "neither"


def unchecked_text(result: CheckResult, words: Words) -> str:
    """What was not checked; empty for nothing."""
    matters = "; ".join(name_of(one, words) for one in result.unchecked)
    return words("check.unchecked", matters=matters) if matters else ""


def name_of(one: Designation, words: Words) -> str:
    return in_language(one.said, words)


def in_language(said: Mapping[str, str], words: Words) -> str:
    """Words in a reader's language, else in English, else in any."""
    return said.get(words.language) or said.get("en") or next(iter(said.values()), "")


# -- categories -----------------------------------------------------------------------------------


def of_category(result: CheckResult, words: Words) -> str:
    """ "medium-sized (fewer than 250 staff; turnover not more than EUR 50 million or …)"."""
    limits = limits_text(result.figures, words)
    missing = either([name_of(one, words) for one in result.missing], words)
    if result.outcome == "open":
        return words("check.depends", missing=missing, limits=limits)
    category = in_language(result.said, words)
    if result.maybe and missing:
        smaller = either([name_of(one, words) for one in result.maybe], words)
        return words(
            "check.smaller", category=category, limits=limits, smaller=smaller, missing=missing
        )
    return words("check.category", category=category, limits=limits)


def of_rules(result: CheckResult, words: Words) -> str:
    """ "micro (fewer than 10 staff; …); small (…); medium-sized (…)"."""
    rules = {one.rule.id: one.rule for one in result.figures}
    told = [
        words(
            "check.category",
            category=name_of(rule, words),
            limits=limits_text([one for one in result.figures if one.rule.id == name], words),
        )
        for name, rule in rules.items()
    ]
    text = words("list.joined").join(told)
    return text[:1].upper() + text[1:]


def limits_text(figures: Sequence[CheckedFigure], words: Words) -> str:
    """The limits of a category: that of the head count, then those of which one is enough."""
    counts = [one for one in figures if one.comparison == "below"]
    amounts = [one for one in figures if one.comparison == "at_most"]
    each = "; ".join(limit_text(one, words) for one in counts)
    some = either([limit_text(one, words) for one in amounts], words)
    return words("check.limits", each=each, either=some) if each and some else each or some


def limit_text(one: CheckedFigure, words: Words) -> str:
    key = "below_count" if one.comparison == "below" else "at_most"
    return words(f"check.{key}", written=one.written, measure=name_of(one.measure, words))


def either(items: Sequence[str], words: Words) -> str:
    """ "a, b or c"; empty for none."""
    *others, last = items or [""]
    return words("check.or", first=", ".join(others), second=last) if others else last


# -- limits and shares ----------------------------------------------------------------------------


def of_limit(result: CheckResult, words: Words) -> str:
    """ "above EUR 100 000; it must be published"."""
    (figure,) = result.figures[:1]
    text = words(
        f"check.{result.outcome}", written=figure.written, said=in_language(result.said, words)
    )
    if not figure.parts or figure.given is None:
        return text
    parts = " + ".join(number_text(part, figure.unit, words) for part in figure.parts)
    total = number_text(figure.given, figure.unit, words)
    return words("check.sum", parts=parts, total=total, said=text)


def of_share(result: CheckResult, words: Words) -> str:
    """ "up to 70 % (50 %, 20 percentage points more for small enterprise)"."""
    limit, most = (number_text(one or 0, "%", words) for one in (result.limit, result.most))
    told = [one for one in result.figures if one.comparison != "plus" or one.holds]
    parts = ", ".join(part_text(one, words) for one in told)
    if result.outcome == "beyond":
        key = "beyond_all" if result.maybe else "beyond" if len(told) > 1 else "beyond_plain"
        return words(f"check.share_{key}", limit=most, parts=parts)
    key = "within" if len(told) > 1 else "within_plain"
    more = [name_of(one, words) for one in result.maybe]
    if more and result.limit != result.most:
        increases = ", ".join(more)
        return words("check.share_open", limit=limit, parts=parts, most=most, increases=increases)
    return words(f"check.share_{key}", limit=limit, parts=parts)


def part_text(one: CheckedFigure, words: Words) -> str:
    """A base, an increase or a ceiling."""
    if one.comparison == "plus":
        return words("check.plus", written=one.written, rule=name_of(one.rule, words))
    return words("check.ceiling", written=one.written) if one.rule.id == "ceiling" else one.written


def number_text(value: float, unit: str, words: Words) -> str:
    """A reader's figure, or one that was computed, as the law would write it."""
    if unit == "EUR" and value >= MILLION and value % (MILLION / 100) == 0:
        return words("check.amount_millions", number=digits(value / MILLION, words))
    key = {"EUR": "amount", "%": "share", "year": "years"}.get(unit)
    return words(f"check.{key}", number=digits(value, words)) if key else digits(value, words)


def digits(value: float, words: Words) -> str:
    """A number with blanks between thousands and the language's sign before its decimals."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return text.replace(",", " ").replace(".", words("check.decimal"))
