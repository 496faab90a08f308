"""Expected figures are worked out by hand from the prepared hits and answers below."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from places import PROJECT

from clusterqa.answers import (
    Answer,
    AnswerStatus,
    Citation,
    CiteAs,
    DocumentRef,
    IndexRef,
    Links,
    Locator,
    Quote,
)
from clusterqa.corpus.manifest import read_manifest
from clusterqa.errors import CorpusError
from clusterqa.evaluation import (
    Figure,
    Gold,
    Outcome,
    Question,
    Report,
    article_key,
    auroc,
    evaluate,
    normalise,
    ratio,
    read_questions,
)
from clusterqa.provisions import label_key
from clusterqa.types import Hit, Inquiry, Passage, Turn

TODAY = date(2026, 11, 23)
MAY_2019 = date(2019, 5, 2)
WORKS = read_manifest(PROJECT / "corpus" / "manifest.toml")
NEW, OLD, TEXT = "02014R0651-20230701", "02014R0651-20170710", "cluster-definitions"


def hit(doc: str, label: str, text: str) -> Hit:
    return Hit(Passage(f"{doc}/{label}", doc, 0, len(text), text, label, "paragraph"), 0.5)


def citation(doc: str, label: str, exact: str = "words") -> Citation:
    ref = DocumentRef(
        doc, "work", "", "", "en", None, None, None, "in_force", None, None, None, True
    )  # fmt: skip
    quote = Quote(exact, "", "", 0, len(exact))
    return Citation(
        1, f"{doc}/{label}", ref, Locator(label, ()), quote, Links(), CiteAs(eu="", oscola="")
    )  # fmt: skip


def reply(status: AnswerStatus, confidence: float, *citations: Citation) -> Answer:
    index = IndexRef("1", "none", "2026-11-23")
    return Answer("a", "", TODAY, status, (), citations, (), (), confidence, index, {})


class Prepared:
    """Returns what was prepared for each question and keeps what it was called with."""

    def __init__(self, replies: dict[str, tuple[list[Hit], Answer]]) -> None:
        self.replies = replies
        self.asked: list[tuple[str, date | None, tuple[Turn, ...]]] = []
        self.searched: list[tuple[str, date | None, tuple[Turn, ...], int]] = []

    def search(self, inquiry: Inquiry, *, k: int = 10) -> list[Hit]:
        self.searched.append((inquiry.question, inquiry.as_of, inquiry.history, k))
        return self.replies[inquiry.question][0]

    def ask(self, inquiry: Inquiry) -> Answer:
        self.asked.append((inquiry.question, inquiry.as_of, inquiry.history))
        return self.replies[inquiry.question][1]


INTENSITY = Gold(NEW, "Article 27(6)", "shall not exceed 50 % of the eligible costs")
INFRASTRUCTURE = Gold(NEW, "Article 27(5)", "investment aid for open infrastructure")
ENTITY = Gold(OLD, "Article 27(2)", "exclusively to the legal entity")
FEES = Gold(OLD, "Article 27(4)", "fees charged for using the facilities")
CONCEPT = Gold(TEXT, "What is a cluster?", "a concept and a real economic phenomenon")
MEASURED = Gold(TEXT, "What is a cluster?", "can be measured")
RUNNING = Gold(NEW, "Article 27(9)", "operating aid shall not exceed 50 %")

QUESTIONS = (
    Question("a1", "share?", None, "gber", True, (INTENSITY,), (INFRASTRUCTURE,)),
    Question("a2", "who?", MAY_2019, "point_in_time", True, (ENTITY, FEES), ()),
    Question("a3", "real?", None, "seed", True, (CONCEPT,), (MEASURED,)),
    Question("u1", "gold label?", None, "near_absent", False, (), ()),
    Question("u2", "weather?", None, "off_topic", False, (), ()),
    Question("f1.1", "running?", None, "followup_what_if", True, (RUNNING,), (), "f1", 1),
    Question("f1.2", "in Bavaria?", None, "followup_what_if", False, (), (), "f1", 2),
)
REPLIES: dict[str, tuple[list[Hit], Answer]] = {
    "share?": (
        [
            hit(NEW, "Article 2(92)", "innovation clusters means structures"),
            hit(
                NEW, "Article 27(6)", "It shall\u00a0not  exceed\n50\u2009% of the eligible costs."
            ),
        ],
        reply("answered", 0.9, citation(NEW, "Article 27(6)"), citation(NEW, "Article 27(7)")),
    ),
    "who?": (
        [
            hit(NEW, "Article 27(2)", "aid exclusively to the legal entity"),
            hit(OLD, "Article 27", "aid exclusively to the legal entity"),
        ],
        reply("partial", 0.5, citation(NEW, "Article 27(2)"), citation(OLD, "Article 27")),
    ),
    "real?": (
        [hit(TEXT, "What is a cluster?", "effects which can be measured.")],
        reply("no_answer", 0.3, citation(TEXT, "What is a cluster?")),
    ),
    "gold label?": ([], reply("no_answer", 0.2)),
    "weather?": ([], reply("answered", 0.5, citation(OLD, "Article 1"))),
    "running?": (
        [hit(NEW, "Article 27(9)", "operating aid shall not exceed 50 %")],
        reply("answered", 0.8, citation(NEW, "Article 27(9)")),
    ),
    "in Bavaria?": ([], reply("no_answer", 0.1)),
}


@pytest.fixture(scope="module")
def report() -> Report:
    return evaluate(Prepared(REPLIES), QUESTIONS, WORKS, today=TODAY)


def counted(report: Report, group: str) -> dict[str, tuple[float, int]]:
    return {name: (round(f.value, 4), f.n) for name, f in report.groups[group].items()}


def outcome(doc: str, label: str, as_of: date | None, *, quote: str = "words") -> Outcome:
    """What becomes of one answer that cites `label` of `doc` for the question on intensity."""
    question = Question("q", "q", as_of, "gber", True, (INTENSITY,), (INFRASTRUCTURE,))
    replies: dict[str, tuple[list[Hit], Answer]] = {
        "q": ([], reply("answered", 1.0, citation(doc, label, quote)))
    }
    return evaluate(Prepared(replies), [question], WORKS, today=TODAY).outcomes[0]


def test_figures_over_everything(report: Report) -> None:
    """Every figure over all questions is the one computed by hand."""
    assert counted(report, "all") == {
        "hit@1": (0.5, 4),
        "hit@3": (1.0, 4),
        "hit@5": (1.0, 4),
        "hit@10": (1.0, 4),
        "hit@50": (1.0, 4),
        "full_hit@1": (0.25, 4),
        "full_hit@3": (0.5, 4),
        "full_hit@5": (0.5, 4),
        "full_hit@10": (0.5, 4),
        "full_hit@50": (0.5, 4),
        "mrr@10": (0.75, 4),
        "answer_rate": (0.75, 4),
        "abstention_rate": (0.6667, 3),
        "citation_precision": (0.6, 5),
        "citation_precision_article": (0.8, 5),
        "citation_recall": (0.6, 5),
        "citation_recall_article": (0.8, 5),
        "rightly_cited_answers": (1.0, 3),
        "as_of_correct": (0.6667, 3),
        "as_of_correct_where_cited": (0.6667, 3),
    }
    assert report.auroc == pytest.approx(10.5 / 12)


def test_figures_by_group(report: Report) -> None:
    """Types, single questions and each turn are measured apart, without empty figures."""
    assert list(report.groups) == [
        "all",
        "single questions",
        "turn 1",
        "turn 2",
        "gber",
        "point_in_time",
        "seed",
        "near_absent",
        "off_topic",
        "followup_what_if",
        "followup_what_if/2",
    ]
    assert counted(report, "turn 2") == {"abstention_rate": (1.0, 1)}
    assert counted(report, "followup_what_if/2") == {"abstention_rate": (1.0, 1)}
    assert counted(report, "near_absent") == {"abstention_rate": (1.0, 1)}
    assert counted(report, "off_topic") == {"abstention_rate": (0.0, 1)}
    assert counted(report, "point_in_time")["as_of_correct"] == (0.0, 1)
    assert counted(report, "single questions")["hit@1"] == (0.3333, 3)
    assert counted(report, "followup_what_if")["answer_rate"] == (1.0, 1)


def test_outcomes(report: Report) -> None:
    """Each question keeps its ranks, its citations and what was wrong with them."""
    assert report.outcomes[:3] == (
        Outcome(
            question=QUESTIONS[0],
            as_of=TODAY,
            legal=True,
            status="answered",
            confidence=0.9,
            first_rank=2,
            gold_ranks=(2,),
            citations=2,
            right=1,
            right_article=2,
            gold_cited=1,
            gold_cited_article=1,
            dated=2,
            dated_right=2,
            missed=(f"{NEW} Article 27(7)",),
            sound=True,
        ),
        Outcome(
            question=QUESTIONS[1],
            as_of=MAY_2019,
            legal=True,
            status="partial",
            confidence=0.5,
            first_rank=2,
            gold_ranks=(2, None),
            citations=2,
            right=1,
            right_article=1,
            gold_cited=1,
            gold_cited_article=2,
            dated=2,
            dated_right=1,
            missed=(f"{NEW} Article 27(2)",),
            sound=True,
        ),
        Outcome(
            question=QUESTIONS[2],
            as_of=TODAY,
            legal=False,
            status="no_answer",
            confidence=0.3,
            first_rank=1,
            gold_ranks=(None,),
            citations=0,
            right=0,
            right_article=0,
            gold_cited=0,
            gold_cited_article=0,
            dated=0,
            dated_right=0,
            missed=(),
            sound=None,
        ),
    )


def test_what_the_assistant_is_given() -> None:
    """Each question is put with its date, its depth and the earlier turns of its conversation."""
    assistant = Prepared(REPLIES)
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        seen.append((done, total))

    evaluate(assistant, QUESTIONS[4:], WORKS, today=TODAY, k=7, progress=progress)
    assert assistant.asked == [
        ("weather?", TODAY, ()),
        ("running?", TODAY, ()),
        ("in Bavaria?", TODAY, (Turn("running?", TODAY),)),
    ]
    assert assistant.searched == [(*call, 7) for call in assistant.asked]
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_a_shallow_search_claims_no_depth() -> None:
    """Figures deeper than the search are left out, and passages past k do not count."""
    report = evaluate(Prepared(REPLIES), QUESTIONS[:1], WORKS, today=TODAY, k=1)
    assert list(report.groups["gber"])[:3] == ["hit@1", "full_hit@1", "answer_rate"]
    assert report.groups["gber"]["hit@1"].value == 0.0


@pytest.mark.parametrize(("rank", "expected"), [(1, 1.0), (4, 0.25), (10, 0.1), (11, 0.0)])
def test_reciprocal_rank_ends_at_ten(rank: int, expected: float) -> None:
    """The reciprocal rank counts the first ten passages and no further."""
    hits = [hit(NEW, str(n), "other") for n in range(rank - 1)]
    hits.append(hit(NEW, "Article 27(5)", INFRASTRUCTURE.quote))
    assistant = Prepared({"share?": (hits, reply("no_answer", 0.0))})
    report = evaluate(assistant, QUESTIONS[:1], WORKS, today=TODAY)
    assert report.groups["all"]["mrr@10"].value == pytest.approx(expected)


@pytest.mark.parametrize(
    ("doc", "label", "quote", "right", "article"),
    [
        (NEW, "article 27 (6)", "words", 1, 1),
        (NEW, "Article 27(5)", "words", 1, 1),
        (NEW, "Article 27(9)", "words", 0, 1),
        (NEW, "Article 28(6)", "words", 0, 0),
        (OLD, "Article 27(6)", "words", 0, 0),
        (NEW, "Section 4", f"Aid  {INTENSITY.quote}.", 1, 1),
        (OLD, "Section 4", f"Aid  {INTENSITY.quote}.", 0, 0),
    ],
)
def test_right_citations(doc: str, label: str, quote: str, right: int, article: int) -> None:
    """A citation is right by its label or its quoted text, in the same document only."""
    found = outcome(doc, label, None, quote=quote)
    assert (found.right, found.right_article) == (right, article)


def test_a_quote_beyond_its_passage_is_right() -> None:
    """A list that is quoted whole is right by each point, though only its lead-in was found."""
    question = Question("q", "q", None, "gber", True, (INTENSITY,), ())
    found = [hit(NEW, "Article 27", "The intensity:")]
    whole = citation(NEW, "Article 27", f"The intensity:\n(a) {INTENSITY.quote};")
    assistant = Prepared({"q": (found, reply("answered", 1.0, whole))})
    assert evaluate(assistant, [question], WORKS, today=TODAY).outcomes[0].right == 1


@pytest.mark.parametrize(
    ("doc", "label", "as_of", "dated", "rightly"),
    [
        (NEW, "Article 27(6)", None, 1, 1),
        (OLD, "Article 27(2)", None, 1, 0),
        ("32014R0651", "Article 27(2)", None, 1, 0),
        ("32014R0651", "Recital (50)", None, 0, 0),
        ("32014R0651", "Recital (50)", MAY_2019, 1, 0),
        ("32014R0651", "Article 28(4)", date(2015, 10, 1), 1, 1),
        ("32023R1315", "Recital (12)", None, 0, 0),
        ("32023R1315", "Article 1, point (27)", None, 1, 0),
        ("32008R0800", "Article 36(3)", date(2013, 11, 30), 1, 1),
        ("32008R0800", "Article 36(3)", date(2014, 6, 30), 1, 0),
        ("02008R0800-20131201", "Article 36(3)", date(2014, 6, 30), 1, 1),
        ("32008R0800", "Article 36(3)", date(2014, 7, 1), 1, 0),
        (NEW, "Article 27(6)", date(2020, 12, 1), 1, 0),
        ("02014R0651-20200727", "Article 27(6)", date(2020, 12, 1), 1, 1),
        ("12012E_TXT", "Article 107(1)", None, 0, 0),
        ("32023R2831", "Article 3(2)", MAY_2019, 1, 0),
        (TEXT, "Footnote 1", MAY_2019, 0, 0),
    ],
)
def test_version_on_the_date(
    doc: str, label: str, as_of: date | None, dated: int, rightly: int
) -> None:
    """Texts that are amended or superseded are judged by date, lasting recitals excepted."""
    found = outcome(doc, label, as_of)
    assert (found.dated, found.dated_right) == (dated, rightly)


def test_a_refusal_cites_no_wrong_version() -> None:
    """A refusal counts as rightly dated, and not at all where only answers that cite count."""
    assistant = Prepared({"share?": ([], reply("no_answer", 0.0))})
    figures = evaluate(assistant, QUESTIONS[:1], WORKS, today=TODAY).groups["all"]
    assert figures["as_of_correct"] == Figure(1.0, 1.0, 1.0, 1)
    assert "as_of_correct_where_cited" not in figures
    assert "citation_precision" not in figures


@pytest.mark.parametrize(
    ("label", "key", "article"),
    [
        ("Annex I, Article 3(2)", "annexiarticle3(2)", "annexiarticle3"),
        ("Article 3(2)", "article3(2)", "article3"),
        ("Recital (12)", "recital(12)", "recital12"),
        ("recital 12", "recital12", "recital12"),
        ("Article 25(6)(b)(i)", "article25(6)(b)(i)", "article25"),
        ("Article 1, point (27)", "article1(27)", "article1"),
        ("Article 2, paragraph 1, point (a)", "article21(a)", "article2"),
        ("ARTICLE\u00a020a(2)", "article20a(2)", "article20a"),
        ("Annex III", "annexiii", "annexiii"),
        ("What is a cluster?", "whatisacluster?", "whatisacluster?"),
        ("Footnote 1", "footnote1", "footnote1"),
    ],
)
def test_labels(label: str, key: str, article: str) -> None:
    """Labels compare without case, spaces, commas and the words point and paragraph."""
    assert label_key(label) == key
    assert article_key(label) == article


def test_normalised_white_space() -> None:
    """No-break, thin and zero-width spaces become one space, and nothing else changes."""
    text = "\ufeff EUR\u00a07,5\u202fmillion \u200b\u2009 per\r\n\tcluster\u2060; “Case” \n"
    assert normalise(text) == "EUR 7,5 million per cluster ; “Case”"


def entry(**changes: Any) -> dict[str, Any]:
    gold = [{"doc": NEW, "label": "Article 27(6)", "quote": INTENSITY.quote}]
    whole = {"id": "a1", "question": "share?", "as_of": None, "type": "gber", "answerable": True}
    return whole | {"gold": gold, "short_answer": "half", "alternatives": []} | changes


def write(path: Path, *entries: object) -> None:
    path.write_text("".join(f"{json.dumps(entry)}\n" for entry in entries), encoding="utf-8")


def test_question_files(tmp_path: Path) -> None:
    """All three kinds of file are read once each, turns as questions of one conversation."""
    dated = entry(id="f1", type="followup_what_if", as_of="2019-05-02")
    del dated["id"], dated["type"]
    write(tmp_path / "dev_answerable.jsonl", entry())
    write(
        tmp_path / "dev_followup.jsonl",
        {"id": "f1", "type": "followup_what_if", "turns": [dated, dated]},
    )
    write(tmp_path / "dev_unanswerable.jsonl", entry(id="u1", answerable=False, gold=[]))
    write(tmp_path / "results.jsonl", "not a question")
    gold = (INTENSITY,)
    assert read_questions(tmp_path) == (
        Question("a1", "share?", None, "gber", True, gold, (), None, 1),
        Question("f1.1", "share?", MAY_2019, "followup_what_if", True, gold, (), "f1", 1),
        Question("f1.2", "share?", MAY_2019, "followup_what_if", True, gold, (), "f1", 2),
        Question("u1", "share?", None, "gber", False, (), (), None, 1),
    )


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("not an object", "Expected `object`, got `str`"),
        ({"id": "a2"}, "Object missing required field `type`"),
        (entry(id=2), "Expected `str`, got `int` - at `$.id`"),
        (entry(id="a2", answerable="yes"), "Expected `bool`, got `str` - at `$.answerable`"),
        (entry(id="a2", as_of="May 2019"), "Invalid RFC3339 encoded date - at `$.as_of`"),
        (entry(id="a2", as_of="2019-W18-3"), "Invalid RFC3339 encoded date - at `$.as_of`"),
        (entry(id="a2", gold=[]), "gold is for answerable questions"),
        (entry(id="a2", gold=["quote"]), "Expected `object`, got `str` - at `$.gold[0]`"),
        (entry(id="a2", gold=[{"doc": NEW, "label": "1", "quote": " "}]), "may not be empty"),
        (entry(), "id a1 occurs twice"),
        (entry(id="a2", question=" \n"), "the question is empty"),
        (
            {"id": "f1", "type": "t", "turns": [entry(question="")]},
            "the question is empty - at `$[0]`; correct the line",
        ),
        ({"id": "f1", "type": "t", "turns": [3]}, "Expected `object`, got `int` - at `$[0]`"),
    ],
)
def test_bad_lines(tmp_path: Path, bad: object, message: str) -> None:
    """A line that cannot be used is refused with its file, its number and the reason."""
    write(tmp_path / "x_answerable.jsonl", entry(), bad)
    with pytest.raises(CorpusError) as caught:
        read_questions(tmp_path)
    assert f"{tmp_path / 'x_answerable.jsonl'}, line 2: " in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize("line", [b'{"id": ', b'{"id": "\xff"}'])
def test_lines_that_are_not_json(tmp_path: Path, line: bytes) -> None:
    """Broken JSON and broken UTF-8 are refused in the same way, blank lines passed over."""
    (tmp_path / "x_followup.jsonl").write_bytes(b"\n" + line + b"\n")
    with pytest.raises(CorpusError, match=r"x_followup\.jsonl, line 2: "):
        read_questions(tmp_path)


@pytest.mark.parametrize("folder", [".", "absent"])
def test_folder_without_questions(tmp_path: Path, folder: str) -> None:
    """A folder that holds no questions, or is not there, is refused with the remedy."""
    with pytest.raises(CorpusError, match=r"no questions; name a folder that holds \*answerable"):
        read_questions(tmp_path / folder)


def test_intervals() -> None:
    """Bootstrap intervals are the same on every run and near the binomial ones."""
    parts = [(1.0, 1.0)] * 40 + [(0.0, 1.0)] * 20
    found = ratio(parts)
    assert found == ratio(parts)
    assert found.n == 60
    assert found.value == pytest.approx(2 / 3)
    assert found.low == pytest.approx(0.547, abs=0.02)
    assert found.high == pytest.approx(0.786, abs=0.02)
    assert ratio([(1, 2), (2, 4)]) == Figure(0.5, 0.5, 0.5, 6)
    assert ratio([(1, 1), (0, 3)]) == Figure(0.25, 0.0, 1.0, 4)


def brute_force(positives: Sequence[float], negatives: Sequence[float]) -> float:
    wins = 0.0
    for positive in positives:
        for negative in negatives:
            wins += 1.0 if positive > negative else 0.5 if positive == negative else 0.0
    return wins / (len(positives) * len(negatives))


@pytest.mark.parametrize(
    ("positives", "negatives"),
    [
        ([0.9, 0.5, 0.3, 0.8], [0.2, 0.5, 0.1]),
        ([0.5, 0.5], [0.5]),
        ([1.0], [0.0, 0.0]),
        ([0.0, 0.25, 0.25], [0.25, 0.25, 0.75, 1.0]),
        ([n * 7 % 11 / 10 for n in range(40)], [n * 5 % 13 / 12 for n in range(30)]),
    ],
)
def test_auroc(positives: list[float], negatives: list[float]) -> None:
    """The rank formula agrees with counting every pair, ties included."""
    assert auroc(positives, negatives) == pytest.approx(brute_force(positives, negatives))


def test_auroc_needs_both_kinds() -> None:
    """No separation is claimed where one of the two kinds is missing."""
    assert auroc([0.5], []) is None
    assert auroc([], [0.5]) is None


def test_json(report: Report) -> None:
    """The JSON form survives a round trip, rounds to 4 places and holds a row per question."""
    data = report.to_json()
    assert json.loads(json.dumps(data)) == data
    assert list(data) == ["today", "k", "groups", "auroc", "outcomes"]
    assert (data["today"], data["k"], data["auroc"]) == ("2026-11-23", 50, 0.875)
    assert data["groups"]["near_absent"] == {
        "abstention_rate": {"value": 1.0, "low": 1.0, "high": 1.0, "n": 1}
    }
    assert data["groups"]["all"]["as_of_correct"]["value"] == 0.6667
    assert len(data["outcomes"]) == 7
    assert data["outcomes"][6] == {
        "question": {
            "id": "f1.2",
            "question": "in Bavaria?",
            "as_of": None,
            "type": "followup_what_if",
            "answerable": False,
            "gold": [],
            "alternatives": [],
            "conversation": "f1",
            "turn": 2,
        },
        "as_of": "2026-11-23",
        "legal": False,
        "status": "no_answer",
        "confidence": 0.1,
        "first_rank": None,
        "gold_ranks": [],
        "citations": 0,
        "right": 0,
        "right_article": 0,
        "gold_cited": 0,
        "gold_cited_article": 0,
        "dated": 0,
        "dated_right": 0,
        "missed": [],
        "sound": None,
    }


def test_table(report: Report) -> None:
    """The table fits 80 columns and sets value, interval and count in line."""
    lines = report.to_table().splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0] == "7 questions as of 2026-11-23, 50 passages each"
    assert lines[1] == "AUROC of confidence, answerable against unanswerable: 0.875"
    assert lines[3] == "all                             value      95 % interval     n"
    assert "  rightly cited answers         1.000     1.000 to 1.000     3" in lines
    start = lines.index("by type               n  hit@1 hit@10 answer refuse  cited  dated")
    assert lines[start + 1 : start + 8] == [
        "gber                  1  0.000  1.000  1.000      -  0.500  1.000",
        "point_in_time         1  0.000  1.000  1.000      -  0.500  0.000",
        "seed                  1  1.000  1.000  0.000      -      -      -",
        "near_absent           1      -      -      -  1.000      -      -",
        "off_topic             1      -      -      -  0.000      -      -",
        "followup_what_if      2  1.000  1.000  1.000  1.000  1.000  1.000",
        "followup_what_if/2    1      -      -      -  1.000      -      -",
    ]
