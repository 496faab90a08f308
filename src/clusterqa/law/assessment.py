"""Figures and rules that stand in, what comes of it out: met, not met, or not decided by these.

What is not known stays open: a rule that needs a turnover or a balance sheet total and is given
neither is not said to be met, nor to be missed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from clusterqa.answers import CheckOutcome
from clusterqa.corpus.thresholds import Circumstance, FigureCheck, Limit
from clusterqa.law.thresholds import Standing

PLACES = 6  # decimals to which a share is compared: 2/3 of costs are not 66.666667 %


@dataclass(frozen=True, slots=True)
class Weighed:
    """A limit of a standing rule, the figure given for it, and whether that keeps to it.

    `figure` is the limit's as the law writes it. `holds` of an increase is whether it counts, None
    where it only may.
    """

    standing: Standing
    limit: Limit
    figure: str
    given: float | None
    holds: bool | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """What figures amount to under a check.

    `category` is the rule that is met, `maybe` those that may be met besides: smaller categories,
    or increases that nothing was said of. `limit` is the figure that was kept to or not, `most` the
    highest that it can become. `figures` are measures that would decide what is open.
    """

    outcome: CheckOutcome
    weighed: tuple[Weighed, ...]
    category: str | None = None
    maybe: tuple[str, ...] = ()
    limit: float | None = None
    most: float | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """What is given: figures by measure, and the circumstances that hold."""

    figures: Mapping[str, float]
    circumstances: frozenset[str] = frozenset()


def assess(
    check: FigureCheck,
    rules: Sequence[Standing],
    situation: Situation,
    known: Sequence[Circumstance],
) -> Assessment | None:
    """What a situation amounts to; None if no rule is about it or nothing can be compared.

    `known` are the circumstances there are.
    """
    if check.kind == "category":
        return category(rules, situation)
    if check.kind == "limit":
        return kept_to(rules, situation)
    return intensity(rules, situation, known)


# -- categories -----------------------------------------------------------------------------------


def category(rules: Sequence[Standing], situation: Situation) -> Assessment | None:
    """The first rule that is met, those before it that may be, or that none is."""
    if not any(one.measure in situation.figures for rule in rules for one in rule.rule.limits):
        return None
    met = [is_met(rule, situation) for rule in rules]
    maybe = tuple(r.rule.id for r, m in zip(rules, met, strict=True) if m is None)
    if True in met:
        found = rules[met.index(True)]
        smaller = tuple(r.rule.id for r in rules[: met.index(True)] if r.rule.id in maybe)
        undecided = [r for r in rules if r.rule.id in smaller]
        return Assessment(
            "category", weigh(found, situation), found.rule.id, smaller,
            missing=missing(undecided[:1], situation),
        )  # fmt: skip
    if maybe:
        widest = [rule for rule in rules if rule.rule.id in maybe][-1]
        return Assessment(
            "open",
            weigh(widest, situation),
            widest.rule.id,
            maybe,
            missing=missing([widest], situation),
        )
    return Assessment("none", weigh(rules[-1], situation))


def is_met(standing: Standing, situation: Situation) -> bool | None:
    """Whether each of `all` and one of `any` is kept to; None where that is not known."""
    rule = standing.rule
    each = [keeps(one, situation) for one in rule.all]
    some = [keeps(one, situation) for one in rule.any]
    either = True if True in some or not some else None if None in some else False
    values = [*each, either]
    return False if False in values else None if None in values else True


def keeps(limit: Limit, situation: Situation) -> bool | None:
    """Whether a situation keeps to a limit; None if it gives no figure of its measure."""
    given = situation.figures.get(limit.measure)
    if given is None:
        return None
    return given < limit.figure if limit.comparison == "below" else given <= limit.figure


def weigh(standing: Standing, situation: Situation) -> tuple[Weighed, ...]:
    """Every limit of a rule beside what is given for it."""
    return tuple(
        Weighed(
            standing, limit, said, situation.figures.get(limit.measure), keeps(limit, situation)
        )
        for limit, said in zip(standing.rule.limits, standing.figures, strict=True)
    )


def missing(rules: Sequence[Standing], situation: Situation) -> tuple[str, ...]:
    """The measures that rules need and a situation does not give, each once."""
    found = (one.measure for rule in rules for one in rule.rule.limits)
    return tuple(dict.fromkeys(name for name in found if name not in situation.figures))


# -- limits ---------------------------------------------------------------------------------------


def kept_to(rules: Sequence[Standing], situation: Situation) -> Assessment | None:
    """Whether the limit for the circumstances is kept to."""
    found = best(rules, situation)
    if found is None:
        return None
    weighed = weigh(found, situation)
    if weighed[0].holds is None:
        return None
    outcome: CheckOutcome = "within" if weighed[0].holds else "beyond"
    return Assessment(outcome, weighed, limit=weighed[0].limit.figure)


def best(rules: Sequence[Standing], situation: Situation) -> Standing | None:
    """The rule for the most of the circumstances; None if there is none or they are several."""
    fitting = [rule for rule in rules if situation.circumstances.issuperset(rule.rule.given)]
    most = max((len(rule.rule.given) for rule in fitting), default=0)
    closest = [rule for rule in fitting if len(rule.rule.given) == most]
    return closest[0] if len(closest) == 1 else None


# -- intensities ----------------------------------------------------------------------------------


def intensity(
    rules: Sequence[Standing], situation: Situation, known: Sequence[Circumstance]
) -> Assessment | None:
    """What share of the costs may be aided: a base and its increases up to a ceiling."""
    base = best([rule for rule in rules if rule.rule.role == "base"], situation)
    if base is None:
        return None
    own = [rule for rule in rules if not rule.rule.of or base.rule.id in rule.rule.of]
    possible = [
        rule
        for rule in own
        if rule.rule.role == "increase" and not is_excluded(rule.rule.given, situation, known)
    ]
    counted = highest([r for r in possible if situation.circumstances.issuperset(r.rule.given)])
    groups = {rule.rule.group for rule in counted}
    others = [rule for rule in possible if rule.rule.group not in groups or is_more(rule, counted)]
    ceiling = next((rule for rule in own if rule.rule.role == "ceiling"), None)
    limit, most = total(base, counted, ceiling), total(base, highest(possible), ceiling)
    outcome = judged(asked(situation), limit, most)
    others = others if outcome != "within" else []
    whole = added(base) + sum(map(added, highest([*counted, *others])))
    weighed = [
        *parts(base, situation, None),
        *(part for rule in counted for part in parts(rule, situation, True)),
        *(part for rule in others for part in parts(rule, situation, None)),
        *(parts(ceiling, situation, None) if ceiling and whole > added(ceiling) else ()),
    ]
    return Assessment(
        outcome,
        tuple(weighed),
        category=base.rule.id,
        maybe=tuple(rule.rule.id for rule in others),
        limit=limit,
        most=most,
    )


def is_excluded(given: Sequence[str], situation: Situation, known: Sequence[Circumstance]) -> bool:
    """Whether another circumstance of the kind of one that is needed holds."""
    kinds = {one.id: one.kind for one in known}
    held = {kinds.get(name) for name in situation.circumstances} - {None, ""}
    return any(kinds.get(name) in held and name not in situation.circumstances for name in given)


def highest(increases: Sequence[Standing]) -> list[Standing]:
    """Of each group of increases the highest, for they do not add up."""
    found: dict[str, Standing] = {}
    for one in increases:
        group = one.rule.group
        if group not in found or added(one) > added(found[group]):
            found[group] = one
    return list(found.values())


def is_more(rule: Standing, counted: Sequence[Standing]) -> bool:
    """Whether an increase is more than the one of its group that counts."""
    return any(
        added(rule) > added(other) for other in counted if other.rule.group == rule.rule.group
    )


def added(rule: Standing) -> float:
    return rule.rule.all[0].figure


def total(base: Standing, increases: Sequence[Standing], ceiling: Standing | None) -> float:
    """The base with its increases, which may not bring it above the ceiling."""
    whole = added(base) + sum(map(added, increases))
    return min(whole, added(ceiling)) if ceiling and increases else whole


def asked(situation: Situation) -> float | None:
    """The share of the costs that is asked about, as given or as aid and costs make it."""
    given, aid, costs = (situation.figures.get(name) for name in ("intensity", "aid", "costs"))
    if given is None and aid is not None and costs:
        return 100 * aid / costs
    return given


def judged(share: float | None, limit: float, most: float) -> CheckOutcome:
    """What a share is against what is allowed for sure and what may be."""
    if share is None:
        return "up_to"
    if round(share, PLACES) <= limit:
        return "within"
    return "open" if round(share, PLACES) <= most else "beyond"


def parts(rule: Standing, situation: Situation, holds: bool | None) -> Iterator[Weighed]:
    """The figure of a rule as a part of an intensity."""
    for limit, said in zip(rule.rule.limits, rule.figures, strict=True):
        given = None if limit.comparison == "plus" else asked(situation)
        yield Weighed(rule, limit, said, given, holds)
