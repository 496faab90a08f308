"""A question's figures in, results of the checks that it is about or is answered by out.

Only what is clear in a question is put against a rule: a figure that may be of several things is
not, and nothing is said where nothing can be compared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from clusterqa.answering.figure_checks import Compilation, is_of, measures_taken
from clusterqa.answers import CheckResult, Citation
from clusterqa.corpus.thresholds import FigureCheck, Threshold
from clusterqa.index import Library
from clusterqa.law.assessment import Assessment, Situation, weigh
from clusterqa.law.thresholds import standing
from clusterqa.query.given import GivenFigures, every_form, phrase, plain, single
from clusterqa.query.understanding import Query

Replied = Literal["yes", "no"] | None


def checks_of(
    library: Library, query: Query, citations: Sequence[Citation]
) -> tuple[CheckResult, ...]:
    """The results for the figures of a question that rules it is about, or is answered by, compare.

    Empty where no figure is clearly of what a rule compares. A question that gives none and names
    every category of a check gets the limits of all of them.
    """
    made = Compilation(library, query.as_of, query.language)
    given = with_size(made, query.given) if query.given.any else query.given
    results = (
        found
        for check in bearing(made, given, citations)
        for found in of(made, check, given, query)
    )
    return tuple(results if query.given.any else ()) or tuple(every_category(made, query))


def every_category(made: Compilation, query: Query) -> Iterator[CheckResult]:
    """The limits of all categories of each check that a question names all of."""
    said = plain(query.text)
    for check in made.thresholds.check:
        names = [phrase(names_of(rule)) for rule in check.rule if check.kind == "category"]
        if not names or not all(name.search(said) for name in names):
            continue
        rules = standing(made.library, check, made.day, made.language)
        weighed = tuple(one for rule in rules for one in weigh(rule, Situation({})))
        if len(rules) == len(check.rule):
            yield made.result(check, Assessment("rules", weighed), None)


def names_of(rule: Threshold) -> tuple[str, ...]:
    """What a category may be called, in whichever language, alone or among others."""
    called = [*every_form(rule.asked or {}), *map(plain, (rule.said or {}).values())]
    first = [name.replace("-", " ").split()[0] for name in called]
    return tuple(dict.fromkeys(form for name in (*called, *first) for form in (name, f"{name}s")))


def bearing(
    made: Compilation, given: GivenFigures, citations: Sequence[Citation]
) -> Iterator[FigureCheck]:
    """The checks that a question is about by its words, or is answered by."""
    for check in made.thresholds.check:
        named = check.id in given.subjects or any(one == check.id for one, _ in given.categories)
        cited = any(is_of(check, one.document.work, one.locator.label) for one in citations)
        if cited or (named and given.circumstances.issuperset(check.requires)):
            yield check


def with_size(made: Compilation, given: GivenFigures) -> GivenFigures:
    """What is given, with what follows from it: an enterprise's figures say its size."""
    for check in made.thresholds.check:
        situation = Situation(singles(made, given, check), given.circumstances)
        found = (
            made.assessed(check, situation)
            if check.kind == "category" and situation.figures
            else None
        )
        if found is not None and not found.maybe:
            met = next((rule for rule in check.rule if rule.id == found.category), None)
            means = met.means if met else check.none_means
            if means and found.outcome in ("category", "none"):
                return replace(given, circumstances=given.circumstances | {means})
    return given


def singles(made: Compilation, given: GivenFigures, check: FigureCheck) -> dict[str, float]:
    """The figures of the measures that a check compares, of which there is one each."""
    values = {
        name: single(given.figures.get(name, ())) for name in measures_taken(check, made.thresholds)
    }
    return {name: value for name, value in values.items() if value is not None}


def of(
    made: Compilation, check: FigureCheck, given: GivenFigures, query: Query
) -> Iterator[CheckResult]:
    """The result of a check for a question; none if it gives nothing that can be compared."""
    adding = given.adding or len(query.days) > 1  # amounts of several times are parts of a total
    given = replace(given, adding=adding, open=given.open and not query.form.yes_no)
    figures, parts = singles(made, given, check), amounts(made, check, given)
    if check.takes and parts:
        figures[check.takes] = sum(parts)
    elif check.takes and check.takes in figures:
        del figures[check.takes]
    situation = Situation(figures, given.circumstances)
    found = made.assessed(check, situation)
    if found is None or found.outcome == "up_to":
        return
    result = made.result(check, found, replied(check, found, given))
    if len(parts) > 1:
        summed = (
            replace(one, parts=parts) if one.measure.id == check.takes else one
            for one in result.figures
        )
        result = replace(result, figures=tuple(summed))
    yield result


def amounts(made: Compilation, check: FigureCheck, given: GivenFigures) -> tuple[float, ...]:
    """The figures of a question that are of what a check takes: one, or several to be added up.

    One that is of no measure counts if nothing else can be meant by it. Of a total that is limited
    one part decides nothing where others may be parts too.
    """
    if not check.takes:
        return ()
    own = given.figures.get(check.takes, ())
    loose = given.loose.get(made.thresholds.unit_of(check.takes), ())
    if check.adds and given.adding:
        return (*own, *loose)
    found = (*own, *loose) if check.adds else own or loose
    return found if len(found) == 1 else ()


def replied(check: FigureCheck, found: Assessment, given: GivenFigures) -> Replied:
    """Yes or no to a question; None if it asks for neither or these figures do not decide."""
    if given.open or found.outcome in ("open", "up_to"):
        return None
    if check.kind == "category":
        return said_of_category(check, found, given)
    yes = found.outcome == "beyond"
    if check.kind == "intensity" or check.beyond_means_no:
        yes = yes if given.too_high else not yes
    return "yes" if yes != (check.id in given.round) else "no"


def said_of_category(check: FigureCheck, found: Assessment, given: GivenFigures) -> Replied:
    """Whether the category that is met is the one that is asked for, or one of all."""
    if check.id in given.subjects:
        return "yes" if found.outcome == "category" else "no"
    asked = [rule for rule in check.rule if (check.id, rule.id) in given.categories]
    if len(asked) != 1 or asked[0].id in found.maybe:
        return None
    met = next((rule for rule in check.rule if rule.id == found.category), None)
    return "yes" if met is not None and is_one_of(met, asked[0], check) else "no"


def is_one_of(met: Threshold, asked: Threshold, check: FigureCheck) -> bool:
    """Whether what is met is what is asked, or is what follows from it: a micro is a small one."""
    return met.id == asked.id or (bool(met.means) and met.means == asked.means == asked.id)
