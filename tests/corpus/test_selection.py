"""Which works a sync is to bring, and that what it brings is read."""

from dataclasses import replace
from pathlib import Path

import pytest
from places import DATA

from clusterqa.assistant import read_documents
from clusterqa.corpus.manifest import read_manifest, sync_from_mirror
from clusterqa.corpus.selection import selected
from clusterqa.errors import UsageError
from clusterqa.types import Source, Work

ACTS = tuple(Source(name, "b", "en", "-") for name in ("b-1", "b-2"))
A = Work("a", "A", "A", "law", "-")
B = replace(A, id="b", sources=ACTS, group="state-aid")
C = replace(A, id="c", group="guides")
WORKS = (A, B, C)


@pytest.mark.parametrize(
    ("groups", "names", "ids"),
    [
        ((), (), "a"),
        (("state-aid",), (), "b"),
        (("guides", "core"), (), "ac"),
        ((), ("c",), "c"),
        (("core",), ("b",), "ab"),
        (("programmes",), (), ""),
    ],
)
def test_groups_and_ids_choose_works(
    groups: tuple[str, ...], names: tuple[str, ...], ids: str
) -> None:
    """this test ensures that the core comes by default and anything else only if asked for."""
    assert "".join(w.id for w in selected(WORKS, groups=groups, names=names)) == ids


def test_a_version_comes_alone() -> None:
    """this test ensures that the id of a version does not bring the others of its work."""
    assert selected(WORKS, names=["b-2"]) == (replace(B, sources=ACTS[1:]),)
    assert selected(WORKS, names=["b", "b-2"]) == (B,)


@pytest.mark.parametrize(
    ("groups", "names", "message"),
    [
        (["fish"], [], "--group 'fish' is unknown; use one of core, state-aid, programmes, guides"),
        ([], ["d"], "no work or version is called 'd'; see: clusterqa corpus status"),
    ],
)
def test_what_is_not_known_is_refused(groups: list[str], names: list[str], message: str) -> None:
    """this test ensures that a wrong group or id is told in one line with its remedy."""
    with pytest.raises(UsageError) as refusal:
        selected(WORKS, groups=groups, names=names)
    assert str(refusal.value) == message


def test_a_text_known_by_its_number_alone_is_read_once_it_is_here(tmp_path: Path) -> None:
    """this test ensures that a sync and an ingest agree on where such a text stands."""
    (tmp_path / "manifest.toml").write_text(
        '[[works]]\nid = "act"\ntitle = "Act"\nshort_title = "Act"\nkind = "law"\npublisher = "-"\n'
        'group = "state-aid"\n[[works.sources]]\nid = "act"\nlanguage = "en"\n'
        'celex = "32017R1084"\n',
        encoding="utf-8",
    )
    works, mirror = read_manifest(tmp_path / "manifest.toml"), tmp_path / "mirror"
    mirror.mkdir()
    (mirror / "32017R1084.en.xhtml").write_bytes((DATA / "oj-act.xhtml").read_bytes())
    (result,) = sync_from_mirror(selected(works, groups=["state-aid"]), mirror, tmp_path)
    assert (result.outcome, result.source) == ("copied", "act")
    documents, files, problems = read_documents(works, tmp_path, lambda *_: None)
    assert (list(files), problems) == (["act"], [])
    assert "Article 1" in [provision.label for provision in documents[0].provisions]
