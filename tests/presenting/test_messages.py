"""Every code that the program can build is told in every language, of its facts alone."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

import clusterqa
from clusterqa.answers import (
    Answer,
    Cause,
    DaySpan,
    DocumentRef,
    Draft,
    Experience,
    Facts,
    IndexRef,
    LegalStatus,
    Notice,
    Outcome,
    Reason,
    Sureness,
)
from clusterqa.languages.language import languages
from clusterqa.presenting.answers import (
    confidence_text,
    in_english,
    refusal_text,
    status_text,
    version_text,
)
from clusterqa.presenting.catalogue import (
    ENGLISH,
    LANGUAGES,
    Words,
    act_names,
    catalogue,
    variants,
)
from clusterqa.presenting.notices import FOR_OPERATORS, message

SOURCE = Path(clusterqa.__file__).parent
FIRST, LAST = date(2014, 7, 1), date(2026, 12, 31)
GBER = Facts(work="GBER")
PLACE = Facts(work="GBER", label="Article 27")
CHANGE = replace(PLACE, since=FIRST, until=LAST)
DRAFT = Draft("qwen")
CAUSES: dict[Cause, str] = {
    "late": "it took longer than allowed",
    "offline": "offline is set and it is on another machine",
    "proxy": "the proxy in the environment is of a kind that is not used",
    "unreachable": "127.0.0.1 cannot be reached",
    "broken": "the connection to 127.0.0.1 broke",
    "status": "127.0.0.1 answers HTTP 500",
    "unreadable": "its reply cannot be read",
    "too_large": "its reply is larger than what is read",
    "no_completion": "its reply is no chat completion",
    "no_text": "its reply holds no text",
    "too_long": "its draft is longer than asked for",
}
# A code, its facts, and what is said of them in English.
ROWS = [
    (
        "time_not_read",
        Facts(day=LAST),
        "Times are read in English and French; this is the law of 31 December 2026.",
    ),
    (
        "time_not_understood",
        Facts(words=("a few years ago",), day=LAST),
        "The time in your question (“a few years ago”) was not understood; "
        "this is the law of 31 December 2026.",
    ),
    (
        "texts_missing",
        Facts(remedy="fetch"),
        "The texts of the law are not here yet; only what the other documents say can be asked. To "
        "get the texts: clusterqa corpus sync, then clusterqa ingest",
    ),
    (
        "expired_source",
        replace(GBER, until=LAST, remedy="look"),
        "GBER ended on 31 December 2026, and what follows it is not known here; quoted is its last "
        "known text. To look for what follows it: clusterqa corpus sync",
    ),
    (
        "expired_source",
        replace(GBER, until=LAST, works=("TFEU",), remedy="look"),
        "GBER ended on 31 December 2026 and was replaced by TFEU, whose text is not here; quoted "
        "is its last text. To look for what follows it: clusterqa corpus sync",
    ),
    (
        "expires_soon",
        replace(GBER, until=LAST),
        "GBER: this text applies until 31 December 2026; what follows it is not known here.",
    ),
    (
        "expires_soon",
        replace(GBER, until=LAST, day=FIRST),
        "GBER: this text applies until 31 December 2026, then its text of 1 July 2014.",
    ),
    (
        "expires_soon",
        replace(GBER, until=LAST, works=("TFEU",)),
        "GBER: this text applies until 31 December 2026; TFEU follows it.",
    ),
    (
        "expires_soon",
        replace(GBER, until=LAST, works=("TFEU",), day=FIRST),
        "GBER: this text applies until 31 December 2026, then TFEU, in its text of 1 July 2014.",
    ),
    (
        "not_yet_applicable",
        replace(GBER, since=FIRST),
        "GBER: this text applies only from 1 July 2014.",
    ),
    (
        "recital_as_adopted",
        GBER,
        "GBER: this recital is of the act as adopted; consolidated texts have none, and the "
        "articles have been amended since.",
    ),
    (
        "amending_act",
        Facts(work="2021/1237", works=("GBER",)),
        "2021/1237: it amends GBER; the text in force is that of GBER as amended.",
    ),
    (
        "guidance_only",
        GBER,
        "GBER: this is guidance, not law; the law may differ or have changed since.",
    ),
    (
        "older_than_law",
        Facts(work="Guide", works=("GBER", "TFEU"), days=(FIRST, LAST)),
        "Guide: it was published before the texts that apply of: GBER (1 July 2014), TFEU (31 "
        "December 2026).",
    ),
    (
        "no_legal_effect",
        GBER,
        "GBER: consolidated, so without legal effect; the Official Journal has it.",
    ),
    (
        "premise_contradicted",
        replace(PLACE, asked=("5%",), said=("10%", "20%")),
        "The question takes 5% for granted; GBER, Article 27 says 10%, 20%.",
    ),
    (
        "increase_follows",
        replace(PLACE, labels=("Article 27(1)",)),
        "GBER, Article 27, which follows Article 27(1), provides for increases.",
    ),
    (
        "part_of_list",
        replace(PLACE, points=45),
        "GBER, Article 27: the list has 45 points, not all of which are quoted.",
    ),
    (
        "part_of_list",
        replace(PLACE, points=9, shown=5),
        "GBER, Article 27 has 9 paragraphs, of which the first 5 are quoted.",
    ),
    (
        "unchanged",
        replace(CHANGE, outcome="same"),
        "GBER, Article 27: the same words on 1 July 2014 and 31 December 2026.",
    ),
    (
        "changed",
        replace(CHANGE, outcome="added"),
        "GBER, Article 27: added between 1 July 2014 and 31 December 2026.",
    ),
    (
        "changed",
        replace(CHANGE, outcome="removed"),
        "GBER, Article 27: removed between 1 July 2014 and 31 December 2026.",
    ),
    (
        "changed",
        replace(CHANGE, outcome="reworded"),
        "GBER, Article 27: changed between 1 July 2014 and 31 December 2026; the older words come "
        "first.",
    ),
    (
        "changed",
        replace(CHANGE, outcome="reworded", labels=("Article 27(2)", "Article 27(4)"), hidden=1),
        "GBER, Article 27: (2), (4) and 1 more that is not shown changed between 1 July 2014 and "
        "31 December 2026; the older words come first.",
    ),
    (
        "changed",
        replace(CHANGE, outcome="reworded", labels=("Article 27(2)",), hidden=3),
        "GBER, Article 27: (2) and 3 more that are not shown changed between 1 July 2014 and 31 "
        "December 2026; the older words come first.",
    ),
    (
        "language_not_served",
        Facts(languages=("en", "fr")),
        "English and French are understood here; ask in one of them.",
    ),
    (
        "unclear_question",
        Facts(lacks="subject"),
        "Say what the question is about: which kind of aid, cost, body or provision, and, if it "
        "matters, of which date.",
    ),
    (
        "unclear_question",
        Facts(lacks="provision"),
        "To see what changed, name the provision, such as Article 27, or what it is about.",
    ),
    (
        "not_in_corpus",
        Facts(work="2021/697", remedy="add"),
        "2021/697 is not in this corpus. The missing text can be added from a file with: clusterqa "
        "corpus add",
    ),
    (
        "work_not_present",
        replace(GBER, remedy="sync"),
        "GBER is not in this corpus. The missing text can be fetched with: clusterqa corpus sync",
    ),
    (
        "work_not_present",
        replace(GBER, remedy="sync", group="state-aid"),
        "GBER is not in this corpus. The missing text can be fetched with: clusterqa corpus sync "
        "--group state-aid",
    ),
    (
        "stands_elsewhere",
        replace(GBER, remedy="add"),
        "The question is a matter of GBER, whose text is not in this corpus. The missing text can "
        "be added from a file with: clusterqa corpus add",
    ),
    (
        "no_version_for_date",
        replace(
            GBER,
            day=FIRST,
            times=(DaySpan(None, FIRST), DaySpan(FIRST, LAST), DaySpan(LAST, None)),
        ),
        "No text of GBER for 1 July 2014 is here; what is here applies until 1 July 2014, from 1 "
        "July 2014 to 31 December 2026 and from 31 December 2026.",
    ),
    (
        "no_version_for_date",
        replace(GBER, day=FIRST, times=(DaySpan(None, None),), remedy="sync"),
        "No text of GBER for 1 July 2014 is here; what is here applies at any time. The missing "
        "text can be fetched with: clusterqa corpus sync",
    ),
    (
        "provision_not_in_version",
        Facts(label="Article 999", day=FIRST),
        "No text that applied on 1 July 2014 and is here has Article 999.",
    ),
    (
        "provision_not_in_version",
        replace(PLACE, day=FIRST),
        "GBER as it stood on 1 July 2014 has no Article 27.",
    ),
    (
        "provision_not_in_version",
        replace(PLACE, day=FIRST, sources=("g-2", "g-3")),
        "GBER as it stood on 1 July 2014 has no Article 27; versions that have it: g-2, g-3.",
    ),
    (
        "version_gap",
        Facts(works=("GBER", "TFEU")),
        "Known but not in this corpus, so not searched: GBER, TFEU.",
    ),
    ("superseded_source", replace(GBER, until=LAST),
     "GBER: this text applied until 31 December 2026."),
    (
        "superseded_source",
        replace(GBER, until=LAST, day=FIRST, sources=("g-2",)),
        "GBER: this text applied until 31 December 2026; the text of 1 July 2014 applies today "
        "(g-2).",
    ),
    (
        "superseded_source",
        replace(GBER, until=LAST, works=("TFEU",)),
        "GBER: this text applied until 31 December 2026; replaced by TFEU.",
    ),
    (
        "superseded_source",
        replace(GBER, until=LAST, works=("TFEU",), day=FIRST, sources=("t-1",)),
        "GBER: this text applied until 31 December 2026; replaced by TFEU, whose text of 1 July "
        "2014 applies today (t-1).",
    ),
    (
        "superseded_source",
        replace(GBER, day=FIRST),
        "GBER: its text of 1 July 2014 was searched; it no longer applies.",
    ),
    (
        "other_language",
        replace(GBER, language="fr", languages=("en",)),
        "GBER: no French text of this version is here; the English one is quoted.",
    ),
    (
        "other_language",
        Facts(day=FIRST, language="en", languages=("fr", "sv")),
        "No English text that applied on 1 July 2014 is here; French and Swedish ones were "
        "searched.",
    ),
    (
        "composed",
        Facts(draft=Draft("qwen", sentences=5, confirmed=2, verbatim=True)),
        "The wording is that of a language model (qwen), checked against the passages it cites; "
        "what stands in quotation marks, and the quoted sources, are the documents' own. What it "
        "leaves out follows in the documents' own words. Left out of its draft as not confirmed: "
        "3 sentences.",
    ),
    *(
        (
            "composer_failed",
            Facts(draft=Draft("qwen", cause, "127.0.0.1", 500)),
            f"The language model (qwen) gave no wording: {said}; the documents' own words are "
            "shown.",
        )
        for cause, said in CAUSES.items()
    ),
    (
        "composer_unsupported",
        Facts(draft=DRAFT),
        "Of the language model's draft (qwen) nothing is confirmed by the documents; their own "
        "words are shown.",
    ),
    (
        "composer_unsupported",
        Facts(draft=replace(DRAFT, sentences=1)),
        "Of the language model's draft (qwen) nothing in 1 sentence is confirmed by the documents; "
        "their own words are shown.",
    ),
]  # fmt: skip
EXAMPLES = [Notice(code, facts=facts) for code, facts, _ in ROWS]
# Words that no French sentence has, and no name in the rows.
ENGLISH_WORDS = set(
    "the is of this that was were has have here not no and which to in for it its with are be as"
    " from until at who what there today yet words read law known".split()
)


def english_in(text: str) -> set[str]:
    return ENGLISH_WORDS & set(re.findall(r"[^\W\d_]+", text.lower()))


def built() -> Iterator[tuple[str, ast.expr]]:
    """Where a notice is built, and the expression of its code."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Notice":
                yield f"{path.name}:{node.lineno}", node.args[0]


def test_every_code_has_its_example() -> None:
    """this test ensures that no notice is built with a code that is not in the table above."""
    codes = {}
    for place, code in built():
        assert isinstance(code, ast.Constant), f"{place} does not spell out its code"
        codes[code.value] = place
    examples = {code for code, _, _ in ROWS}
    assert codes.keys() == examples
    assert {key.split(".")[1] for key in catalogue() if key.startswith("notice.")} == examples


def test_every_coded_fact_has_its_example() -> None:
    """this test ensures that each outcome and each cause is in the table above."""
    assert {n.facts.outcome for n in EXAMPLES} == {*get_args(Outcome), None}
    assert {n.facts.draft.cause for n in EXAMPLES if n.facts.draft} == {*get_args(Cause), None}


@pytest.mark.parametrize(("code", "facts", "said"), ROWS)
def test_what_a_notice_says(code: str, facts: Facts, said: str) -> None:
    """this test ensures that the facts of a notice are all that its English sentence needs."""
    assert message(Notice(code, facts=facts), ENGLISH) == said


@pytest.mark.parametrize("unsaid", [(), FOR_OPERATORS], ids=["operators", "readers"])
@pytest.mark.parametrize("notice", EXAMPLES, ids=lambda notice: notice.code)
def test_every_notice_is_told_in_every_language(notice: Notice, unsaid: tuple[str, ...]) -> None:
    """this test ensures that no language lacks a sentence, a fact or words of its own."""
    told = {code: message(notice, Words(code), unsaid=unsaid) for code in LANGUAGES}
    assert len(set(told.values())) == len(LANGUAGES)
    for language, text in told.items():
        assert not re.search(r"[{}]|None|  ", text)
        assert language == "en" or not english_in(text), text
    if unsaid:
        assert not [text for text in told.values() if "clusterqa" in text or "g-2" in text]


def test_no_two_sentences_of_a_code_say_the_same() -> None:
    """this test ensures that which sentence says most of the facts is never a matter of order."""
    for code in {n.code for n in EXAMPLES}:
        fields = [frozenset(re.findall(r"\{(\w+)\}", catalogue()[key]["en"]))
                  for key in variants(f"notice.{code}")]  # fmt: skip
        assert len(set(fields)) == len(fields), code


def test_every_sentence_is_said() -> None:
    """this test ensures that the catalogue holds no sentence of a notice that is never said."""
    said = {message(n, ENGLISH, unsaid=u) for n in EXAMPLES for u in ((), FOR_OPERATORS)}
    for key, entry in catalogue().items():
        if key.startswith("notice."):
            pattern = re.sub(r"\\\{\w+\\\}", ".+", re.escape(entry["en"]))
            assert any(re.match(pattern, text) for text in said), key


ANSWER = Answer("a", "?", LAST, "answered", (), (), (), (), 0.9, IndexRef("i", "e", ""), {})


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_around_an_answer(language: str) -> None:
    """this test ensures that reasons, statuses and confidences are told in every language."""
    words = Words(language)
    told = [words(f"reason.{reason}") for reason in get_args(Reason)]
    told += [status_text(status, words) for status in get_args(LegalStatus)]
    told += [
        confidence_text(replace(ANSWER, experience=Experience(sureness, 8)), words)
        for sureness in get_args(Sureness)
    ]
    refused = replace(ANSWER, status="no_answer")
    told += [confidence_text(refused, words), refusal_text(refused, 19, words)]
    told += [words("answer.disclosure"), words("answer.as_of", date=words.date(LAST))]
    assert len(set(told)) == 6 + 5 + 3 + 4
    for text in told:
        assert text and not re.search("[{}]|None", text)
        assert language == "en" or not english_in(text), text


def test_an_answer_leaves_in_english() -> None:
    """this test ensures that the wire's words are the English rendering of codes and facts."""
    notice = Notice("expires_soon", 1, replace(GBER, until=LAST))
    given = in_english(replace(ANSWER, notices=(notice,), experience=Experience("likely", 8)))
    assert given.notices[0].message == (
        "GBER: this text applies until 31 December 2026; what follows it is not known here."
    )
    assert given.confidence_words == (
        "Likely: about 8 in 10 answers as sure as this one quoted the right provision. Read it in "
        "its context."
    )


@pytest.mark.parametrize(
    ("status", "as_of", "authentic", "english", "french"),
    [
        ("in_force", None, False,
         "consolidated 1 July 2014, in force, applies until 31 December 2020",
         "version consolidée du 1er juillet 2014, en vigueur, s’applique jusqu’au 31 décembre "
         "2020"),
        ("in_force", date(2019, 5, 1), True,
         "text of 1 July 2014, in force on 1 May 2019, until 31 December 2020",
         "texte du 1er juillet 2014, en vigueur le 1er mai 2019, jusqu’au 31 décembre 2020"),
        ("expired", None, True,
         "text of 1 July 2014, expired, applied until 31 December 2020",
         "texte du 1er juillet 2014, n’est plus en vigueur, appliqué jusqu’au 31 décembre 2020"),
    ],
)  # fmt: skip
def test_versions_in_words(
    status: LegalStatus, as_of: date | None, authentic: bool, english: str, french: str
) -> None:
    """this test ensures that a version is described alike in every language."""
    document = DocumentRef(
        "g", "gber", "t", "GBER", "en", None, None, FIRST, status, None, FIRST,
        date(2020, 12, 31), authentic,
    )  # fmt: skip
    told = [version_text(document, Words(code), as_of) for code in ("en", "fr")]
    assert told == [english, french]


def test_words_that_later_versions_have_too_last_longer() -> None:
    """this test ensures that a text in force on a past day lasts as long as the words quoted."""
    document = DocumentRef(
        "g", "gber", "t", "GBER", "en", None, None, FIRST, "in_force", None, FIRST,
        date(2020, 12, 31), True,
    )  # fmt: skip
    assert version_text(document, ENGLISH, date(2019, 5, 1), date(2023, 6, 30)) == (
        "text of 1 July 2014, in force on 1 May 2019, until 30 June 2023"
    )


def test_a_language_more_is_a_key_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """this test ensures that what a language needs is data, and nothing in code."""
    monkeypatch.setitem(languages(), "de", languages()["fr"])
    for entry in [*catalogue().values(), *act_names().values()]:
        monkeypatch.setitem(entry, "de", entry["fr"])
    other, french = Words("de"), Words("fr")
    for notice in EXAMPLES:
        assert message(notice, other) == message(notice, french)
    assert other.date(FIRST) == "1er juillet 2014"
    assert [other.counted("inside.versions", n) for n in (0, 1, 2)] == [
        "0 version",
        "1 version",
        "2 versions",
    ]
