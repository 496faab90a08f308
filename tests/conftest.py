"""Fixtures that several test files share: two indexes, built with the real encoder, no network."""

import hashlib
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from places import DATA, PROJECT

from clusterqa.assistant import Assistant, ingest
from clusterqa.corpus.manifest import read_manifest, sync_from_mirror
from clusterqa.errors import IndexUnusable
from clusterqa.evaluation.recipe import STAGES, modules_behind
from clusterqa.index import Index
from clusterqa.index.encoders import model_folder
from clusterqa.server.app import EMBEDDED, create_app
from clusterqa.settings import OWN_MODEL, UNTRAINED_MODEL, Settings

os.environ["HF_HUB_OFFLINE"] = os.environ["CLUSTERQA_OFFLINE"] = "1"
SMALL = DATA / "small"


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Every connection to another machine raises."""

    def guarded(connect: Any) -> Any:
        def checked(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
                raise RuntimeError(f"a test connects to {address}; tests use no network")
            return connect(self, address)

        return checked

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
        yield


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(scope="session", autouse=True)
def untrained() -> Iterator[None]:
    """Commands ask the small index, whose encoder is the untrained one, unless a test says so."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLUSTERQA_READER", "off")
        yield


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus folder: the definitions page and three versions of an invented regulation."""
    folder = tmp_path_factory.mktemp("small") / "corpus"
    shutil.copytree(SMALL, folder)
    shutil.copy(PROJECT / "corpus" / "cluster-definitions.txt", folder)
    return folder


@pytest.fixture(scope="session")
def small_index(small_corpus: Path) -> Path:
    """An index folder with one generation of the small corpus. Copy it before changing it."""
    folder = small_corpus.parent / "index"
    build(small_corpus, folder, model=UNTRAINED_MODEL, precision="float32")
    return folder


@pytest.fixture(scope="session")
def lawless_index(small_corpus: Path) -> Path:
    """An index folder of the definitions page alone: the texts of the laws listed are missing."""
    corpus, folder = small_corpus.parent / "lawless", small_corpus.parent / "lawless-index"
    shutil.copytree(small_corpus, corpus, ignore=shutil.ignore_patterns("official"))
    build(corpus, folder, model=UNTRAINED_MODEL, precision="float32")
    return folder


@pytest.fixture(scope="session")
def small_settings(small_corpus: Path, small_index: Path) -> Settings:
    """The settings of a server over the small index that turns nobody away."""
    return replace(EMBEDDED, corpus=small_corpus, index=small_index)


@pytest.fixture(scope="session")
def small_assistant(small_index: Path) -> Assistant:
    """The assistant over the small index, on the day it is."""
    return Assistant.open(small_index)


@pytest.fixture
def small_index_copy(small_index: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the index folder that shares its files: replace one, never write into it."""
    folder, ignored = tmp_path / "index", shutil.ignore_patterns(".lock")
    yield shutil.copytree(small_index, folder, copy_function=os.link, ignore=ignored)
    shutil.rmtree(folder, ignore_errors=True)  # a generation takes 90 MB


@pytest.fixture(scope="session")
def running_server(small_index: Path) -> Iterator[str]:
    """The address of a server over the small index, on a loopback port; its day is fixed."""
    app = create_app(lambda: Assistant.open(small_index, today=date(2026, 11, 23)))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def mirror_index(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index folder of all official texts in CLUSTERQA_MIRROR, kept in pytest's cache.

    Building it takes minutes, so it is kept for as long as code, corpus and texts are the same.
    """
    named = os.environ.get("CLUSTERQA_MIRROR")
    if not named:
        pytest.skip("CLUSTERQA_MIRROR names no folder of official texts")
    mirror, kept = Path(named), pytestconfig.cache
    assert kept is not None
    corpus, files = PROJECT / "corpus", modules_behind(*STAGES)
    files += [f for f in corpus.iterdir() if f.suffix in (".toml", ".txt", ".jsonl")]
    files += [*mirror.iterdir(), *Path(model_folder(OWN_MODEL)).iterdir()]
    folder = kept.mkdir("mirror-index") / hash_of(files)
    try:
        Index.open(folder).close()
    except IndexUnusable:
        for stale in folder.parent.iterdir():  # what has not changed in it is not embedded again
            stale.replace(folder)
        copy = tmp_path_factory.mktemp("mirror") / "corpus"
        shutil.copytree(corpus, copy, ignore=shutil.ignore_patterns("official"))
        results = sync_from_mirror(read_manifest(copy / "manifest.toml"), mirror, copy)
        assert [r.message for r in results if r.outcome == "failed"] == []
        build(copy, folder, model=OWN_MODEL, precision="auto")
    return folder


def build(corpus: Path, index: Path, *, model: str, precision: str) -> None:
    works = read_manifest(corpus / "manifest.toml")
    ingest(works, corpus, index, model=model, precision=precision, progress=lambda *_: None)


def hash_of(files: Iterable[Path]) -> str:
    """One hash over names and contents."""
    total = hashlib.sha256()
    for path in sorted(path for path in files if path.is_file()):
        total.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:16]
