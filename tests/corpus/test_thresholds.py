"""Rules with figures as data: what the file holds, and that its words stand in the law."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from places import PROJECT

from clusterqa.corpus.manifest import read_manifest
from clusterqa.corpus.thresholds import FigureCheck, Threshold, read_thresholds
from clusterqa.errors import CorpusError
from clusterqa.law.thresholds import concerns, in_text, unproven
from clusterqa.parsers import parse
from clusterqa.types import Document, Source

MIRROR = os.environ.get("CLUSTERQA_MIRROR", "")
SHIPPED = read_thresholds(PROJECT / "corpus" / "thresholds.toml")
WORKS = read_manifest(PROJECT / "corpus" / "manifest.toml")
RULES = [(check, rule) for check in SHIPPED.check for rule in check.rule]
LANGUAGES = {"en", "fr"}


def test_the_checks_there_are() -> None:
    """this test ensures that no check is lost."""
    assert [check.id for check in SHIPPED.check] == [
        "sme", "publication", "notification", "de_minimis", "cluster_operating",
        "cluster_duration", "cluster_investment", "research", "sme_innovation", "advisory_total",
        "training",
    ]  # fmt: skip


@pytest.mark.parametrize("check", SHIPPED.check, ids=lambda check: check.id)
def test_a_check_is_whole(check: FigureCheck) -> None:
    """this test ensures that a check is told in both languages and is of works that there are."""
    assert {work.id for work in WORKS} >= set(check.works)
    assert {*check.name} == LANGUAGES
    assert {*check.subject} >= LANGUAGES
    assert check.unchecked
    assert (check.within is None) == (check.beyond is None) == (check.kind != "limit")
    assert (check.none is None) == (check.kind != "category")
    assert len({rule.id for rule in check.rule}) == len(check.rule)
    roles = {rule.role for rule in check.rule}
    assert roles == {"rule"} if check.kind != "intensity" else "base" in roles
    for rule in check.rule:
        assert set(rule.of) <= {other.id for other in check.rule}
        assert {*rule.quote} == LANGUAGES if rule.until is None else {*rule.quote} == {"en"}


@pytest.mark.parametrize("day", [date(2012, 5, 1), date(2014, 7, 1), date(2023, 6, 30),
                                 date(2023, 7, 1), date(2026, 11, 23)])  # fmt: skip
def test_one_figure_a_day(day: date) -> None:
    """this test ensures that no two rules for the same circumstances count on one day."""
    for check in SHIPPED.check:
        if check.kind == "category":
            continue
        counted = [(r.role, r.given, r.of) for r in check.rule if r.counts_on(day)]
        assert len(set(counted)) == len(counted), check.id


def test_names_are_in_both_languages() -> None:
    """this test ensures that what is shown of a rule is there in English and in French."""
    for named in (SHIPPED.measure, SHIPPED.circumstance):
        assert all({*one.name} == LANGUAGES and {*one.words} >= LANGUAGES for one in named)
    assert all({*one.said} == LANGUAGES for one in SHIPPED.unchecked)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("check = 5", "Expected `array`"),
        ("[[check", "mend the file"),
        ('[[measure]]\nid = "staff"', "missing required field `unit`"),
        ('[[measure]]\nid = "a"\nunit = "kg"\nname = {}\nwords = {}', "Invalid enum value"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, words: str) -> None:
    """this test ensures that a file that is no set of rules is one error that names it."""
    path = tmp_path / "thresholds.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(CorpusError, match=r"thresholds\.toml") as error:
        read_thresholds(path)
    assert words in str(error.value)


@pytest.mark.parametrize("name", ["aid", "swarm", "hornets"])
def test_a_name_that_is_not_there(tmp_path: Path, name: str) -> None:
    """this test ensures that a check cannot name a measure, circumstance or matter by mistake."""
    text = (PROJECT / "tests" / "data" / "small" / "thresholds.toml").read_text("utf-8")
    path = tmp_path / "thresholds.toml"
    path.write_text(
        text.replace('[[check.rule]]\nid = "base"', '[[check.rule]]\nid = "b"\ngiven = ["swarm"]')
        .replace(f'id = "{name}"', 'id = "other"'),
        "utf-8",
    )  # fmt: skip
    with pytest.raises(CorpusError, match=f"names '{name}', which is not in the file"):
        read_thresholds(path)


def test_no_file_is_no_rules(tmp_path: Path) -> None:
    """this test ensures that a corpus without rules works."""
    assert read_thresholds(tmp_path / "thresholds.toml").check == ()


# In the official texts --------------------------------------------------------------------------


@cache
def document(source: Source) -> Document | None:
    """The official text of a source; None if it is not in the folder."""
    path = Path(MIRROR) / Path(str(source.file)).name
    return parse(path.read_bytes(), source.id, path.name) if path.is_file() else None


def texts() -> Iterator[tuple[Source, Document]]:
    """The official texts of the works that have rules."""
    wanted = {name for check in SHIPPED.check for name in check.works}
    for work in WORKS:
        for source in work.sources if work.id in wanted else ():
            if found := document(source):
                yield source, found


official = pytest.mark.skipif(not MIRROR, reason="CLUSTERQA_MIRROR names no official texts")


@official
def test_every_rule_stands_in_the_law() -> None:
    """this test ensures that words and figures of each rule are in each text of its time."""
    found = dict(texts())
    assert len(found) >= 12
    assert list(unproven(SHIPPED, WORKS, list(found.values()))) == []


@official
@pytest.mark.parametrize(("check", "rule"), RULES, ids=lambda one: one.id)
def test_a_rule_is_of_some_text(check: FigureCheck, rule: Threshold) -> None:
    """this test ensures that no rule is of a time or a label that no text has."""
    stood = [
        in_text(rule, text, source.language, SHIPPED)
        for source, text in texts()
        if source.work in check.works and concerns(rule, source)
    ]
    assert stood
    assert None not in stood


@official
@pytest.mark.parametrize(("check", "rule"), RULES, ids=lambda one: one.id)
def test_another_figure_breaks_a_rule(check: FigureCheck, rule: Threshold) -> None:
    """this test ensures that a rule whose figure is not that of its words is not used."""
    limits = tuple(replace(one, figure=one.figure + 1) for one in rule.all)
    wrong = replace(rule, all=limits)
    for source, text in texts():
        if source.work in check.works and concerns(rule, source):
            assert in_text(wrong, text, source.language, SHIPPED) is None


@official
def test_a_new_figure_in_the_law_is_reported() -> None:
    """this test ensures that a text that was changed names the rule that no longer stands."""
    text = next(text for source, text in texts() if source.id == "02014R0651-20230701")
    place = text.text.index("for aid for innovation clusters: EUR 10 million")
    changed = text.text[:place] + text.text[place:].replace("EUR 10 million", "EUR 12 million", 1)
    lines = list(unproven(SHIPPED, WORKS, [replace(text, text=changed)]))
    assert lines == [
        "thresholds.toml: notification.cluster is not used on 02014R0651-20230701: its words or "
        "figures do not stand in Article 4(1)(k); mend its quote, its figure or its days"
    ]
