"""Opening and searching a generation, against plain NumPy, and refusing one that is not whole."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path

import bm25s
import numpy as np
import pytest

from clusterqa.errors import ClusterQAError, IndexUnusable
from clusterqa.index import Index, manifest_hash, read_generation_manifest, roll_back
from clusterqa.index.encoders import Encoder, write_json
from clusterqa.languages.analysis import analyzer
from clusterqa.parsers import parse
from clusterqa.passages import split_document
from clusterqa.query.understanding import Query, understand
from clusterqa.search.retrieval import retrieve
from clusterqa.types import Inquiry

FILES = [
    "encoder.json", "encoder.onnx", "expansion.json", "expansion.npy", "expansion_links.npy",
    "files.json", "glossary.json",
    "lexical/data.csc.index.npy", "lexical/indices.csc.index.npy", "lexical/indptr.csc.index.npy",
    "lexical/params.index.json", "lexical/vocab.index.json",
    "passages.sqlite", "sentences.npy", "thresholds.json", "token_bounds.npy", "tokenizer.json",
    "tokens.npy",
    "vectors.faiss", "works.json",
]  # fmt: skip
QUESTION = "What is the aid intensity of operating aid, as a share of the eligible costs?"
JANUARY = date(2024, 1, 1)
OLD, MIDDLE, NEW = "32018R9001", "02018R9001-20200701", "02018R9001-20230101"


@pytest.fixture(scope="module")
def index(small_index: Path) -> Iterator[Index]:
    opened = Index.open(small_index)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def encoder(index: Index) -> Encoder:
    return index.encoder()


@pytest.fixture
def copy(small_index_copy: Path) -> Path:
    return small_index_copy


def generation(folder: Path) -> Path:
    return folder / (folder / "CURRENT").read_text().strip()


def replace(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


# -- searching ----------------------------------------------------------------------------------


def test_what_went_in_comes_out(index: Index, small_corpus: Path) -> None:
    """this test ensures that documents and passages are read back as they were written."""
    library, search = index.library, index.search
    assert len(library.files) == 5
    for source_id in library.files:
        _, source = library.sources[source_id]
        assert source.file is not None
        document = parse((small_corpus / source.file).read_bytes(), source.id, source.file)
        assert library.document(source.id) == document
        searchable = [p for p in split_document(document) if p.kind != "heading"]
        where = np.flatnonzero(search.of_sources([source.id]))
        assert library.passages(search.passage_numbers[where].tolist()) == searchable


def test_unknown_document(index: Index) -> None:
    """this test ensures that a source which the index does not have is a KeyError."""
    with pytest.raises(KeyError, match="32099R0001"):
        index.library.document("32099R0001")


@pytest.mark.parametrize("depth", [1, 5, 1000])
def test_search_is_exact(index: Index, encoder: Encoder, depth: int) -> None:
    """this test ensures that candidates are those of plain NumPy, whatever rows are allowed."""
    vector, tokens = encoder.encode_queries([QUESTION])[0][0], analyzer("en")(QUESTION)
    search = index.search
    cosines = search.vectors.reconstruct_n(0, search.size) @ vector
    for seed in range(20):
        random = np.random.default_rng(seed)
        allowed = random.random(search.size) < random.random()
        words = np.where(allowed, search.lexical.scores(tokens), 0)
        lexical = [r for r in np.argsort(-words, kind="stable") if words[r] > 0][:depth]
        dense = [r for r in np.argsort(-cosines, kind="stable") if allowed[r]][:depth]

        found = search.candidates(vector, tokens, allowed, depth=depth)

        assert found.rows.tolist() == sorted({*lexical, *dense})
        assert np.array_equal(found.lexical, words[found.rows].astype(np.float32))
        assert np.allclose(found.dense, cosines[found.rows], atol=1e-6)
        ranked = found.rows[np.argsort(-found.dense, kind="stable")]
        assert [r for r in ranked if r in dense] == dense


def test_nothing_allowed(index: Index, encoder: Encoder) -> None:
    """this test ensures that a search in no rows finds none."""
    allowed = np.zeros(index.search.size, dtype=bool)
    vector = encoder.encode_queries([QUESTION])[0][0]
    found = index.search.candidates(vector, ["aid"], allowed, depth=5)
    assert found.rows.tolist() == [] and found.sentences == []


def test_sentences_are_scored(index: Index, encoder: Encoder) -> None:
    """this test ensures that every sentence of a row comes with its own vector's cosine."""
    vector = encoder.encode_queries([QUESTION])[0][0]
    search, rows = index.search, np.arange(index.search.size)
    scored, placed = (
        search.scored_sentences(rows, vector),
        index.library.row_sentences(rows.tolist()),
    )
    for found, sentences in zip(scored, placed, strict=True):
        assert [(start, end) for start, end, _ in found] == [(a, b) for a, b, _ in sentences]
        cosines = [float(search.sentences[n].astype(np.float32) @ vector) for _, _, n in sentences]
        assert [cosine for _, _, cosine in found] == pytest.approx(cosines, abs=1e-6)


def query(index: Index, as_of: date, documents: tuple[str, ...] = ()) -> Query:
    return understand(Inquiry(QUESTION, as_of, documents), index.library, as_of)


def test_best_sentence_answers(index: Index, encoder: Encoder) -> None:
    """this test ensures that a hit's best sentence is a span of its document, in full."""
    hit = retrieve(index, encoder, query(index, date(2024, 5, 1)))[0]
    start, end = hit.best_sentence
    assert index.library.document(hit.passage.source).text[start:end] == (
        "The aid intensity of operating aid shall not exceed 60 % of the total eligible costs "
        "during the period over which the aid is granted."
    )


@pytest.mark.parametrize("documents", [(), ("honey",), (OLD,), (MIDDLE,), (NEW,), (MIDDLE, NEW)])
def test_filters_keep_k(index: Index, encoder: Encoder, documents: tuple[str, ...]) -> None:
    """this test ensures that filters come before ranking: k results remain k results."""
    for day in (date(2019, 1, 1), date(2021, 1, 1), date(2024, 1, 1)):
        for k in (1, 3, 7):
            hits = retrieve(index, encoder, query(index, day, documents), k=k)
            assert len({hit.passage.id for hit in hits}) == k


def test_lexical_scores(index: Index) -> None:
    """this test ensures that lexical scores are those which bm25s itself computes."""
    model = bm25s.BM25.load(str(index.folder / "lexical"))
    for question in (QUESTION, "hornets", "Who pays for jars, labels and jars?"):
        tokens = analyzer("en")(question)
        assert np.allclose(index.search.lexical.scores(tokens), model.get_scores(tokens), atol=1e-6)
    assert not index.search.lexical.scores(["unheard-of"]).any()


def test_versions_share_rows(index: Index) -> None:
    """this test ensures that a text which two versions have in common is one row."""

    def row(source: str, label: str) -> int:
        passages = index.library.passages(index.search.passage_numbers.tolist())
        (number,) = [
            n for n, p in enumerate(passages) if p.source == source and p.label == label
        ]  # fmt: skip
        return int(index.search.passage_rows[number])

    assert row(MIDDLE, "Article 3(2)") == row(NEW, "Article 3(2)")
    assert row(MIDDLE, "Article 3(2)") != row(OLD, "Article 3(2)")


def test_threads(index: Index, encoder: Encoder) -> None:
    """this test ensures that eight threads which search at once find what one thread finds."""
    words = ("jars", "swarm", "hornets", "cluster", "eels")
    questions = [Inquiry(f"{QUESTION} {word}", JANUARY) for word in words]

    def answers(offset: int) -> list[object]:
        return [
            retrieve(
                index, encoder, understand(questions[(offset + n) % 5], index.library, JANUARY)
            )
            for n in range(50)
        ]

    expected = answers(0)
    with ThreadPoolExecutor(8) as pool:
        for offset, found in enumerate(pool.map(answers, range(8))):
            assert found == [expected[(offset + n) % 5] for n in range(50)]


def test_query_path_is_light(small_index: Path) -> None:
    """this test ensures that a question is encoded and searched without the libraries of ingest."""
    script = """
import sys
from datetime import date
from pathlib import Path
from clusterqa.assistant import Assistant
from clusterqa.types import Inquiry
assert Assistant.open(Path(sys.argv[1])).search(Inquiry("What is a cluster?", date(2024, 1, 1)))
heavy = {"torch", "bm25s", "transformers", "sentence_transformers", "onnx", "lxml", "nupunkt"}
print(*heavy & set(sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(small_index)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "\n"


# -- refusing -----------------------------------------------------------------------------------


def test_manifest_names_every_file(index: Index) -> None:
    """this test ensures that no file of a generation goes unchecked."""
    assert list(read_generation_manifest(index.folder)["files"]) == FILES
    on_disk = [p for p in index.folder.rglob("*") if p.is_file()]
    assert len(on_disk) == len(FILES) + 1


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
@pytest.mark.parametrize("harm", ["truncated", "flipped", "deleted"])
def test_damage_is_refused(copy: Path, name: str, harm: str) -> None:
    """this test ensures that an index with one damaged file is refused and the file named."""
    path = generation(copy) / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    if harm == "deleted":
        path.unlink()
    else:
        replace(path, bytes(content) if harm == "flipped" else path.read_bytes()[:-1])
    with pytest.raises(IndexUnusable, match=f"{name}: .*(damaged|missing).*clusterqa ingest"):
        Index.open(copy)


@pytest.mark.parametrize("name", ["vectors.faiss", "sentences.npy", "encoder.json"])
def test_mixed_generations(copy: Path, name: str) -> None:
    """this test ensures that a file from another generation is refused, sound as it may be."""
    path = generation(copy) / name
    other = {
        "vectors.faiss": lambda: path.read_bytes()[:-4] + bytes(4),
        "sentences.npy": lambda: path.read_bytes()[:-2] + bytes(2),
        "encoder.json": lambda: path.read_bytes().replace(b"MiniLM-L6", b"MiniLM-L3"),
    }[name]()
    replace(path, other)
    with pytest.raises(IndexUnusable, match=f"{name}: damaged"):
        Index.open(copy)


@pytest.mark.parametrize("written", [3, 99])
def test_other_format(copy: Path, written: int) -> None:
    """this test ensures that an earlier or a later program's index is refused by its format."""
    path = generation(copy) / "manifest.json"
    manifest = read_generation_manifest(path.parent) | {"format": written}
    path.unlink()
    write_json(path, manifest | {"sha256": manifest_hash(manifest)})
    refusal = f"format {written}, this program reads 5; run: clusterqa ingest"
    with pytest.raises(IndexUnusable, match=refusal):
        Index.open(copy)


@pytest.mark.parametrize("manifest", [b"", b"[]", b"null", b'{"format": 5}', b"\xff"])
def test_senseless_manifest(copy: Path, manifest: bytes) -> None:
    """this test ensures that a manifest which says nothing of use is refused."""
    replace(generation(copy) / "manifest.json", manifest)
    with pytest.raises(IndexUnusable, match=r"manifest\.json: .*damaged"):
        Index.open(copy)


@pytest.mark.parametrize("pointer", [
    None, "", "\n", ".", "..", "../index", "/", "/etc", "\0", "20260101T000000-00000000",
    "20260101T000000-00000000/..", "x",
])  # fmt: skip
def test_pointer_to_nowhere(copy: Path, pointer: str | None) -> None:
    """this test ensures that CURRENT leads to a generation in the index folder or to an error."""
    (copy / "CURRENT").unlink()
    if pointer is not None:
        (copy / "CURRENT").write_text(pointer)
    with pytest.raises(IndexUnusable, match="clusterqa ingest"):
        Index.open(copy)


def test_pointer_is_no_text(copy: Path) -> None:
    """this test ensures that a CURRENT of other bytes than text is an error that names a remedy."""
    replace(copy / "CURRENT", b"\xff\xfe\x00")
    with pytest.raises(IndexUnusable, match="no index here; run: clusterqa ingest"):
        Index.open(copy)


def test_no_folder(tmp_path: Path) -> None:
    """this test ensures that a folder which does not exist holds no index, and none is made."""
    for use in (Index.open, roll_back):
        with pytest.raises(IndexUnusable, match="no index here; run: clusterqa ingest"):
            use(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_odd_folder_names(copy: Path) -> None:
    """this test ensures that an index may lie in a folder of any name."""
    odd = copy.rename(copy.parent / "50 % #1? ä&b=c")
    with closing(Index.open(odd)) as opened:
        assert opened.library.document(NEW).text


def test_unreadable_file(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """this test ensures that a file without permission to read is named."""

    def forbidden(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("clusterqa.index.generation.file_hash", forbidden)
    with pytest.raises(IndexUnusable, match=r"encoder\.json: Permission denied; make it readable"):
        Index.open(copy)


def test_written_by_another_program(copy: Path) -> None:
    """this test ensures that a whole index without a file this program needs is refused."""
    folder = generation(copy)
    manifest = read_generation_manifest(folder)
    del manifest["files"]["glossary.json"]
    (folder / "glossary.json").unlink()
    (folder / "manifest.json").unlink()
    write_json(folder / "manifest.json", manifest | {"sha256": manifest_hash(manifest)})
    with pytest.raises(IndexUnusable, match=r"cannot be read \(FileNotFoundError\)"):
        Index.open(copy)


def test_nothing_to_roll_back_to(copy: Path) -> None:
    """this test ensures that the only generation stays current when it is asked to step back."""
    current = (copy / "CURRENT").read_text()
    with pytest.raises(ClusterQAError, match="no generation before"):
        roll_back(copy)
    assert (copy / "CURRENT").read_text() == current
