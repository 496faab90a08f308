"""The quantities that a text states."""

from datetime import date

import pytest

from clusterqa.languages.quantities import counts, figures, quantities, with_digits


@pytest.mark.parametrize(
    ("text", "kind", "figure"),
    [
        ("for eight years", "duration", "8 year"),
        ("nine months", "duration", "9 month"),
        ("within 20 working days", "duration", "20 day"),
        ("over three fiscal years", "duration", "3 year"),
        ("twenty-one days", "duration", "21 day"),
        ("one hundred and fifty hours", "duration", "150 hour"),
        ("pendant quatre ans", "duration", "4 year"),
        ("vingt et un jours", "duration", "21 day"),
        ("un an", "duration", "1 year"),
        ("sept ans", "duration", "7 year"),
        ("acht Jahre", "duration", "8 year"),
        ("einundzwanzig Tage", "duration", "21 day"),
        ("acht jaar", "duration", "8 year"),
        ("ocho años", "duration", "8 year"),
        ("otto anni", "duration", "8 year"),
        ("siedem lat", "duration", "7 year"),
        ("oito anos", "duration", "8 year"),
        ("50 % of the costs", "percentage", "50 %"),
        ("7,5 %", "percentage", "7.5 %"),
        ("fifty per cent", "percentage", "50 %"),
        ("15 points de pourcentage", "percentage", "15 %"),
        ("EUR 7,5 million", "amount", "7.5e+06 EUR"),
        ("EUR 300,000", "amount", "300000 EUR"),
        ("300 000 EUR", "amount", "300000 EUR"),
        ("2 millions d'euros", "amount", "2e+06 EUR"),
        ("1,5 milliard EUR", "amount", "1.5e+09 EUR"),
        ("five million euros", "amount", "5e+06 EUR"),
        ("250 persons", "count", "250"),
        ("at least three enterprises", "count", "3"),
        ("trois entreprises", "count", "3"),
    ],
)
def test_a_quantity_is_read(text: str, kind: str, figure: str) -> None:
    """this test ensures that number and unit are read in words and digits, in each language."""
    assert [(one.kind, one.figure) for one in quantities(text)] == [(kind, figure)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("until 31 December 2026.", date(2026, 12, 31)),
        ("au 1er juillet 2023", date(2023, 7, 1)),
        ("bis 3. März 2020", date(2020, 3, 3)),
        ("on 2023-07-01", date(2023, 7, 1)),
    ],
)
def test_a_date_is_read(text: str, day: date) -> None:
    """this test ensures that a day in full is one quantity, not a count and a year."""
    (one,) = quantities(text)
    assert (one.kind, date.fromordinal(int(one.value))) == ("date", day)


@pytest.mark.parametrize(
    "text",
    [
        "Article 27, paragraph 2 of Regulation 2023/1315",
        "many years", "the first year", "31 February 2020, no", "une aide", "per cent",
    ],
)  # fmt: skip
def test_what_is_no_quantity(text: str) -> None:
    """this test ensures that numbers of provisions, articles and vague words are none."""
    assert figures(text) == ()


def test_a_quantity_says_where_it_stands() -> None:
    """this test ensures that the span holds the number with its unit."""
    text = "aid of EUR 5 million for two or three fiscal years"
    found = [text[one.start : one.end] for one in quantities(text)]
    assert found == ["EUR 5 million", "two", "three fiscal years"]


def test_a_count_is_beside_no_unit() -> None:
    """this test ensures that a share or a time does not say how many there are."""
    assert counts("two members") and not counts("50 % for ten years")


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "for eight years, the second time", "for 8 years, the second time"),
        ("en", "twenty-one of one hundred and five", "21 of 105"),
        ("fr", "une aide pendant un an", "une aide pendant 1 an"),
        ("de", "acht Jahre", "8 Jahre"),
        ("pl", "siedem lat", "7 lat"),
    ],
)
def test_numbers_are_put_in_digits(language: str, text: str, expected: str) -> None:
    """this test ensures that a text is compared alike however its numbers are written."""
    assert with_digits(text, language) == expected


def test_blanks_that_do_not_break_are_blanks() -> None:
    """this test ensures that figures are read as the Official Journal sets them."""
    text = "EUR 300\u00a0000, 7,5\u00a0million EUR, 50\u202f% and 10\u00a0years"
    assert [(one.kind, one.value) for one in figures(text)] == [
        ("amount", 300_000), ("amount", 7_500_000), ("percentage", 50), ("duration", 10),
    ]  # fmt: skip
