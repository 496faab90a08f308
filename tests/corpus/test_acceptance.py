"""Accepting a changed file: what a person is shown, and what becomes of the manifest."""

import hashlib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clusterqa.cli import app
from clusterqa.corpus.acceptance import (
    MOST_NAMED,
    accept,
    candidate,
    differences,
    summary,
    with_hash,
)
from clusterqa.corpus.manifest import placed, read_manifest, set_aside
from clusterqa.errors import CorpusError, NotFound, UsageError
from clusterqa.parsers import parse

FILE = "official/act.html"


def page(*articles: str, style: str = "") -> bytes:
    body = "".join(
        f"<p class='oj-ti-art'>Article {n}</p><p class='oj-normal'>{text}</p>"
        for n, text in enumerate(articles, start=1)
    )
    title = "<p class='oj-doc-ti'>Regulation on clusters</p>"
    return f"<html><head><style>{style}</style></head><body>{title}{body}</body></html>".encode()


OLD = page("Aid is 50 %.", "Aid is for ten years.", "The end.")
NEW = page("Aid is 55 %.", "Aid is for ten years.")


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


MANIFEST = f"""# A comment that stays.
[[works]]
id = "act"   # the work has the id of another thing
title = "Regulation on clusters"
short_title = "Act"
kind = "law"
publisher = "European Commission"

[[works.sources]]
id = "other"
language = "fr"
file = "official/other.html"

[[works.sources]]   # the one
id = "act.en"
language = "en"
# Where it is.
file = '{FILE}'
sha256 = "{sha(OLD)}"  # of the first rendering
licence = "(c) European Union"
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus whose act was synced as the manifest has it, and then in another rendering."""
    (tmp_path / "manifest.toml").write_bytes(MANIFEST.encode())
    ((_, source),) = [work.sources for work in read_manifest(tmp_path / "manifest.toml")]
    placed(source, OLD, tmp_path)
    assert not set_aside(source, tmp_path).exists()
    result = placed(source, NEW, tmp_path)
    assert result.outcome == "changed"
    assert result.message.endswith("what changed: clusterqa corpus accept act.en")
    return tmp_path


def test_what_changed_is_shown_and_only_the_hash_is_written(corpus: Path) -> None:
    """this test ensures that sizes, hashes and provisions are shown, and comments stay."""
    found = candidate("act.en", corpus)
    assert list(summary(found)) == [
        f"act.en  {FILE}",
        f"  before  {sha(OLD)}, {len(OLD)} bytes",
        f"  now     {sha(NEW)}, {len(NEW)} bytes",
        "  changed, 1 provisions: Article 1",
        "  gone, 1 provisions: Article 3",
        "  4 lines differ",
        "  -Aid is 50 %.",
        "  +Aid is 55 %.",
        "  -Article 3",
        "  -The end.",
    ]
    accept(found, corpus)
    written = (corpus / "manifest.toml").read_text("utf-8")
    assert written == MANIFEST.replace(sha(OLD), sha(NEW))
    assert not set_aside(found.source, corpus).exists()
    assert sorted(path.name for path in corpus.iterdir()) == ["manifest.toml", "official"]
    with pytest.raises(UsageError, match="has the manifest's hash; there is nothing to accept"):
        candidate("act.en", corpus)


def test_the_bytes_accepted_last_are_kept(corpus: Path) -> None:
    """this test ensures that a third rendering is compared with the accepted one."""
    ((_, source),) = [work.sources for work in read_manifest(corpus / "manifest.toml")]
    placed(source, page("Aid is 60 %."), corpus)
    assert set_aside(source, corpus).read_bytes() == OLD
    placed(source, OLD, corpus)
    with pytest.raises(UsageError, match="nothing to accept"):
        candidate("act.en", corpus)


def test_a_comparison_needs_the_bytes_before(corpus: Path, tmp_path: Path) -> None:
    """this test ensures that without them that is said, and that a file with them can be named."""
    ((_, source),) = [work.sources for work in read_manifest(corpus / "manifest.toml")]
    set_aside(source, corpus).write_bytes(b"something else")
    lines = list(summary(candidate("act.en", corpus)))
    assert lines[1] == f"  before  {sha(OLD)}, size not known"
    assert "cannot be compared; name a file that has them with --before" in lines[3]
    (tmp_path / "old.html").write_bytes(OLD)
    lines = list(summary(candidate("act.en", corpus, tmp_path / "old.html")))
    assert lines[3] == "  changed, 1 provisions: Article 1"
    with pytest.raises(CorpusError, match="No such file or directory; name a readable file"):
        candidate("act.en", corpus, tmp_path / "gone.html")


def test_a_first_hash_is_added_after_the_file(corpus: Path) -> None:
    """this test ensures that a source without a hash gets a line, with the file's own line ends."""
    (corpus / "official/other.html").write_bytes(NEW)
    path = corpus / "manifest.toml"
    path.write_bytes(MANIFEST.replace("\n", "\r\n").encode())
    accept(candidate("other", corpus), corpus)
    line = 'file = "official/other.html"\r\n'
    wanted = MANIFEST.replace("\n", "\r\n").replace(line, f'{line}sha256 = "{sha(NEW)}"\r\n')
    assert path.read_bytes() == wanted.encode()


def test_markup_is_not_text() -> None:
    """this test ensures that a file rendered anew with the same text is known as such."""
    old, new = (parse(page("Aid.", style=style), "act", FILE) for style in ("a{}", "b{}"))
    assert list(differences(old, new)) == ["the text is the same; only what is around it differs"]


def test_long_lists_are_cut() -> None:
    """this test ensures that a summary of a whole new act is still one screen."""
    old, new = (parse(page(*[f"{word} {n}" for n in range(40)]), "act", FILE) for word in "ab")
    lines = list(differences(old, new))
    assert lines[0].startswith("changed, 40 provisions: Article 1; Article 2; ")
    assert lines[0].endswith("; and 28 more")
    assert lines[1] == "80 lines differ"
    assert len(lines) == 2 + MOST_NAMED


@pytest.mark.parametrize(
    ("name", "error", "problem"),
    [
        ("nothing", NotFound, "'nothing' is no version of the manifest"),
        ("other", CorpusError, "other: its file is not here; run: clusterqa corpus sync"),
        ("act", NotFound, "'act' is no version of the manifest"),
    ],
)
def test_what_cannot_be_accepted_is_named(
    corpus: Path, name: str, error: type[Exception], problem: str
) -> None:
    """this test ensures that an id that names no changed file is one line."""
    with pytest.raises(error, match=problem):
        candidate(name, corpus)


def test_what_is_no_law_is_not_accepted(corpus: Path) -> None:
    """this test ensures that no page about the act gets its hash into the manifest."""
    text = "<h1>Regulation on clusters</h1><p>This page lists what was written on it.</p>"
    (corpus / FILE).write_bytes(f"<html><body>{text}</body></html>".encode())
    with pytest.raises(CorpusError, match="has no article, so it is no text of the act"):
        candidate("act.en", corpus)


@pytest.mark.parametrize(
    "manifest",
    [
        # The same lines stand in a text before, which is no entry.
        'note = """\n[[works.sources]]\nid = "act.en"\nfile = "x"\n"""\n',
        None,
    ],
)
def test_a_manifest_that_is_not_plain_is_left_alone(corpus: Path, manifest: str | None) -> None:
    """this test ensures that where a line cannot be replaced safely nothing is written."""
    path = corpus / "manifest.toml"
    mark = 'publisher = "European Commission"\n'
    written = MANIFEST.replace(mark, mark + manifest) if manifest else MANIFEST
    if manifest is None:
        written = written.replace('id = "act.en"', '"id" = "act.en"')
    path.write_text(written, encoding="utf-8")
    with pytest.raises(CorpusError, match=f"write it by hand: sha256 = .{sha(NEW)}"):
        accept(candidate("act.en", corpus), corpus)
    assert path.read_text("utf-8") == written
    assert with_hash(MANIFEST, "gone", sha(NEW)) is None


def test_the_command_asks_before_it_writes(corpus: Path) -> None:
    """this test ensures that nothing is written without --yes where nobody can be asked."""
    command = ["corpus", "accept", "act.en", "--corpus", str(corpus)]
    looked = CliRunner().invoke(app, command)
    assert looked.exit_code == 1
    assert "changed, 1 provisions: Article 1" in looked.stdout
    assert "nothing is written; to accept it: the same command with --yes" in looked.stderr
    assert (corpus / "manifest.toml").read_text("utf-8") == MANIFEST
    done = CliRunner().invoke(app, [*command, "--yes"])
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (
        0, f"accepted act.en  {corpus / 'manifest.toml'} has its hash now",
    )  # fmt: skip
    assert sha(NEW) in (corpus / "manifest.toml").read_text("utf-8")
