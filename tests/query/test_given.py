"""Which figures a question gives, what each is of, and what is left alone as unclear."""

import pytest
from places import PROJECT

from clusterqa.corpus.thresholds import read_thresholds
from clusterqa.errors import UsageError
from clusterqa.query.given import given_in, number_typed

SHIPPED = read_thresholds(PROJECT / "corpus" / "thresholds.toml")


def figures(question: str, language: str = "en") -> dict[str, tuple[float, ...]]:
    return dict(given_in(SHIPPED, question, question, language).figures)


@pytest.mark.parametrize(
    ("question", "language", "found"),
    [
        ("60 staff and 12 million turnover", "en", {"staff": 60, "turnover": 12e6}),
        ("12m turnover, staff of 60 people", "en", {"staff": 60, "turnover": 12e6}),
        ("sixty employees, revenue of thirty million", "en", {"staff": 60, "turnover": 30e6}),
        ("our balance sheet total is EUR 9.5 million", "en", {"balance_sheet": 9.5e6}),
        ("€180k grant", "en", {"aid": 180e3}),
        ("a turnover of about EUR 1 200 000", "en", {"turnover": 1.2e6}),
        ("aid of EUR 1 million on costs of EUR 2 million", "en", {"aid": 1e6, "costs": 2e6}),
        ("60 salariés et 12 millions de chiffre d’affaires", "fr",
         {"staff": 60, "turnover": 12e6}),
        ("un bilan de 7,5 M EUR et quarante salariés", "fr", {"balance_sheet": 7.5e6, "staff": 40}),
        ("une subvention de 180 000 €", "fr", {"aid": 180e3}),
        ("60 Mitarbeiter und 12 Millionen Euro Umsatz", "de", {"staff": 60, "turnover": 12e6}),
        ("45 werknemers en een omzet van 9 miljoen euro", "nl", {"staff": 45, "turnover": 9e6}),
        ("45 empleados y un volumen de negocios de 9 millones de euros", "es",
         {"staff": 45, "turnover": 9e6}),
        ("45 dipendenti e un fatturato di 9 milioni di euro", "it", {"staff": 45, "turnover": 9e6}),
        ("45 pracowników", "pl", {"staff": 45}),
    ],
)  # fmt: skip
def test_a_figure_is_of_what_stands_beside_it(
    question: str, language: str, found: dict[str, float]
) -> None:
    """this test ensures that figures are read with what says which quantity they are."""
    assert figures(question, language) == {name: (value,) for name, value in found.items()}


@pytest.mark.parametrize(
    "question",
    [
        "We have EUR 12 million. Are we an SME?",  # of nothing
        "Our loan of EUR 500 000",  # of something that no rule compares
        "turnover 12 million balance sheet",  # of two things
        "25 % of the shares",
        "Does Article 4 apply to turnover?",
        "What does Regulation 2023/2831 say of aid?",
        "our turnover, which we hope will one day be 50 million",
    ],
)  # fmt: skip
def test_an_unclear_figure_is_of_nothing(question: str) -> None:
    """this test ensures that a figure that may be of several things, or of none, is left alone."""
    assert figures(question) == {}


def test_figures_of_nothing_are_kept_by_unit() -> None:
    """this test ensures that what a figure of no measure could be is told by its unit."""
    given = given_in(SHIPPED, "EUR 180 000 at 60 % for 12 years", "", "en")
    assert dict(given.loose) == {"EUR": (180e3,), "%": (60,), "year": (12,)}
    assert not given_in(SHIPPED, "What is an SME?", "What is an SME?", "en").any


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("70 % for a small company in industrial research", {"small", "industrial"}),
        ("70 % for a small or a medium-sized company", set()),
        ("70 % without effective collaboration", set()),
        ("70 % with effective collaboration in industrial research",
         {"collaboration", "industrial"}),
        ("70 % en recherche industrielle, hors zone a", {"industrial"}),
        ("70 % in a 107(3)(a) area", {"area_a"}),
    ],
)  # fmt: skip
def test_circumstances(question: str, found: set[str]) -> None:
    """this test ensures that what is denied, or two at once of a kind, does not hold."""
    assert given_in(SHIPPED, question, question, "en").circumstances == found


@pytest.mark.parametrize(
    ("typed", "value"),
    [("60", 60), ("12m", 12e6), ("EUR 1.5 million", 1.5e6), ("300 000", 3e5), ("50 %", 50),
     ("180k", 18e4), ("€ 7,5 m", 7.5e6), ("12 000 000 €", 12e6), ("10 years", 10)],
)  # fmt: skip
def test_a_number_that_is_typed(typed: str, value: float) -> None:
    """this test ensures that a number by itself is read as people write it."""
    assert number_typed(typed, SHIPPED) == value


@pytest.mark.parametrize("typed", ["", "many", "12 cows", "1-2", "nan", "1e9", "--5"])
def test_what_is_no_number(typed: str) -> None:
    """this test ensures that all else is one clear error."""
    with pytest.raises(UsageError, match="is not a number; write it like 60"):
        number_typed(typed, SHIPPED)
