"""What the result of a check says, in English and in French."""

from typing import Any

import pytest

from clusterqa.answers import CheckedFigure, CheckOutcome, CheckResult, Designation
from clusterqa.presenting.catalogue import Words
from clusterqa.presenting.figure_checks import check_text, number_text, unchecked_text

EN, FR = Words("en"), Words("fr")


def named(id: str, fr: str = "") -> Designation:
    return Designation(id, {"en": id, "fr": fr or id})


def figure(
    measure: Designation, written: str, comparison: str = "at_most", **fields: Any
) -> CheckedFigure:
    known: dict[str, Any] = {
        "unit": "EUR",
        "given": None,
        "holds": None,
        "rule": named("base"),
        "citation": 1,
    }
    return CheckedFigure(
        measure=measure, comparison=comparison, limit=0, written=written, **(known | fields)
    )  # fmt: skip


def result(outcome: CheckOutcome, **fields: Any) -> CheckResult:
    known: dict[str, Any] = {
        "check": named("check"), "answer": None, "category": None, "said": {}, "figures": (),
        "maybe": (), "missing": (), "limit": None, "most": None, "unit": "EUR", "unchecked": (),
        "citations": (),
    }  # fmt: skip
    return CheckResult(outcome=outcome, **(known | fields))


TURNOVER = named("turnover", "chiffre d’affaires")
BALANCE = named("balance sheet total", "total du bilan")
LIMITS = (
    figure(named("staff", "personnes"), "250", "below"),
    figure(TURNOVER, "EUR 50 million"),
    figure(BALANCE, "EUR 43 million"),
)
SIZE: dict[str, Any] = {
    "figures": LIMITS,
    "said": {"en": "medium-sized", "fr": "moyenne entreprise"},
    "unit": "",
}
MADE = (
    figure(named("intensity"), "50 %"),
    figure(named("intensity"), "20 percentage points", "plus", holds=True, rule=named("small")),
    figure(named("intensity"), "15 percentage points", "plus", rule=named("open access")),
    figure(named("intensity"), "80 %", rule=named("ceiling")),
)
SHARE: dict[str, Any] = {"figures": MADE, "unit": "%", "limit": 70.0, "most": 80.0}
RULE = "fewer than 250 staff; turnover not more than EUR 50 million or balance sheet total not "
RULE += "more than EUR 43 million"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (result("category", answer="yes", **SIZE),
         f"Yes by these figures: medium-sized ({RULE})."),
        (result("none", answer="no", **SIZE | {"said": {"en": "not an SME"}}),
         f"No by these figures: not an SME ({RULE})."),
        (result("category", maybe=(named("small"),), missing=(BALANCE,), **SIZE),
         f"By these figures: medium-sized ({RULE}), or small, depending on balance sheet total."),
        (result("open", missing=(TURNOVER, BALANCE), **SIZE),
         "Not decided by these figures: it depends on turnover or balance sheet total "
         f"({RULE})."),
        (result("beyond", answer="yes", said={"en": "it must be published"},
                figures=(figure(TURNOVER, "EUR 100 000"),)),
         "Yes by these figures: above EUR 100 000; it must be published."),
        (result("within", said={"en": "it is possible"},
                figures=(figure(TURNOVER, "EUR 300 000", given=290_000.0, parts=(2e5, 9e4)),)),
         "By these figures: EUR 200 000 + EUR 90 000 make EUR 290 000, not above EUR 300 000; it "
         "is possible."),
        (result("within", answer="yes", **SHARE | {"most": 70.0}),
         "Yes by these figures: up to 70 % (50 %, 20 percentage points more for small, at most "
         "80 %)."),
        (result("open", maybe=(named("open access"),), **SHARE),
         "Not decided by these figures: 70 % (50 %, 20 percentage points more for small, at most "
         "80 %), up to 80 % if more increases apply: open access."),
        (result("beyond", answer="no", maybe=(named("open access"),), **SHARE),
         "No by these figures: not more than 80 % with all increases that may apply (50 %, 20 "
         "percentage points more for small, at most 80 %)."),
        (result("beyond", answer="no", **SHARE | {"figures": MADE[:1], "most": 50.0}),
         "No by these figures: not more than 50 %."),
        (result("beyond", answer="no", **SHARE | {"figures": MADE[:2], "most": 70.0}),
         "No by these figures: not more than 70 % (50 %, 20 percentage points more for small)."),
        (result("up_to", **SHARE | {"figures": MADE[:1], "limit": 50.0, "most": 50.0}),
         "By these figures: up to 50 %."),
    ],
)  # fmt: skip
def test_what_a_result_says(found: CheckResult, said: str) -> None:
    """this test ensures that an outcome is told with its limits, and in French without a hole."""
    assert check_text(found, EN) == said
    french = check_text(found, FR)
    assert french != said
    assert not {"{", "None", "not more than", "figures"} & {*french.split()}


@pytest.mark.parametrize(
    ("value", "unit", "english", "french"),
    [
        (330_000, "EUR", "EUR 330 000", "330 000 EUR"),
        (1_500_000, "EUR", "EUR 1.5 million", "1,5 millions EUR"),
        (12_345_678, "EUR", "EUR 12 345 678", "12 345 678 EUR"),
        (999.5, "EUR", "EUR 999.5", "999,5 EUR"),
        (62.5, "%", "62.5 %", "62,5 %"),
        (10, "year", "10 years", "10 ans"),
        (250, "", "250", "250"),
    ],
)
def test_numbers_as_the_law_writes_them(value: float, unit: str, english: str, french: str) -> None:
    """this test ensures that a figure that was given or computed is written as law writes it."""
    assert [number_text(value, unit, words) for words in (EN, FR)] == [english, french]


def test_what_was_not_checked() -> None:
    """this test ensures that what is left open is said, and nothing where there is nothing."""
    found = result("within", unchecked=(named("linked enterprises"), named("two years")))
    assert unchecked_text(found, EN) == "Not checked: linked enterprises; two years."
    assert unchecked_text(result("within"), EN) == ""
