"""What figures amount to: the boundaries of the law's limits, and what stays open."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import PROJECT

from clusterqa.corpus.thresholds import read_thresholds
from clusterqa.law.assessment import Assessment, Situation, assess
from clusterqa.law.thresholds import Standing

SHIPPED = read_thresholds(PROJECT / "corpus" / "thresholds.toml")
NOW, BEFORE = date(2026, 11, 23), date(2023, 6, 30)
MILLION = 1_000_000
STAFF = st.integers(0, 1000)
EUROS = st.integers(0, 100 * MILLION)


def assessed(name: str, *given: str, day: date = NOW, **figures: float) -> Assessment | None:
    """What comes of figures under the shipped rules of a day."""
    check = next(check for check in SHIPPED.check if check.id == name)
    rules = [
        Standing(rule, (), tuple(f"{one.figure:g}" for one in rule.limits))
        for rule in check.rule
        if rule.counts_on(day)
    ]
    return assess(check, rules, Situation(figures, frozenset(given)), SHIPPED.circumstance)


def outcome(name: str, *given: str, day: date = NOW, **figures: float) -> str:
    found = assessed(name, *given, day=day, **figures)
    assert found is not None
    return str(found.category if found.outcome == "category" else found.outcome)


# The size of an enterprise ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("staff", "turnover", "balance_sheet", "size"),
    [
        (9, 2 * MILLION, 3 * MILLION, "micro"),  # one of the two is enough
        (9, 3 * MILLION, 2 * MILLION, "micro"),
        (9, 2 * MILLION + 1, 2 * MILLION + 1, "small"),
        (10, MILLION, MILLION, "small"),  # fewer than 10
        (49, 10 * MILLION, 90 * MILLION, "small"),
        (49, 10 * MILLION + 1, 10 * MILLION + 1, "medium"),
        (50, MILLION, MILLION, "medium"),
        (249, 50 * MILLION, 90 * MILLION, "medium"),
        (249, 90 * MILLION, 43 * MILLION, "medium"),
        (249, 50 * MILLION + 1, 43 * MILLION + 1, "none"),
        (250, MILLION, MILLION, "none"),  # fewer than 250
    ],
)  # fmt: skip
def test_sizes(staff: float, turnover: float, balance_sheet: float, size: str) -> None:
    """this test ensures that a figure at a limit is within it, but a head count is not."""
    found = outcome("sme", staff=staff, turnover=turnover, balance_sheet=balance_sheet)
    assert found == size


@given(STAFF, EUROS, EUROS)
def test_a_size_is_what_the_annex_says(staff: int, turnover: int, balance: int) -> None:
    """this test ensures that any three figures give the size that the annex defines."""
    size = next(
        (name for name, heads, most, total in (
            ("micro", 10, 2, 2), ("small", 50, 10, 10), ("medium", 250, 50, 43))
         if staff < heads and (turnover <= most * MILLION or balance <= total * MILLION)),
        "none",
    )  # fmt: skip
    assert outcome("sme", staff=staff, turnover=turnover, balance_sheet=balance) == size


@given(STAFF, EUROS, EUROS)
def test_what_is_said_of_less_holds_of_more(staff: int, turnover: int, balance: int) -> None:
    """this test ensures that no size is said from two figures that a third could undo."""
    partly = assessed("sme", staff=staff, turnover=turnover)
    whole = outcome("sme", staff=staff, turnover=turnover, balance_sheet=balance)
    assert partly is not None
    if partly.outcome == "none":
        assert whole == "none"
    elif partly.outcome == "category":
        assert whole in (partly.category, *partly.maybe)
    else:
        assert whole in (*partly.maybe, "none")


def test_what_would_decide() -> None:
    """this test ensures that a size that is open names the figures that are missing."""
    found = assessed("sme", staff=120)
    assert found is not None
    assert (found.outcome, found.missing) == ("open", ("turnover", "balance_sheet"))
    found = assessed("sme", staff=40, turnover=12 * MILLION)
    assert found is not None
    assert (found.category, found.maybe, found.missing) == (
        "medium",
        ("small",),
        ("balance_sheet",),
    )
    assert outcome("sme", staff=250) == "none"
    assert assessed("sme") is None


# Limits of amounts ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "given", "day", "limit"),
    [
        ("publication", (), NOW, 100_000),
        ("publication", (), BEFORE, 500_000),
        ("publication", ("agriculture",), NOW, 10_000),
        ("publication", ("fishery",), NOW, 10_000),
        ("publication", ("investeu",), NOW, 500_000),
        ("publication", ("agriculture",), BEFORE, 60_000),
        ("publication", ("agriculture",), date(2021, 7, 31), 500_000),
        ("notification", ("cluster",), NOW, 10 * MILLION),
        ("notification", ("cluster",), BEFORE, 7.5 * MILLION),
        ("notification", ("fundamental",), NOW, 55 * MILLION),
        ("notification", ("industrial",), NOW, 35 * MILLION),
        ("notification", ("experimental",), NOW, 25 * MILLION),
        ("notification", ("feasibility",), NOW, 8.25 * MILLION),
        ("notification", ("sme_innovation",), NOW, 10 * MILLION),
        ("notification", ("process",), NOW, 12.5 * MILLION),
        ("notification", ("training",), NOW, 3 * MILLION),
        ("notification", ("training",), BEFORE, 2 * MILLION),
        ("notification", ("consultancy",), NOW, 2.2 * MILLION),
        ("de_minimis", (), NOW, 300_000),
        ("advisory_total", (), NOW, 220_000),
        ("advisory_total", (), BEFORE, 200_000),
    ],
)
def test_a_limit_is_kept_to_at_the_limit(
    name: str, given: tuple[str, ...], day: date, limit: float
) -> None:
    """this test ensures that an amount is within up to the limit itself, and beyond above it."""
    assert outcome(name, *given, day=day, aid=limit) == "within"
    assert outcome(name, *given, day=day, aid=limit + 0.01) == "beyond"


def test_years() -> None:
    """this test ensures that ten years of operating aid are not too long, and eleven are."""
    assert outcome("cluster_duration", "cluster", duration=10) == "within"
    assert outcome("cluster_duration", "cluster", duration=11) == "beyond"


@pytest.mark.parametrize("given", [(), ("cluster", "training"), ("fundamental", "industrial")])
def test_an_unclear_limit_is_none(given: tuple[str, ...]) -> None:
    """this test ensures that nothing is compared where no rule or several are meant."""
    assert assessed("notification", *given, aid=4 * MILLION) is None


# Intensities ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "given", "limit", "most"),
    [
        ("cluster_operating", (), 50, 50),
        ("cluster_investment", (), 50, 65),
        ("cluster_investment", ("area_a",), 65, 65),
        ("cluster_investment", ("area_c",), 55, 55),
        ("research", ("fundamental",), 100, 100),
        ("research", ("industrial",), 50, 80),
        ("research", ("industrial", "large"), 50, 75),
        ("research", ("industrial", "medium"), 60, 80),
        ("research", ("industrial", "small"), 70, 80),
        ("research", ("industrial", "small", "collaboration"), 80, 80),  # not 85
        ("research", ("industrial", "medium", "collaboration", "dissemination"), 75, 80),
        ("research", ("experimental", "small", "collaboration"), 60, 70),
        ("research", ("experimental", "small", "joint", "collaboration"), 70, 70),
        ("research", ("experimental", "large", "area_c"), 30, 30),
        ("research", ("feasibility", "small"), 70, 70),
        ("research", ("feasibility", "medium", "collaboration"), 60, 60),
        ("sme_innovation", (), 50, 50),
        ("sme_innovation", ("advisory",), 100, 100),
        ("training", (), 50, 70),
        ("training", ("medium",), 60, 70),
        ("training", ("small",), 70, 70),
        ("training", ("small", "disadvantaged"), 70, 70),  # not 80
        ("training", ("maritime", "small"), 100, 100),
    ],
)
def test_intensities(name: str, given: tuple[str, ...], limit: float, most: float) -> None:
    """this test ensures that increases add up as the article says, and never above its ceiling."""
    found = assessed(name, *given)
    assert found is not None
    assert (found.outcome, found.limit) == ("up_to", limit)
    if "area_c" not in given or name != "research":
        assert found.most == most
    assert outcome(name, *given, intensity=limit) == "within"
    assert outcome(name, *given, intensity=most + 0.001) in ("beyond", "open")
    assert outcome(name, *given, intensity=100.001) == "beyond"


def test_before_2023_increases_were_fewer() -> None:
    """this test ensures that an increase counts only while it is in the law."""
    now = assessed("research", "industrial", "large", "area_a")
    before = assessed("research", "industrial", "large", "area_a", day=BEFORE)
    assert now is not None and before is not None
    assert (now.limit, before.limit) == (65, 50)


def test_a_share_is_aid_of_costs() -> None:
    """this test ensures that aid and costs make the share that is compared."""
    assert outcome("research", "industrial", aid=500_000, costs=MILLION) == "within"
    assert outcome("research", "industrial", "large", aid=900_000, costs=MILLION) == "beyond"
    assert outcome("sme_innovation", aid=1, costs=3) == "within"
    assert outcome("sme_innovation", aid=2, costs=3) == "beyond"


@given(st.floats(0, 100), st.sets(st.sampled_from([
    "small", "medium", "large", "collaboration", "dissemination", "licensing", "joint", "area_a",
    "area_c"])))  # fmt: skip
def test_no_share_above_the_ceiling_is_within(share: float, given: set[str]) -> None:
    """this test ensures that whatever holds, industrial research never gets more than 80 %."""
    found = assessed("research", "industrial", *given, intensity=share)
    assert found is not None and found.limit is not None and found.most is not None
    assert 50 <= found.limit <= found.most <= 80
    assert (found.outcome == "within") == (round(share, 6) <= found.limit)
