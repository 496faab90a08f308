"""The answer in a few words: the words of the law that are taken, and where nothing is said."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterqa.answering.gate import check_short
from clusterqa.answering.short import short_answer
from clusterqa.answers import (
    Citation,
    CiteAs,
    DocumentRef,
    Links,
    Locator,
    Quote,
    Short,
    ShortWords,
)
from clusterqa.errors import ClusterQAError
from clusterqa.index import Index, Library
from clusterqa.passages import sentences
from clusterqa.presenting.catalogue import catalogue
from clusterqa.presenting.short import short_text
from clusterqa.query.understanding import understand
from clusterqa.types import Hit, Inquiry, Passage

DAY = date(2026, 11, 23)
NEAR = 0.8  # cosine of every sentence of a quote


@pytest.fixture(scope="module")
def library(small_index: Path) -> Library:
    return Index.open(small_index).library


def cited(n: int, text: str, language: str, lead: str = "") -> Citation:
    """A citation of a text that begins its document, or stands behind its lead-in."""
    document = DocumentRef(
        f"act-{n}",
        "act",
        "Act",
        "Act",
        language,
        None,
        None,
        None,
        "in_force",
        None,
        None,
        None,
        True,
    )
    at = len(lead) + 1 if lead else 0
    leads = (Quote(lead, "", "", 0, len(lead)),) if lead else ()
    quote = Quote(text, "", "", at, at + len(text))
    cite_as, locator = CiteAs("Act", "Act"), Locator("Article 1", ())
    return Citation(n, f"p{n}", document, locator, quote, Links(), cite_as, leads)


def hit_of(citation: Citation) -> Hit:
    """The hit that a citation was quoted from, all sentences as near to the question."""
    quote, source = citation.quote, citation.document.id
    passage = Passage("p", source, quote.start, quote.end, quote.exact, "Article 1", "paragraph")
    spans = [(quote.start + a, quote.start + b, NEAR) for a, b in sentences(quote.exact)]
    return Hit(passage, 1.0, sentences=tuple(spans))


def short_of(
    library: Library, question: str, *citations: Citation, compared: bool = False
) -> Short | None:
    query = understand(Inquiry(question, DAY), library, DAY)
    return short_answer(query, citations, [hit_of(c) for c in citations], compared=compared)


OPERATING = (
    "Operating aid may be granted for the operation of innovation clusters. It shall not exceed 10 "
    "years."
)
INVESTMENT = (
    "The aid intensity of investment aid for innovation clusters shall not exceed 50 % of the "
    "eligible costs. The aid intensity may be increased by 15 percentage points for innovation "
    "clusters located in assisted areas fulfilling the conditions of Article 107(3)(a) of the "
    "Treaty and by 5 percentage points for innovation clusters located in assisted areas "
    "fulfilling the conditions of Article 107(3)(c) of the Treaty."
)
THRESHOLDS = (
    "This Regulation shall not apply to aid which exceeds the following thresholds:",
    "for investment aid for innovation clusters: EUR 10 million per cluster;",
)
EXCEPTIONS = (
    "This Regulation applies to aid granted to undertakings in all sectors, with the exception of:",
    "aid granted to undertakings active in the primary production of agricultural products;",
)
CEILING = (
    "The total amount of de minimis aid granted per Member State to a single undertaking shall not "
    "exceed EUR 300 000 over any period of 3 years."
)
TRAINING = (
    "Aid shall not be granted for training which undertakings carry out to comply with national "
    "mandatory standards on training."
)
CUMULATION = (
    "State aid exempted under this Regulation shall not be cumulated with any de minimis aid in "
    "respect of the same eligible costs if such cumulation would result in an aid intensity "
    "exceeding those laid down in Chapter III."
)
APPLICATION = (
    "Aid shall be considered to have an incentive effect if the beneficiary has submitted a "
    "written "
    "application for the aid to the Member State concerned before work on the project starts."
)
PUBLISHED = (
    "Elles sont publiées dans les six mois suivant la date à laquelle l’aide a été octroyée et "
    "sont "
    "accessibles pendant au moins dix ans."
)


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("What share of a cluster's running costs can be funded?",
         "The aid intensity of operating aid shall not exceed 50 % of the total eligible costs "
         "during the "
         "period over which the aid is granted.", "At most 50 %"),
        ("What share of a cluster's investment can be funded?", INVESTMENT,
         "At most 50 % of the eligible costs; in some cases plus 15 percentage points or 5 "
         "percentage "
         "points"),
        ("What share of a cluster's investment can be funded, before any bonus?", INVESTMENT,
         "At most 50 % of the eligible costs"),
        ("For how many years can a cluster get operating aid?", OPERATING, "At most 10 years"),
        ("How much de minimis aid can a single undertaking get?", CEILING,
         "At most EUR 300 000 over any period of 3 years"),
        ("How long must the investment be maintained?",
         "The investment shall be maintained in the area concerned for at least 5 years, or 3 "
         "years for "
         "SMEs, after the completion of the investment.", "At least 5 years, or 3 years for SMEs"),
        ("Until when does the Regulation apply?", "It shall apply until 31 December 2026.",
         "Until 31 December 2026"),
        ("How many employees may a small mid-cap have?",
         "‘small mid-cap’ means an undertaking that is not an SME and whose number of employees "
         "does not "
         "exceed 499 employees, calculated in accordance with Articles 3 to 6 of Annex I;",
         "At most 499 employees"),
        ("How often does the Commission submit a report?",
         "Every five years the Commission shall submit a report to the European Parliament.",
         "Every five years"),
        ("What is aid intensity?",
         "‘aid intensity’ means the gross aid amount expressed as a percentage of the eligible "
         "costs, "
         "before any deduction of tax or other charge;",
         "The gross aid amount expressed as a percentage of the eligible costs, before any "
         "deduction of "
         "tax or other charge"),
        ("May aid be granted for training to comply with mandatory standards?", TRAINING,
         f"No: {TRAINING[:-1]}"),
        ("Do we have to apply before work on the project starts?", APPLICATION,
         f"Yes, on conditions: {APPLICATION[:-1]}"),
        ("Is the ceiling EUR 200 000 for a single undertaking?", CEILING,
         "No: EUR 300 000 over any period of 3 years"),
        ("Is the ceiling EUR 300 000 for a single undertaking?", CEILING,
         "Yes: EUR 300 000 over any period of 3 years"),
        ("Who awards the Seal to a project?",
         "The Commission shall award a Sovereignty Seal to any project contributing to the "
         "objectives.",
         "The Commission"),
        ("The Commission gives a project a label. What is it called?",
         "The Commission shall award a Sovereignty Seal to any project contributing to the "
         "objectives.",
         "Sovereignty Seal"),
    ],
)  # fmt: skip
def test_what_is_taken_of_a_quote(
    library: Library, question: str, text: str, expected: str
) -> None:
    """this test ensures that the deciding words are taken, with the word that limits them."""
    short = short_of(library, question, cited(1, text, "en"))
    assert short is not None
    assert short_text(short) == expected


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Quelle part des coûts un pôle peut-il faire financer ?",
         "L’intensité de l’aide n’excède pas 50 % des coûts admissibles.",
         "Au maximum 50 % des coûts admissibles"),
        ("Dans quel délai faut-il publier une aide ?", PUBLISHED, "Dans un délai de six mois"),
        ("Avant quelle date transmettre les données sur les aides ?",
         "Les États membres transmettent à la Commission, au plus tard le 30 juin de chaque "
         "année, des "
         "données sur les aides.", "Le 30 juin de chaque année au plus tard"),
        ("En dessous de combien d'habitants une autorité est-elle autonome ?",
         "autorités locales autonomes ayant un budget annuel inférieur à 10 millions EUR et "
         "moins de "
         "5 000 habitants.", "Moins de 5 000 habitants"),
    ],
)  # fmt: skip
def test_french_in_french(library: Library, question: str, text: str, expected: str) -> None:
    """this test ensures that a French quote gives a French answer."""
    short = short_of(library, question, cited(1, text, "fr"))
    assert short is not None
    assert short_text(short) == expected


def test_of_a_foreign_quote_only_the_figure_is_taken(library: Library) -> None:
    """this test ensures that a French answer holds no English words, and else is none."""
    question = "Quel montant d'aides de minimis une entreprise unique peut-elle recevoir ?"
    short = short_of(library, question, cited(1, CEILING, "en"))
    assert short is not None
    assert short_text(short) == "Au maximum EUR 300 000"
    years = short_of(library, "Pendant combien de temps ?", cited(1, OPERATING, "en"))
    assert years is None


@pytest.mark.parametrize(
    ("question", "texts", "expected"),
    [
        ("From what amount must aid for innovation clusters be notified?", THRESHOLDS,
         "Above EUR 10 million per cluster"),
        ("How much investment aid per cluster is exempt?", THRESHOLDS, "EUR 10 million per "
         "cluster"),
        ("We are farmers. May we get aid for agricultural products?", EXCEPTIONS,
         f"No: {EXCEPTIONS[1][:-1]}"),
    ],
)  # fmt: skip
def test_a_lead_in_turns_its_points(
    library: Library, question: str, texts: tuple[str, str], expected: str
) -> None:
    """this test ensures that a point is read with the words that introduce it."""
    lead, text = texts
    short = short_of(library, question, cited(1, text, "en", lead))
    assert short is not None
    assert short_text(short) == expected


def test_points_of_a_list_are_one_answer(library: Library) -> None:
    """this test ensures that a list is told whole or not at all."""
    text = "The aid shall fall within the following categories:\n(a) fundamental research;\n(b) {};"
    whole = short_of(
        library, "Which categories of research?", cited(1, text.format("studies"), "en")
    )
    assert whole is not None
    assert short_text(whole) == "Fundamental research; studies"
    long = cited(1, text.format("studies " * 80), "en")
    assert short_of(library, "Which categories of research?", long) is None


def test_two_wordings_are_told_by_the_figure_that_changed(library: Library) -> None:
    """this test ensures that a comparison gives both figures, and none where several changed."""
    old = "The aid shall not exceed EUR 200 000 over any period of three fiscal years."
    new = "The aid shall not exceed EUR 300 000 over any period of three fiscal years."
    question = "How did the ceiling change between 2016 and 2024?"
    short = short_of(library, question, cited(1, old, "en"), cited(2, new, "en"), compared=True)
    assert short is not None
    assert short_text(short) == "EUR 200 000 before, EUR 300 000 after"
    both = new.replace("three", "four")
    assert (
        short_of(library, question, cited(1, old, "en"), cited(2, both, "en"), compared=True)
        is None
    )


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("May exempted aid be cumulated with de minimis aid?", CUMULATION),
        ("Our cumulated aid is EUR 260 000. May we get another EUR 60 000 of de minimis aid?",
         CEILING),
        ("How much may the aid be and until when may it be paid?", CEILING),
        ("Who is granted the aid for training?", TRAINING),
        ("What is a cluster organisation?", CEILING),
        ("When did the Regulation start to apply?", "It shall apply until 31 December 2026."),
        ("What are the eligible costs of training?", CEILING),
        ("How large may the aid be?",
         "The aid shall not exceed EUR 2 million. The aid shall not exceed EUR 1 million."),
    ],
)  # fmt: skip
def test_nothing_is_said_where_it_is_not_certain(
    library: Library, question: str, text: str
) -> None:
    """this test ensures that conditions, sums, several questions and rivals give no short "
    "answer."""
    assert short_of(library, question, cited(1, text, "en")) is None


FAIRS = "Aid towards the costs of participating in trade fairs does not constitute export aid."
PUBLISHERS = (
    "Aid may be granted to publishers which may not sell abroad, with the exception of newspapers."
)


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Is aid for trade fairs export aid?", FAIRS, f"No: {FAIRS[:-1]}"),
        ("Can de minimis aid pay for trade fairs?", FAIRS, None),
        ("Is it forbidden to grant aid for training to comply with mandatory standards?", TRAINING,
         f"Yes: {TRAINING[:-1]}"),
        ("Can a newspaper be granted aid for sales abroad?", PUBLISHERS, None),
    ],
)  # fmt: skip
def test_the_verb_has_to_be_of_the_kind_that_is_asked(
    library: Library, question: str, text: str, expected: str | None
) -> None:
    """this test ensures that a clause answers only what its own verb says."""
    short = short_of(library, question, cited(1, text, "en"))
    assert (short and short_text(short)) == expected


def test_the_gate_refuses_words_that_are_not_quoted() -> None:
    """this test ensures that words of a short answer stand in the quote they name, where they "
    "say."""
    citation = cited(1, CEILING, "en")
    at = CEILING.index("EUR 300 000")
    good = ShortWords("most", "EUR 300 000", 1, at, at + 11)
    check_short(Short("figure", "en", (good,)), [citation])
    for bad in (
        ShortWords("most", "EUR 400 000", 1, at, at + 11),
        ShortWords("most", "EUR 300 000", 1, at + 1, at + 12),
        ShortWords("most", "EUR 300 000", 2, at, at + 11),
        ShortWords("most", "", 1, at, at),
    ):
        with pytest.raises(ClusterQAError, match="short answer without its quote"):
            check_short(Short("figure", "en", (bad,)), [citation])


PATTERNS = sorted(key.removeprefix("short.") for key in catalogue() if key.startswith("short."))


@given(
    st.lists(st.sampled_from([p for p in PATTERNS if p != "then"]), min_size=1, max_size=4),
    st.sampled_from(["en", "fr"]),
    st.data(),
)
def test_each_word_is_of_a_quote_or_of_a_pattern(
    patterns: list[str], language: str, data: st.DataObject
) -> None:
    """this test ensures that nothing is said but words of the quote and of fixed patterns."""
    said = []
    for pattern in patterns:
        start = data.draw(st.integers(0, len(CEILING) - 1))
        end = data.draw(st.integers(start + 1, len(CEILING)))
        said.append(ShortWords(pattern, CEILING[start:end], 1, start, end))
    text = short_text(Short("figure", language, tuple(said)))
    fixed = " ".join(catalogue()[f"short.{p}"][language] for p in [*patterns, "then"])
    allowed = {*re.findall(r"\w+", fixed.replace("{words}", " ").casefold())}
    for one in said:
        allowed |= {*re.findall(r"\w+", one.exact.casefold())}
    assert {*re.findall(r"\w+", text.casefold())} <= allowed
