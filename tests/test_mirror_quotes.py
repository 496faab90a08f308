"""Real documents against judged quotes: each in one place, one passage, under its label.

The folders come from the environment: CLUSTERQA_MIRROR holds files named as in the corpus,
CLUSTERQA_QUESTIONS the question sets. Without them these tests are skipped.
"""

import functools
import json
import os
import re
from datetime import datetime
from pathlib import Path

import pytest
from places import PROJECT

from clusterqa.corpus.manifest import read_manifest
from clusterqa.parsers import parse
from clusterqa.passages import LONGEST, deepest, sentences, split_document
from clusterqa.types import Document, Source

MIRROR = os.environ.get("CLUSTERQA_MIRROR", "")
QUESTIONS = os.environ.get("CLUSTERQA_QUESTIONS", "")
pytestmark = pytest.mark.skipif(
    not (MIRROR and QUESTIONS), reason="CLUSTERQA_MIRROR and CLUSTERQA_QUESTIONS are not set"
)


def judged() -> list[tuple[str, str, str]]:
    """(document, label, quote) of every gold and alternative passage in a legal text."""
    found = []
    for name in ("dev_answerable.jsonl", "dev_followup.jsonl"):
        text = (Path(QUESTIONS) / "clusterqa_dev" / name).read_text(encoding="utf-8")
        for line in text.splitlines():
            entry = json.loads(line)
            for turn in entry.get("turns", [entry]):
                found += [*turn["gold"], *turn["alternatives"]]
    return sorted(
        {(g["doc"], g["label"], g["quote"]) for g in found if g["doc"] != "cluster-definitions"}
    )


def comparable(label: str) -> str:
    return re.sub(r"[\s,]|point|paragraph", "", label.lower())


@functools.cache
def document(name: str) -> Document:
    file = f"{name}.en.xhtml"
    return parse((Path(MIRROR) / file).read_bytes(), name, file)


def test_every_judged_quote_stands_once_under_its_label() -> None:
    """A quote occurs once in its document, in the provision and the one passage it is judged."""
    wrong = []
    for doc, label, quote in judged():
        text = document(doc).text
        if text.count(quote) != 1:
            wrong.append((doc, label, quote, f"{text.count(quote)} times"))
            continue
        start = text.index(quote)
        found = deepest(document(doc).provisions, start, start + len(quote))
        if found is None or comparable(found.label) != comparable(label):
            wrong.append((doc, label, quote, f"labelled {found and found.label}"))
        holding = [p for p in split_document(document(doc)) if quote in p.text]
        if len(holding) != 1:
            wrong.append((doc, label, quote, f"in {len(holding)} passages"))
    assert judged()
    assert wrong == []


def test_no_passage_is_long_unless_it_is_one_sentence() -> None:
    """A passage of any file in the mirror is short, a table row or a single sentence."""
    long = [
        (file.name, passage.label, len(passage.text))
        for file in sorted(Path(MIRROR).glob("*.xhtml"))
        for passage in split_document(parse(file.read_bytes(), file.stem, file.name))
        if len(passage.text) > LONGEST and len(sentences(passage.text)) > 1
    ]
    assert long == []


def test_the_manifest_ends_versions_when_the_act_says() -> None:
    """A last version's last day is the one its final article names: "shall apply until …"."""
    project = PROJECT / "corpus" / "manifest.toml"
    checked = []
    for work in read_manifest(project):
        texts = [s for s in work.sources if s.language == "en" and (path_of(s)).exists()]
        if work.kind != "law" or not texts or texts[-1].valid_to is None:
            continue
        source = texts[-1]
        said = re.findall(r"It shall apply until (\d+ \w+ \d{4})\.", document(source.id).text)
        if said:
            day = datetime.strptime(said[-1], "%d %B %Y").date()
            checked.append((work.id, source.valid_to == day))
    assert checked == [("gber", True), ("gber-2008", True), ("de-minimis-2023", True)]


def path_of(source: Source) -> Path:
    return Path(MIRROR) / Path(source.file or "none").name
