"""From documents to a generation: same in, same out; only what changed is embedded."""

import errno
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from clusterqa.assistant import Assistant, ingest
from clusterqa.corpus.manifest import read_manifest
from clusterqa.errors import ClusterQAError, CorpusError, IndexUnusable
from clusterqa.index import Index, roll_back
from clusterqa.index.encoders import SentenceTransformerEncoder, model_folder
from clusterqa.settings import UNTRAINED_MODEL
from clusterqa.types import Inquiry

NEW = "official/02018R9001-20230101.en.xhtml"
CEILING = b"shall not exceed EUR 55 000 for each"
QUESTION = "What is the aid intensity of operating aid, as a share of the eligible costs?"


@pytest.fixture
def corpus(small_corpus: Path, tmp_path: Path) -> Path:
    return shutil.copytree(small_corpus, tmp_path / "corpus")


@pytest.fixture
def index(small_index_copy: Path) -> Path:
    return small_index_copy


@pytest.fixture
def no_export(monkeypatch: pytest.MonkeyPatch) -> None:
    """Generations without an ONNX encoder: writing one takes most of a small ingest's time."""
    monkeypatch.setattr(SentenceTransformerEncoder, "export", lambda *_: None)


class Counted:
    """A progress callback that keeps how many texts were to be embedded."""

    def __init__(self) -> None:
        self.embedded = 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage == "embedding":
            self.embedded = total


def run(
    corpus: Path,
    index: Path,
    progress: Callable[[str, int, int], None] = lambda *_: None,
    *,
    model: str = UNTRAINED_MODEL,
    precision: str = "float32",
) -> str:
    works = read_manifest(corpus / "manifest.toml")
    return ingest(works, corpus, index, model=model, precision=precision, progress=progress)


def change(corpus: Path, old: bytes, new: bytes) -> None:
    path = corpus / NEW
    content = path.read_bytes()
    assert content.count(old) == 1
    path.write_bytes(content.replace(old, new))


def current(index: Path) -> str:
    return (index / "CURRENT").read_text().strip()


def generations(index: Path) -> list[str]:
    """Every folder in the index folder: there should be none but generations."""
    return sorted(path.name for path in index.iterdir() if path.is_dir())


def answers(index: Path) -> bool:
    return bool(Assistant.open(index).search(Inquiry(QUESTION, date(2024, 1, 1))))


@contextmanager
def unchanged(index: Path) -> Iterator[None]:
    """The block leaves the index as it was: one generation, current, answering, nothing beside."""
    before = {path.name for path in index.iterdir()}
    pointer = current(index)
    yield
    assert {path.name for path in index.iterdir()} - {".lock"} == before
    assert current(index) == pointer and answers(index)


# -- same in, same out --------------------------------------------------------------------------


def texts(generation: Path) -> list[tuple[object, ...]]:
    """All that passages.sqlite says."""
    with closing(sqlite3.connect(generation / "passages.sqlite")) as database:
        return [
            row
            for table in ("documents", "rows", "sentences", "passages")
            for row in database.execute(f"SELECT * FROM {table} ORDER BY 1")
        ]


@pytest.mark.usefixtures("no_export")
def test_same_in_same_out(corpus: Path, index: Path, tmp_path: Path) -> None:
    """this test ensures that a corpus gives the same ids, texts, vectors and words every time."""
    first = index / current(index)
    second = tmp_path / "again" / run(corpus, tmp_path / "again")
    assert texts(first) == texts(second)
    lexical = [str(path.relative_to(first)) for path in first.glob("lexical/*")]
    assert len(lexical) == 5
    for name in ("vectors.faiss", "sentences.npy", "works.json", "files.json", *lexical):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_nothing_changed(corpus: Path, index: Path) -> None:
    """this test ensures that ingesting the same texts again embeds none, to the same bytes."""
    first, counted = index / current(index), Counted()
    second = index / run(corpus, index, counted)
    assert counted.embedded == 0
    for name in ("vectors.faiss", "sentences.npy", "encoder.onnx"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_same_words_in_any_process(tmp_path: Path) -> None:
    """this test ensures that the lexical index does not depend on a process's hash seed."""
    script = (
        "import sys; from pathlib import Path; from clusterqa.index.bm25 import build_lexical; "
        "build_lexical([('en', 'wages, jars, labels'), ('en', 'honey jars')], Path(sys.argv[1]))"
    )
    written = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        command = [sys.executable, "-c", script, str(folder)]
        subprocess.run(command, env=os.environ | {"PYTHONHASHSEED": seed}, check=True)
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert written[0] == written[1]


@pytest.mark.usefixtures("no_export")
def test_one_paragraph_changed(corpus: Path, index: Path, tmp_path: Path) -> None:
    """this test ensures that one new sentence is embedded as such and in its passage, no more."""
    counted = Counted()
    change(corpus, CEILING, b"shall not exceed EUR 56 000 for each")
    run(corpus, index, counted)
    assert counted.embedded == 2
    run(corpus, tmp_path / "afresh")
    with (
        closing(Index.open(index)) as opened,
        closing(Index.open(tmp_path / "afresh")) as afresh,
    ):
        assert opened.library.digests("rows") == afresh.library.digests("rows")
        found, expected = (
            one.search.vectors.reconstruct_n(0, afresh.search.size) for one in (opened, afresh)
        )
        assert np.allclose(found, expected, atol=1e-6)
        assert np.allclose(opened.search.sentences, afresh.search.sentences, atol=1e-3)


@pytest.mark.usefixtures("no_export")
def test_damaged_index_is_built_anew(corpus: Path, index: Path) -> None:
    """this test ensures that no vector is taken over from an index that is not whole."""
    counted, vectors = Counted(), index / current(index) / "vectors.faiss"
    content = vectors.read_bytes()
    vectors.unlink()
    vectors.write_bytes(content[:-1])
    run(corpus, index, counted)
    assert counted.embedded > 50
    Index.open(index).close()


@pytest.mark.parametrize("difference", [{"precision": "bfloat16"}, {"model": "folder"}])
def test_made_otherwise(
    corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch, difference: dict[str, str]
) -> None:
    """this test ensures that vectors are not taken over from another model or precision."""
    if "model" in difference:
        difference = {"model": model_folder(UNTRAINED_MODEL)}
    monkeypatch.setattr("clusterqa.index.encoders.SentenceTransformerEncoder", NoEncoder)
    with pytest.raises(EncoderAsked):
        run(corpus, index, **difference)  # type: ignore[arg-type]


def test_model_folder_with_other_weights(corpus: Path, index: Path, tmp_path: Path) -> None:
    """this test ensures that new weights in the same model folder embed every text anew."""
    folder, counted = tmp_path / "model", Counted()
    shutil.copytree(model_folder(UNTRAINED_MODEL), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("clusterqa.index.encoders.SentenceTransformerEncoder", SmallEncoder)
        run(corpus, index, counted, model=str(folder))
        assert counted.embedded > 50
        run(corpus, index, counted := Counted(), model=str(folder))
        assert counted.embedded == 0
        (folder / "README.md").write_text("trained a little more")
        run(corpus, index, counted, model=str(folder))
        assert counted.embedded > 50


class EncoderAsked(Exception): ...


class NoEncoder:
    def __init__(self, model: str, *, precision: str) -> None:
        raise EncoderAsked


class SmallEncoder:
    """An encoder of 16 numbers that needs no model."""

    def __init__(self, model: str, *, precision: str) -> None:
        self.dimension = 16

    def encode_passages(self, texts: list[str], progress: Callable[[int], None]) -> np.ndarray:
        progress(len(texts))
        return np.array([np.eye(16)[len(text) % 16] for text in texts], dtype=np.float32)

    def encode_tokens(
        self, texts: list[str], progress: Callable[[int], None]
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        return self.encode_passages(texts, progress), [np.zeros((0, 0), np.float32)] * len(texts)

    def export(self, folder: Path) -> None:
        for name in ("encoder.json", "encoder.onnx", "tokenizer.json"):
            (folder / name).write_text("{}")


# -- nothing by halves --------------------------------------------------------------------------


def test_another_ingest(corpus: Path, index: Path) -> None:
    """this test ensures that a second ingest, or a rollback beside one, is told to wait."""
    with unchanged(index), FileLock(index / ".lock"):
        with pytest.raises(ClusterQAError, match="another ingest is running; wait for it to end"):
            run(corpus, index)
        with pytest.raises(ClusterQAError, match="another ingest is running; wait for it to end"):
            roll_back(index)


def test_interrupted(corpus: Path, index: Path) -> None:
    """this test ensures that Ctrl-C leaves the index as it was and nothing beside it."""

    def interrupt(stage: str, done: int, total: int) -> None:
        if stage == "embedding":
            raise KeyboardInterrupt

    change(corpus, CEILING, b"shall not exceed EUR 57 000 for each")
    with unchanged(index), pytest.raises(KeyboardInterrupt):
        run(corpus, index, interrupt)


class Killed(BaseException): ...


@pytest.mark.parametrize(
    "step",
    [
        "clusterqa.index.build.embed", "clusterqa.index.build.finish",
        "clusterqa.index.build.publish", "clusterqa.index.publishing.point_to",
        "pathlib.Path.replace",
    ],
)  # fmt: skip
def test_killed(corpus: Path, index: Path, step: str) -> None:
    """this test ensures that an ingest which is killed at any step leaves an index that answers.

    What it left beside is gone after the next ingest.
    """

    def kill(*_: object) -> None:
        raise Killed

    before = current(index)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(step, kill)
        patch.setattr("shutil.rmtree", lambda *_, **__: None)  # the dead do not tidy up
        with pytest.raises(Killed):
            run(corpus, index)
    assert current(index) == before and answers(index) and len(generations(index)) == 2
    name = run(corpus, index)
    assert generations(index) == [before, name]
    assert {path.name for path in index.iterdir()} == {before, name, "CURRENT", ".lock"}


def test_killed_while_removing(corpus: Path, index: Path) -> None:
    """this test ensures that an old generation of which half is left is removed in the end."""
    before = current(index)
    (index / "20260101T000000000000-00000000").mkdir()
    assert generations(index) == ["20260101T000000000000-00000000", before]
    name = run(corpus, index)
    assert generations(index) == [before, name]


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """The system refuses to write files longer than `size`, as it does on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("size", [0, 1_000, 100_000, 10_000_000])
def test_disk_is_full(corpus: Path, index: Path, size: int) -> None:
    """this test ensures that an index which cannot be written leaves the old one as it was."""
    with (
        unchanged(index),
        pytest.raises(ClusterQAError, match=r"cannot be written .*the one before still answers"),
        largest_file(size),
    ):
        run(corpus, index)


@pytest.mark.parametrize(
    "name",
    [
        "numpy.save",
        "clusterqa.index.build.write_vectors",
        "clusterqa.index.publishing.sync_to_disk",
    ],
)
def test_no_space_left(
    corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """this test ensures that a disk which fills up late leaves the old index as it was."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(name, full)
    with unchanged(index), pytest.raises(ClusterQAError, match="No space left on device"):
        run(corpus, index)


def test_no_place_for_an_index(corpus: Path, tmp_path: Path) -> None:
    """this test ensures that an index folder which cannot be made is one clear error."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ClusterQAError, match="the index cannot be written"):
        run(corpus, tmp_path / "file")


def test_unreadable_documents(corpus: Path, index: Path) -> None:
    """this test ensures that every unreadable document is named and the old index stays."""
    (corpus / NEW).write_bytes(b"")
    (corpus / "cluster-definitions.txt").write_bytes("Größe".encode("latin-1"))
    (corpus / "official" / "32020R9002.en.xhtml").write_bytes(b"<html><body></body></html>")
    with unchanged(index), pytest.raises(CorpusError) as raised:
        run(corpus, index)
    lines = str(raised.value).splitlines()
    assert [line.partition(": ")[0] for line in lines] == [
        str(corpus / name)
        for name in ("cluster-definitions.txt", NEW, "official/32020R9002.en.xhtml")
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_forbidden_document(corpus: Path, index: Path) -> None:
    """this test ensures that a document without permission to read is named."""
    (corpus / NEW).chmod(0)
    with unchanged(index), pytest.raises(CorpusError, match="02018R9001-20230101"):
        run(corpus, index)


def test_only_headings(tmp_path: Path) -> None:
    """this test ensures that documents without any text to search are refused."""
    (tmp_path / "manifest.toml").write_text(
        '[[works]]\nid = "page"\ntitle = "Page"\nshort_title = "Page"\nkind = "page"\n'
        'publisher = "Nobody"\n[[works.sources]]\nid = "page"\nlanguage = "en"\n'
        'file = "page.txt"\n'
    )
    (tmp_path / "page.txt").write_text("A heading and no more")
    with pytest.raises(CorpusError, match="no text to search"):
        run(tmp_path, tmp_path / "index")
    assert generations(tmp_path / "index") == []


def test_nothing_to_read(corpus: Path, index: Path) -> None:
    """this test ensures that a corpus without files is refused and the old index stays."""
    shutil.rmtree(corpus / "official")
    (corpus / "cluster-definitions.txt").unlink()
    with unchanged(index), pytest.raises(CorpusError, match="no document is present"):
        run(corpus, index)


# -- generations --------------------------------------------------------------------------------


def test_two_generations_stay(corpus: Path, index: Path) -> None:
    """this test ensures that the current generation and the one before it stay, no others."""
    names = [current(index), *(run(corpus, index) for _ in range(3))]
    assert names == sorted(set(names))
    assert generations(index) == names[-2:] and current(index) == names[-1]


def test_roll_back(corpus: Path, index: Path) -> None:
    """this test ensures that the generation before answers again, and only if it is whole."""
    before = current(index)
    after = run(corpus, index)
    assert roll_back(index) == before and current(index) == before and answers(index)
    with pytest.raises(IndexUnusable, match="no generation before"):
        roll_back(index)

    run(corpus, index)
    (index / before / "sentences.npy").unlink()
    latest = current(index)
    with pytest.raises(IndexUnusable, match=r"sentences\.npy: missing"):
        roll_back(index)
    assert current(index) == latest != after


def test_open_index_outlives_its_files(corpus: Path, index: Path) -> None:
    """this test ensures that a generation which is removed while it is open goes on answering."""
    assistant = Assistant.open(index)
    expected = assistant.search(Inquiry(QUESTION, date(2024, 1, 1)))
    for _ in range(2):
        run(corpus, index)
    assert not assistant.index.folder.exists()
    assert assistant.search(Inquiry(QUESTION, date(2024, 1, 1))) == expected


def test_other_files_are_left_alone(corpus: Path, index: Path) -> None:
    """this test ensures that an ingest removes nothing but old generations."""
    (index / "mine").mkdir()
    (index / "mine" / "manifest.json").write_text("{}")
    for _ in range(2):
        run(corpus, index)
    assert (index / "mine" / "manifest.json").exists()
