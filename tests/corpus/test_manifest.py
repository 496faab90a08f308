"""The manifest, the dates it carries, and the files it names."""

import dataclasses
import errno
import hashlib
import os
import re
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from places import PROJECT

from clusterqa.corpus.manifest import (
    GROUPS,
    Presence,
    SyncResult,
    legal_status,
    presence,
    read_manifest,
    successor,
    sync_from_mirror,
    versions_in_force,
)
from clusterqa.corpus.selection import selected
from clusterqa.errors import CorpusError, UsageError
from clusterqa.types import Source, Work

CORPUS = PROJECT / "corpus"
DAY = timedelta(days=1)

TWO_WORKS = """
[[works]]
id = "gber"
title = "Commission Regulation (EU) No 651/2014"
short_title = "GBER"
kind = "law"
publisher = "European Commission"
note = "Article 27: innovation clusters."

[[works.sources]]
id = "32014R0651"
language = "en"
celex = "32014R0651"
published = 2014-06-26
valid_from = 2014-07-01
valid_to = 2017-07-09
file = "official/32014R0651.en.xhtml"
licence = "reuse with attribution"

[[works.sources]]
id = "02014R0651-20170710.fr"
language = "fr"
title = "Règlement (UE) n° 651/2014"
valid_from = 2017-07-10
authentic = false

[[works]]
id = "gber-2008"
title = "Commission Regulation (EC) No 800/2008"
short_title = "GBER 2008"
kind = "law"
publisher = "European Commission"
superseded_by = "gber"
"""


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.toml"
    path.write_text(TWO_WORKS, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def shipped() -> dict[str, Work]:
    return {work.id: work for work in read_manifest(CORPUS / "manifest.toml")}


# --- reading ---


def test_a_manifest_becomes_works_with_their_sources(manifest: Path) -> None:
    """Works and sources carry every field as written, and a source without a title its work's."""
    assert read_manifest(manifest) == (
        Work(
            id="gber",
            title="Commission Regulation (EU) No 651/2014",
            short_title="GBER",
            kind="law",
            publisher="European Commission",
            note="Article 27: innovation clusters.",
            sources=(
                Source(
                    id="32014R0651",
                    work="gber",
                    language="en",
                    title="Commission Regulation (EU) No 651/2014",
                    celex="32014R0651",
                    published=date(2014, 6, 26),
                    valid_from=date(2014, 7, 1),
                    valid_to=date(2017, 7, 9),
                    file="official/32014R0651.en.xhtml",
                    licence="reuse with attribution",
                ),
                Source(
                    id="02014R0651-20170710.fr",
                    work="gber",
                    language="fr",
                    title="Règlement (UE) n° 651/2014",
                    valid_from=date(2017, 7, 10),
                    authentic=False,
                ),
            ),
        ),
        Work(
            id="gber-2008",
            title="Commission Regulation (EC) No 800/2008",
            short_title="GBER 2008",
            kind="law",
            publisher="European Commission",
            superseded_by="gber",
        ),
    )


WRITE = "write text in quotes, a list in brackets, a date like 2023-07-01 and true or false without"
FAULTS = {
    "unknown group": (
        'kind = "law"',
        'kind = "law"\ngroup = "fish"',
        "{path}: work 'gber': unknown group 'fish'; use one of core, state-aid, programmes, guides",
    ),
    "day that does not exist": (
        "valid_from = 2014-07-01",
        "valid_from = 2026-02-30",
        "{path}: Invalid date or datetime (at line 15, column 14); correct the TOML there",
    ),
    "date as text": (
        "valid_from = 2014-07-01",
        'valid_from = "2014-07-01"',
        "{path}: work 'gber', source '32014R0651': Expected `date | null`, got `str` - at "
        f"`$.valid_from`; {WRITE}",
    ),
    "date with an hour": (
        "valid_from = 2014-07-01",
        "valid_from = 2014-07-01T00:00:00Z",
        "{path}: work 'gber', source '32014R0651': Expected `date | null`, got `datetime` - at "
        f"`$.valid_from`; {WRITE}",
    ),
    "end before beginning": (
        "valid_to = 2017-07-09",
        "valid_to = 2014-06-30",
        "{path}: work 'gber', source '32014R0651': "
        "valid_from 2014-07-01 is after valid_to 2014-06-30; correct one of them",
    ),
    "two works with one id": (
        'id = "gber-2008"',
        'id = "gber"',
        "{path}: work 'gber': used 2 times; give each its own id",
    ),
    "two sources with one id": (
        'id = "02014R0651-20170710.fr"',
        'id = "32014R0651"',
        "{path}: source '32014R0651': used 2 times; give each its own id",
    ),
    "unknown kind": (
        'kind = "law"',
        'kind = "statute"',
        "{path}: work 'gber': unknown kind 'statute'; use one of law, soft_law, guide, page",
    ),
    "unknown key of a work": (
        "note =",
        "remark =",
        "{path}: work 'gber': unknown key 'remark'; use one of id, title, short_title, kind, "
        "publisher, superseded_by, amends, sources, note, names, cited_as, group, subjects",
    ),
    "unknown key of a source": (
        "celex =",
        "CELEX =",
        "{path}: work 'gber', source '32014R0651': unknown key 'CELEX'; use one of id, language, "
        "title, celex, eli, oj, published, valid_from, valid_to, authentic, url, file, sha256, "
        "licence, attachment",
    ),
    "unknown key of the file": (
        "\n[[works]]",
        "\nversion = 1\n[[works]]",
        "{path}: unknown key 'version'; use one of works",
    ),
    "unknown superseding work": (
        'superseded_by = "gber"',
        'superseded_by = "gber-2027"',
        "{path}: work 'gber-2008': superseded_by names unknown work 'gber-2027'; add or correct it",
    ),
    "unknown amended work": (
        'superseded_by = "gber"',
        'amends = ["gber", "gber-2027"]',
        "{path}: work 'gber-2008': amends names unknown work 'gber-2027'; add or correct it",
    ),
    "amends holds a number": (
        'superseded_by = "gber"',
        "amends = [651]",
        f"{{path}}: work 'gber-2008': Expected `str`, got `int` - at `$.amends[0]`; {WRITE}",
    ),
    "missing title": (
        'title = "Commission Regulation (EU) No 651/2014"\n',
        "",
        "{path}: work 'gber': title is missing; add it",
    ),
    "empty publisher": (
        'publisher = "European Commission"',
        'publisher = ""',
        "{path}: work 'gber': publisher is missing; add it",
    ),
    "work without id": (
        'id = "gber-2008"\n',
        "",
        "{path}: work no. 2: id is missing; add it",
    ),
    "source without id": (
        'id = "02014R0651-20170710.fr"\n',
        "",
        "{path}: work 'gber', source no. 2: id is missing; add it",
    ),
    "source without language": (
        'language = "fr"\n',
        "",
        "{path}: work 'gber', source '02014R0651-20170710.fr': language is missing; add it",
    ),
    "absolute file": (
        "official/32014R0651.en.xhtml",
        "/etc/passwd",
        "{path}: work 'gber', source '32014R0651': file '/etc/passwd' leaves the corpus; "
        "use official/NAME",
    ),
    "file above the corpus": (
        "official/32014R0651.en.xhtml",
        "official/../../secret.txt",
        "{path}: work 'gber', source '32014R0651': file 'official/../../secret.txt' leaves the "
        "corpus; use official/NAME",
    ),
    "file on a Windows drive": (
        "official/32014R0651.en.xhtml",
        "C:secret.txt",
        "{path}: work 'gber', source '32014R0651': file 'C:secret.txt' leaves the corpus; "
        "use official/NAME",
    ),
    "hash that is none": (
        "licence =",
        'sha256 = "abc"\nlicence =',
        "{path}: work 'gber', source '32014R0651': sha256 is not 64 hex digits; "
        "run sha256sum on the file",
    ),
    "text for a flag": (
        "authentic = false",
        'authentic = "no"',
        "{path}: work 'gber', source '02014R0651-20170710.fr': Expected `bool`, got `str` - at "
        f"`$.authentic`; {WRITE}",
    ),
    "two works cited alike": (
        "kind =",
        'cited_as = ["the Act", "the Act"]\nkind =',
        "{path}: cited_as 'the Act': used 2 times; texts cite one work by it; keep one",
    ),
    "no TOML": (
        "[[works]]",
        "[[works]",
        "{path}: Expected ']]' at the end of an array declaration (at line 2, column 8); "
        "correct the TOML there",
    ),
}


@pytest.mark.parametrize(("old", "new", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_a_faulty_manifest_is_refused(manifest: Path, old: str, new: str, message: str) -> None:
    """Each fault is refused in one line that names the file, the entry and the remedy."""
    assert old in TWO_WORKS
    manifest.write_text(TWO_WORKS.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CorpusError) as refusal:
        read_manifest(manifest)
    assert str(refusal.value) == message.format(path=manifest)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'[[works]]\nid = "r\xe8glement"', "{path}: byte 17 is not UTF-8; save the file as UTF-8"),
        (b"", "{path}: works is missing; add it"),
        (b"works = [1]", "{path}: work no. 1: not a table; begin it with [[works]] or"),
        (b"works = 1", "{path}: works has the wrong type; write a list"),
        (b"works = " + b"[" * 9999, "{path}: "),
    ],
    ids=["Latin-1", "empty", "a number for a work", "a number for all works", "nested too deep"],
)
def test_other_bytes_are_refused(manifest: Path, content: bytes, message: str) -> None:
    """A file that is no manifest at all is refused by name, not with a traceback."""
    manifest.write_bytes(content)
    with pytest.raises(CorpusError) as refusal:
        read_manifest(manifest)
    assert str(refusal.value).startswith(message.format(path=manifest))
    assert "\n" not in str(refusal.value)


def test_a_missing_manifest_is_refused(tmp_path: Path) -> None:
    """A manifest that is not there, or is a folder, is refused by its path."""
    with pytest.raises(CorpusError, match=r"none\.toml: No such file or directory; name an exist"):
        read_manifest(tmp_path / "none.toml")
    with pytest.raises(CorpusError, match="Is a directory"):
        read_manifest(tmp_path)


def test_a_byte_order_mark_is_no_fault(manifest: Path) -> None:
    """A manifest saved with a byte order mark reads like one without."""
    plain = read_manifest(manifest)
    manifest.write_text(TWO_WORKS, encoding="utf-8-sig")
    assert read_manifest(manifest) == plain


# --- the shipped manifest ---


def test_the_shipped_manifest_has_every_work(shipped: dict[str, Work]) -> None:
    """The shipped manifest lists all works by group, those of other kinds than law as such."""
    groups = {name: [w.id for w in shipped.values() if w.group == name] for name in GROUPS}
    assert groups == {
        "core": [
            "cluster-definitions", "smart-guide-2016", "rdi-framework-2006", "rdi-framework-2014",
            "rdi-framework-2022", "gber", "reg-2017-1084", "reg-2020-972", "reg-2021-452",
            "reg-2021-1237", "reg-2023-917", "reg-2023-1315", "gber-2008", "gber-faq",
            "de-minimis-2023", "enabling-2015", "step-2024", "tfeu", "notion-of-aid-2016",
            "sme-recommendation-2003", "sme-user-guide",
        ],
        "state-aid": [
            "de-minimis-2006", "de-minimis-2013", "sgei-de-minimis-2012", "sgei-de-minimis",
            "agricultural-de-minimis", "fisheries-de-minimis", "aber", "fiber",
            "procedural-regulation", "state-aid-implementing-regulation", "sgei-decision",
            "regional-aid-guidelines", "rescue-guidelines", "risk-finance-guidelines",
            "climate-guidelines", "broadband-guidelines", "ipcei-communication",
            "export-credit-communication", "reference-rate-communication", "recovery-notice",
            "cisaf", "temporary-framework", "training-aid-2001", "sme-aid-2001", "reg-2018-1923",
            "reg-2019-316", "reg-2020-1474", "reg-2020-2008", "reg-2022-2046", "reg-2022-2514",
            "reg-2023-2391", "reg-2023-2603", "reg-2023-2607", "reg-2024-3118",
        ],
        "programmes": [
            "cpr-2021", "erdf-2021", "interreg-2021", "horizon-europe", "digital-europe",
        ],
        "guides": [
            "smart-guide-entrepreneurship-2019", "smart-guide-evaluation-2020",
            "cluster-programmes-report", "expert-group-report-2021",
        ],
    }  # fmt: skip
    other = {w.id: w.kind for w in shipped.values() if w.kind != "law"}
    assert {name for name, kind in other.items() if kind == "guide"} == {
        "smart-guide-2016", "gber-faq", "sme-user-guide", *groups["guides"],
    }  # fmt: skip
    assert {name for name, kind in other.items() if kind == "page"} == {"cluster-definitions"}
    assert {name for name, kind in other.items() if kind == "soft_law"} == {
        "rdi-framework-2006", "rdi-framework-2014", "rdi-framework-2022", "notion-of-aid-2016",
        "sme-recommendation-2003", "regional-aid-guidelines", "rescue-guidelines",
        "risk-finance-guidelines", "climate-guidelines", "broadband-guidelines",
        "ipcei-communication", "export-credit-communication", "reference-rate-communication",
        "recovery-notice", "cisaf", "temporary-framework",
    }  # fmt: skip


def test_the_groups_are_complete(shipped: dict[str, Work]) -> None:
    """Each work comes with one group, what is at hand by default, an amendment with its act."""
    works = tuple(shipped.values())
    assert [len(selected(works, groups=[name])) for name in GROUPS] == [21, 34, 5, 4]
    assert selected(works, groups=GROUPS) == works
    for work in works:
        if any(source.sha256 for source in work.sources):
            assert work.group == "core", work.id
        for name in work.amends:
            assert shipped[name].group == work.group, work.id
        if work.group != "core" and work.kind != "guide":
            assert not any(source.sha256 for source in work.sources), work.id


def test_the_shipped_dates(shipped: dict[str, Work]) -> None:
    """The first and last days of the texts are those of the acts' own final articles."""
    dates = {
        source.id: (source.valid_from, source.valid_to)
        for work in shipped.values()
        if work.group == "core"
        for source in work.sources
    }
    assert dates == {
        "cluster-definitions": (None, None),
        "smart-guide-2016": (None, None),
        "52006XC1230(01)": (date(2007, 1, 1), date(2014, 6, 30)),
        "52014XC0627(01)": (date(2014, 7, 1), date(2022, 10, 18)),
        "52022XC1028(03)": (date(2022, 10, 19), None),
        "32014R0651": (date(2014, 7, 1), date(2017, 7, 9)),
        "02014R0651-20170710": (date(2017, 7, 10), date(2020, 7, 26)),
        "02014R0651-20200727": (date(2020, 7, 27), date(2021, 4, 4)),
        "02014R0651-20210405": (date(2021, 4, 5), date(2021, 7, 31)),
        "02014R0651-20210801": (date(2021, 8, 1), date(2023, 5, 24)),
        "02014R0651-20230525": (date(2023, 5, 25), date(2023, 6, 30)),
        "02014R0651-20230701": (date(2023, 7, 1), date(2026, 12, 31)),
        "02014R0651-20230701.fr": (date(2023, 7, 1), date(2026, 12, 31)),
        "32014R0651.fr": (date(2014, 7, 1), date(2017, 7, 9)),
        "02014R0651-20170710.fr": (date(2017, 7, 10), date(2020, 7, 26)),
        "32017R1084": (date(2017, 7, 10), None),
        "32020R0972": (date(2020, 7, 27), None),
        "32021R0452": (date(2021, 4, 5), None),
        "32021R1237": (date(2021, 8, 1), None),
        "32023R0917": (date(2023, 5, 25), None),
        "32023R1315": (date(2023, 7, 1), None),
        "32008R0800": (date(2008, 8, 29), date(2013, 11, 30)),
        "02008R0800-20131201": (date(2013, 12, 1), date(2014, 6, 30)),
        "32008R0800.fr": (date(2008, 8, 29), date(2013, 11, 30)),
        "02008R0800-20131201.fr": (date(2013, 12, 1), date(2014, 6, 30)),
        "gber-faq": (None, None),
        "32023R2831": (date(2024, 1, 1), date(2030, 12, 31)),
        "32023R2831.fr": (date(2024, 1, 1), date(2030, 12, 31)),
        "32015R1588": (date(2015, 10, 14), date(2018, 12, 26)),
        "02015R1588-20181227": (date(2018, 12, 27), None),
        "32015R1588.fr": (date(2015, 10, 14), date(2018, 12, 26)),
        "02015R1588-20181227.fr": (date(2018, 12, 27), None),
        "32024R0795": (date(2024, 3, 1), date(2025, 12, 22)),
        "02024R0795-20251223": (date(2025, 12, 23), None),
        "32024R0795.fr": (date(2024, 3, 1), date(2025, 12, 22)),
        "02024R0795-20251223.fr": (date(2025, 12, 23), None),
        "12012E_TXT": (date(2009, 12, 1), None),
        "52016XC0719(05)": (date(2016, 7, 19), None),
        "32003H0361": (date(2005, 1, 1), None),
        "sme-user-guide": (None, None),
    }


@pytest.mark.parametrize(
    ("source_id", "days"),
    [
        ("32008R0800", 20),
        ("32015R1588", 20),
        ("32017R1084", 20),
        ("32020R0972", 20),
        ("32021R0452", 20),
        ("32021R1237", 3),
        ("32023R0917", 20),
        ("32023R1315", 1),
        ("32024R0795", 1),
    ],
)
def test_entry_into_force_counts_from_publication(
    shipped: dict[str, Work], source_id: str, days: int
) -> None:
    """An act that enters into force so many days after publication begins on that day."""
    sources = {source.id: source for work in shipped.values() for source in work.sources}
    published = sources[source_id].published
    assert published is not None
    assert sources[source_id].valid_from == published + days * DAY


def test_the_shipped_versions_tile_time(shipped: dict[str, Work]) -> None:
    """In each language a work's versions follow one another; a gap between two has its comment."""
    found, pairs = set(), 0
    for work in shipped.values():
        for language in {source.language for source in work.sources}:
            texts = [source for source in work.sources if source.language == language]
            for earlier, later in pairwise(sorted(texts, key=lambda s: s.valid_from or date.min)):
                pairs += 1
                assert earlier.valid_to is not None, earlier.id
                assert later.valid_from is not None, later.id
                assert later.valid_from > earlier.valid_to, later.id
                if later.valid_from > earlier.valid_to + DAY:
                    found.add((later.id, earlier.valid_to + DAY, later.valid_from - DAY))
    assert pairs >= 40
    assert found == set(named_gaps())


def named_gaps() -> Iterator[tuple[str, date, date]]:
    """Source, first and last day of each gap that a comment of the manifest names."""
    source = ""
    for line in (CORPUS / "manifest.toml").read_text("utf-8").splitlines():
        if line.startswith('id = "'):
            source = line.split('"')[1]
        if gap := re.match(r"# Gap (\S+) to (\S+):", line):
            yield source, date.fromisoformat(gap[1]), date.fromisoformat(gap[2])


def test_what_could_not_be_read_has_its_place(shipped: dict[str, Work]) -> None:
    """A text that is known by number alone is one of no hash, put where a sync and ingest look."""
    written = tomllib.loads((CORPUS / "manifest.toml").read_text("utf-8"))
    unread = {s["id"] for w in written["works"] for s in w.get("sources", ()) if "file" not in s}
    sources = {s.id: s for work in shipped.values() for s in work.sources if s.id in unread}
    assert {s.id for s in sources.values() if s.sha256} == set()
    places = [s.file for s in sources.values() if s.celex]
    assert len(places) == len(set(places)) >= 80
    assert sources["52019XC0723(01)"].file == "official/52019XC0723(01).en.xhtml"
    assert sources["32013R1408.fr"].file == "official/32013R1408.fr.xhtml"
    assert [name for name, s in sources.items() if not s.celex and s.file] == []


def test_the_days_of_the_other_groups_are_those_of_the_page(shipped: dict[str, Work]) -> None:
    """README.md has each version of the works that do not come by default, with its days."""
    page = (CORPUS / "README.md").read_text("utf-8")
    rows = [
        tuple(cell.strip(" `") for cell in line.split("|")[1:-1])
        for line in page.splitlines()
        if re.match(r"\| `[^`]+` \| `[^`]+` \| (?:en|en, fr) \|", line)
    ]
    expected = [
        (
            work.id,
            source.id,
            "en, fr" if any(s.id == f"{source.id}.fr" for s in work.sources) else "en",
            str(source.valid_from or "not found"),
            str(source.valid_to or "open"),
        )
        for work in shipped.values()
        if work.group != "core"
        for source in work.sources
        if source.language == "en" and source.celex
    ]
    assert [row[:5] for row in rows] == expected
    assert {row[5] for row in rows} <= {"twice", "once", "-"}


def test_the_days_of_the_core_are_those_of_the_page(shipped: dict[str, Work]) -> None:
    """README.md has each work that comes by default, with every day on which an English text of it
    begins, and the last day of all."""
    page = (CORPUS / "README.md").read_text("utf-8")
    found = (re.match(r"\| ((?:`[^`]+`(?:, )?)+) \|[^|]*\|([^|]*)\|", x) for x in page.splitlines())
    rows = {tuple(re.findall("`([^`]+)`", row[1])): row[2] for row in found if row}
    core = {work.id: work for work in shipped.values() if work.group == "core"}
    told = {name: days for names, days in rows.items() if names[0] in core for name in names}
    assert sorted(told) == sorted(core)
    for name, days in told.items():
        texts = [source for source in core[name].sources if source.language == "en"]
        ends = [texts[-1].valid_to] if texts[-1].valid_to else []
        for day in (*(source.valid_from for source in texts if source.valid_from), *ends):
            assert re.search(rf"\b{day.day}\.{day.month}\.{day.year}\b", days), (name, day)


def test_the_shipped_works_that_follow_one_another(shipped: dict[str, Work]) -> None:
    """A superseded work ends on the day before its successor begins."""
    followers = {work.id: work.superseded_by for work in shipped.values() if work.superseded_by}
    assert followers == {
        "gber-2008": "gber",
        "rdi-framework-2006": "rdi-framework-2014",
        "rdi-framework-2014": "rdi-framework-2022",
        "de-minimis-2006": "de-minimis-2013",
        "de-minimis-2013": "de-minimis-2023",
        "sgei-de-minimis-2012": "sgei-de-minimis",
    }
    for ended, begun in followers.items():
        last = max(s.valid_to for s in shipped[ended].sources if s.valid_to)
        assert last is not None
        assert shipped[begun].sources[0].valid_from == last + DAY


def test_amending_acts_begin_with_a_version_of_the_gber(shipped: dict[str, Work]) -> None:
    """Each consolidation of the GBER begins on the day on which one amending act does."""
    amending = [work for work in shipped.values() if work.amends == ("gber",)]
    begun = [s.valid_from for s in shipped["gber"].sources if s.language == "en"]
    assert [work.sources[0].valid_from for work in amending] == begun[1:]


def test_the_shipped_sources_are_complete(shipped: dict[str, Work]) -> None:
    """Every source has a licence and a link, and where a hash is known the file is named."""
    sources = [source for work in shipped.values() for source in work.sources]
    assert len(sources) >= 31
    for source in sources:
        assert "2011/833/EU" in source.licence
        assert source.url is not None
        assert source.url.startswith("https://")
        assert source.file or source.sha256 is None, source.id
        assert source.authentic != (source.celex or "").startswith(("0", "1")), source.id


def test_the_definitions_page_is_the_one_of_the_manifest(shipped: dict[str, Work]) -> None:
    """The one text that belongs to the project has the manifest's hash."""
    (found,) = presence(shipped["cluster-definitions"].sources, CORPUS)
    assert found.state == "present"
    assert found.sha256 == found.source.sha256


@pytest.mark.skipif("CLUSTERQA_MIRROR" not in os.environ, reason="CLUSTERQA_MIRROR names no folder")
def test_the_mirror_holds_the_bytes_of_the_manifest(shipped: dict[str, Work]) -> None:
    """Every file of the mirror that the manifest names has the manifest's hash."""
    mirror = Path(os.environ["CLUSTERQA_MIRROR"])
    named = [
        dataclasses.replace(source, file=Path(source.file).name)
        for work in shipped.values()
        for source in work.sources
        if source.file
    ]
    assert [p.source.id for p in presence(named, mirror) if p.state == "changed"] == []
    assert any(p.state == "present" for p in presence(named, mirror))


# --- dates ---


@pytest.mark.parametrize(
    ("as_of", "ids"),
    [
        (date(2014, 6, 30), []),
        (date(2014, 7, 1), ["32014R0651", "32014R0651.fr"]),
        (date(2017, 7, 9), ["32014R0651", "32014R0651.fr"]),
        (date(2017, 7, 10), ["02014R0651-20170710", "02014R0651-20170710.fr"]),
        (date(2020, 7, 27), ["02014R0651-20200727"]),
        (date(2023, 6, 30), ["02014R0651-20230525"]),
        (date(2023, 7, 1), ["02014R0651-20230701", "02014R0651-20230701.fr"]),
        (date(2026, 12, 31), ["02014R0651-20230701", "02014R0651-20230701.fr"]),
        (date(2027, 1, 1), []),
    ],
    ids=str,
)
def test_versions_change_between_two_days(
    shipped: dict[str, Work], as_of: date, ids: list[str]
) -> None:
    """On the last day of a version it still answers, and on the next day only its successor."""
    assert [source.id for source in in_force(shipped["gber"], as_of)] == ids


def test_undated_sources_always_apply(shipped: dict[str, Work]) -> None:
    """A page without dates is in force on any day."""
    work = shipped["cluster-definitions"]
    for as_of in (date.min, date(2016, 6, 2), date.max):
        assert in_force(work, as_of) == work.sources


def version(
    name: str, first: date | None, last: date | None = None, *, language: str = "en"
) -> Source:
    return Source(id=name, work="w", language=language, title="T", valid_from=first, valid_to=last)


def law(*sources: Source, superseded_by: str | None = None) -> Work:
    return Work("w", "T", "T", "law", "P", superseded_by=superseded_by, sources=sources)


def test_the_latest_of_several_versions_wins() -> None:
    """Of versions that overlap in one language only the one that began last is given."""
    undated, old = version("undated", None), version("old", date(2010, 1, 1))
    new = version("new", date(2020, 1, 1))
    french = version("fr", date(2010, 1, 1), language="fr")
    work = law(new, undated, french, old)
    assert in_force(work, date(2009, 1, 1)) == (undated,)
    assert in_force(work, date(2019, 12, 31)) == (old, french)
    assert in_force(work, date(2020, 1, 1)) == (new, french)


@pytest.mark.parametrize(
    ("work_id", "number", "as_of", "status", "replaced_by"),
    [
        ("gber", 0, date(2014, 6, 30), "not_yet", "02014R0651-20170710"),
        ("gber", 0, date(2017, 7, 9), "in_force", "02014R0651-20170710"),
        ("gber", 0, date(2017, 7, 10), "superseded", "02014R0651-20170710"),
        ("gber", 0, date(2027, 1, 1), "superseded", "02014R0651-20170710"),
        ("gber", 6, date(2026, 12, 31), "in_force", None),
        ("gber", 6, date(2027, 1, 1), "expired", None),
        ("gber", 8, date(2020, 7, 27), "superseded", "02014R0651-20230701.fr"),
        ("gber", 9, date(2027, 1, 1), "expired", None),
        ("gber-2008", 0, date(2013, 12, 1), "superseded", "02008R0800-20131201"),
        ("gber-2008", 1, date(2014, 6, 30), "in_force", "gber"),
        ("gber-2008", 1, date(2014, 7, 1), "superseded", "gber"),
        ("rdi-framework-2014", 0, date(2022, 10, 18), "in_force", "rdi-framework-2022"),
        ("rdi-framework-2014", 0, date(2022, 10, 19), "superseded", "rdi-framework-2022"),
        ("rdi-framework-2022", 0, date(2022, 10, 18), "not_yet", None),
        ("de-minimis-2023", 0, date(2031, 1, 1), "expired", None),
        ("step-2024", 0, date(2025, 12, 23), "superseded", "02024R0795-20251223"),
        ("reg-2017-1084", 0, date(2026, 11, 23), "in_force", None),
        ("smart-guide-2016", 0, date(2000, 1, 1), "guidance", None),
        ("cluster-definitions", 0, date(2026, 11, 23), "guidance", None),
    ],
)
def test_status_and_successor(
    shipped: dict[str, Work],
    work_id: str,
    number: int,
    as_of: date,
    status: str,
    replaced_by: str | None,
) -> None:
    """Every version says on every day whether it applies and what came after it."""
    work = shipped[work_id]
    assert legal_status(work, work.sources[number], as_of) == status
    assert successor(work, work.sources[number]) == replaced_by


def test_a_superseded_version_always_names_its_successor() -> None:
    """What replaced a text is named even where it exists in another language only."""
    french = version("fr", date(2010, 1, 1), date(2019, 12, 31), language="fr")
    english = version("en", date(2020, 1, 1))
    assert legal_status(law(french, english), french, date(2020, 1, 1)) == "superseded"
    assert successor(law(french, english), french) == "en"
    assert successor(law(french, english, superseded_by="other"), french) == "other"


def test_the_next_version_is_the_next_in_time() -> None:
    """A manifest may list versions in any order; the successor is the one that follows."""
    first, second = version("1", None, date(2010, 1, 1)), version("2", date(2010, 1, 2))
    third = version("3", date(2020, 1, 1))
    assert successor(law(third, second, first), first) == "2"


# --- files ---

ARTICLE = (
    b'<?xml version="1.0"?><HTML xmlns="http://www.w3.org/1999/xhtml"><p>Article 27</p></HTML>'
)
ARTICLE_SHA = hashlib.sha256(ARTICLE).hexdigest()
NEWER = ARTICLE.replace(b"27", b"28")
NEWER_SHA = hashlib.sha256(NEWER).hexdigest()


def on_file(name: str, file: str | None, sha256: str | None = None) -> Source:
    return Source(name, "w", "en", "T", url="https://example.eu/act", file=file, sha256=sha256)


ACT = on_file("act", "official/act.xhtml", ARTICLE_SHA)


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    folder.mkdir()
    (folder / "act.xhtml").write_bytes(ARTICLE)
    return folder


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    return folder


def files(folder: Path) -> Iterator[str]:
    return (str(p.relative_to(folder)) for p in sorted(folder.rglob("*")) if not p.is_dir())


def test_presence_of_files(corpus: Path) -> None:
    """A file is present, absent, changed, or one that nobody can have from here."""
    (corpus / "act.xhtml").write_bytes(ARTICLE)
    (corpus / "folder").mkdir()
    sources = [
        on_file("same", "act.xhtml", ARTICLE_SHA),
        on_file("no hash", "act.xhtml"),
        on_file("other bytes", "act.xhtml", NEWER_SHA),
        on_file("gone", "gone.xhtml", ARTICLE_SHA),
        on_file("a folder", "folder", ARTICLE_SHA),
        on_file("no file", None),
    ]
    assert presence(sources, corpus) == (
        Presence(sources[0], "present", ARTICLE_SHA),
        Presence(sources[1], "present", ARTICLE_SHA),
        Presence(sources[2], "changed", ARTICLE_SHA),
        Presence(sources[3], "absent", None),
        Presence(sources[4], "absent", None),
        Presence(sources[5], "unobtainable", None),
    )


def test_sync_copies_once(mirror: Path, corpus: Path) -> None:
    """A first sync copies the bytes as they are, and a second has nothing left to do."""
    message = f"official/act.xhtml has sha256 {ARTICLE_SHA}"
    assert list(sync_from_mirror([law(ACT)], mirror, corpus)) == [
        SyncResult("act", "copied", message)
    ]
    assert (corpus / "official/act.xhtml").read_bytes() == ARTICLE
    assert list(sync_from_mirror([law(ACT)], mirror, corpus)) == [
        SyncResult("act", "up_to_date", message)
    ]
    assert list(files(corpus)) == ["official/act.xhtml"]


def test_sync_reports_what_is_missing(mirror: Path, corpus: Path) -> None:
    """A text that the manifest or the mirror does not have is named, with what to do about it."""
    sources = [on_file("guide", None), on_file("gone", "official/gone.xhtml", ARTICLE_SHA)]
    assert list(sync_from_mirror([law(*sources)], mirror, corpus)) == [
        SyncResult(
            "guide",
            "missing",
            "the manifest names no file; get the text from https://example.eu/act, "
            "name its file there and sync again",
        ),
        SyncResult("gone", "missing", f"{mirror} has no gone.xhtml; put it there and sync again"),
    ]


def test_sync_keeps_what_the_mirror_lacks(mirror: Path, corpus: Path) -> None:
    """A text already in the corpus stays up to date when a mirror does not hold it."""
    (corpus / "official").mkdir()
    (corpus / "official/act.xhtml").write_bytes(ARTICLE)
    (mirror / "act.xhtml").unlink()
    assert list(sync_from_mirror([law(ACT)], mirror, corpus)) == [
        SyncResult("act", "up_to_date", "official/act.xhtml is in the corpus")
    ]


def test_sync_reports_other_bytes_and_takes_them(mirror: Path, corpus: Path) -> None:
    """An act rendered anew replaces the old file and is reported with its hash, every time."""
    list(sync_from_mirror([law(ACT)], mirror, corpus))
    (mirror / "act.xhtml").write_bytes(NEWER)
    for _ in range(2):
        assert list(sync_from_mirror([law(ACT)], mirror, corpus)) == [
            SyncResult(
                "act",
                "changed",
                f"official/act.xhtml has sha256 {NEWER_SHA}, not the manifest's; "
                "see https://example.eu/act; what changed: clusterqa corpus accept act",
            )
        ]
        assert (corpus / "official/act.xhtml").read_bytes() == NEWER
    assert (corpus / "official/accepted/act.xhtml").read_bytes() == ARTICLE


def test_sync_never_copies_the_projects_own_text(mirror: Path, corpus: Path) -> None:
    """A file directly in the corpus folder is only looked at, whatever the mirror holds."""
    own = law(on_file("own", "act.xhtml", ARTICLE_SHA))
    remedy = "act.xhtml belongs to the project; restore it from there"
    assert list(sync_from_mirror([own], mirror, corpus)) == [SyncResult("own", "missing", remedy)]
    assert list(files(corpus)) == []
    (corpus / "act.xhtml").write_bytes(NEWER)
    (result,) = sync_from_mirror([own], mirror, corpus)
    assert result.outcome == "changed"
    assert (corpus / "act.xhtml").read_bytes() == NEWER
    (corpus / "act.xhtml").write_bytes(ARTICLE)
    (result,) = sync_from_mirror([own], mirror, corpus)
    assert result.outcome == "up_to_date"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7", "is no XHTML or HTML"),
        (b" " * 4096 + b"<html>", "is no XHTML or HTML"),
        (b"<!doctype challenge><script/>", "is no XHTML or HTML"),
    ],
    ids=["empty", "PDF", "html too late", "challenge page"],
)
def test_sync_refuses_what_is_no_act(
    mirror: Path, corpus: Path, content: bytes, problem: str
) -> None:
    """A body that is no document is not copied and leaves the good file alone."""
    list(sync_from_mirror([law(ACT)], mirror, corpus))
    (mirror / "act.xhtml").write_bytes(content)
    assert list(sync_from_mirror([law(ACT)], mirror, corpus)) == [
        SyncResult("act", "failed", f"act.xhtml in the mirror {problem}; fetch it again, then sync")
    ]
    assert (corpus / "official/act.xhtml").read_bytes() == ARTICLE


def test_sync_copies_a_guide_as_pdf(mirror: Path, corpus: Path) -> None:
    """A PDF that the manifest names is taken from a folder; what is none is not."""
    guide = law(on_file("guide", "official/guide.pdf", hashlib.sha256(b"%PDF-1.7").hexdigest()))
    (mirror / "guide.pdf").write_bytes(ARTICLE)
    assert list(sync_from_mirror([guide], mirror, corpus)) == [
        SyncResult(
            "guide", "failed", "guide.pdf in the mirror is no PDF; fetch it again, then sync"
        )
    ]
    (mirror / "guide.pdf").write_bytes(b"%PDF-1.7")
    (result,) = sync_from_mirror([guide], mirror, corpus)
    assert result.outcome == "copied"
    assert (corpus / "official/guide.pdf").read_bytes() == b"%PDF-1.7"


def test_sync_goes_on_after_a_fault(mirror: Path, corpus: Path) -> None:
    """A file that cannot be read or put in place fails by name while the others are copied."""
    (mirror / "folder.xhtml").mkdir()
    (mirror / "blocked.xhtml").write_bytes(ARTICLE)
    (mirror / "target.xhtml").write_bytes(ARTICLE)
    (corpus / "blocked").write_bytes(b"a file where a folder should be")
    (corpus / "official/target.xhtml").mkdir(parents=True)
    sources = [
        on_file("folder", "official/folder.xhtml", ARTICLE_SHA),
        on_file("blocked", "blocked/blocked.xhtml", ARTICLE_SHA),
        on_file("target", "official/target.xhtml", ARTICLE_SHA),
        ACT,
    ]
    results = list(sync_from_mirror([law(*sources)], mirror, corpus))
    assert [(result.source, result.outcome) for result in results] == [
        ("folder", "failed"),
        ("blocked", "failed"),
        ("target", "failed"),
        ("act", "copied"),
    ]
    assert results[0].message.startswith("official/folder.xhtml: [Errno 21] Is a directory")
    assert results[0].message.endswith("; repair the cause and sync again")
    assert list(files(corpus)) == ["blocked", "official/act.xhtml"]


def test_a_full_disk_leaves_no_remains(
    mirror: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fills up fails one file, keeps its old bytes and leaves no half file behind."""
    list(sync_from_mirror([law(ACT)], mirror, corpus))
    (mirror / "act.xhtml").write_bytes(NEWER)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        (result,) = sync_from_mirror([law(ACT)], mirror, corpus)
    assert result == SyncResult(
        "act",
        "failed",
        "official/act.xhtml: [Errno 28] No space left on device; repair the cause and sync again",
    )
    assert (corpus / "official/act.xhtml").read_bytes() == ARTICLE
    assert list(files(corpus)) == ["official/act.xhtml"]


def test_sync_is_lazy(mirror: Path, corpus: Path) -> None:
    """Each result comes as soon as its file is done, so that progress can be shown."""
    results = sync_from_mirror([law(ACT, on_file("later", "official/x", None))], mirror, corpus)
    assert next(results).source == "act"
    assert list(files(corpus)) == ["official/act.xhtml"]


def test_sync_needs_a_folder(corpus: Path, tmp_path: Path) -> None:
    """A mirror that is no folder is refused before anything is copied."""
    with pytest.raises(UsageError, match="nowhere is not a folder; name the folder"):
        list(sync_from_mirror([law(ACT)], tmp_path / "nowhere", corpus))


def in_force(work: Work, as_of: date) -> tuple[Source, ...]:
    return versions_in_force(work, as_of=as_of)[work.id]
