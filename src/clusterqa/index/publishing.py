"""A generation written aside becomes the current one by one rename; the one before it is kept.

One writer at a time. Every file is on the disk before anything points to it, so whatever goes wrong
the generation that answered goes on answering.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from clusterqa.errors import ClusterQAError, IndexUnusable
from clusterqa.index.encoders import write_json
from clusterqa.index.generation import (
    CURRENT,
    FORMAT,
    Index,
    content_hash,
    current_name,
    file_hashes,
    generations,
    manifest_hash,
)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep every other writer out; raises `ClusterQAError` at once when there is one."""
    from filelock import FileLock, Timeout  # here, because a cold question waits for imports

    try:
        lock = FileLock(folder / ".lock", timeout=0).acquire()
    except Timeout as error:
        raise ClusterQAError(f"{folder}: another ingest is running; wait for it to end") from error
    with lock:
        yield


@contextlib.contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """A folder to write in; removed if it was not published, like those of interrupted ingests."""
    for left in folder.glob(".building-*"):
        shutil.rmtree(left, ignore_errors=True)
    aside = folder / f".building-{os.getpid()}"
    try:  # from its first moment on, for whoever interrupts it then
        aside.mkdir()
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def finish(aside: Path, made_with: dict[str, str]) -> str:
    """Write the generation's manifest, push every file to the disk and return its name."""
    hashes, now = file_hashes(aside), datetime.now(UTC)
    name = f"{now:%Y%m%dT%H%M%S%f}-{content_hash(hashes)}"
    facts = {"format": FORMAT, "id": name, "built_at": f"{now:%Y-%m-%dT%H:%M:%SZ}"}
    manifest = facts | made_with | {"files": hashes}
    write_json(aside / "manifest.json", manifest | {"sha256": manifest_hash(manifest)})
    for path in [*aside.rglob("*"), aside]:
        sync_to_disk(path)
    return name


def publish(aside: Path, folder: Path, name: str) -> None:
    """Give the generation its name and make it the current one; keep the one before it."""
    previous = current_name(folder)
    aside.rename(folder / name)
    sync_to_disk(folder)  # the name must be on the disk before anything points to it
    point_to(folder, name)
    for old in generations(folder):
        if old.name not in (name, previous):
            shutil.rmtree(old, ignore_errors=True)


def point_to(folder: Path, name: str) -> None:
    """Make a generation the current one, by one atomic rename."""
    pointer = folder / f".{CURRENT}"
    pointer.write_text(name + "\n", encoding="utf-8")
    sync_to_disk(pointer)
    pointer.replace(folder / CURRENT)
    sync_to_disk(folder)


def roll_back(folder: Path) -> str:
    """Make the latest generation before the current one current and return its name.

    It is opened and verified first. Raises `IndexUnusable` if there is none.
    """
    current = current_name(folder)
    if current is None:
        raise IndexUnusable(f"{folder}: no index here; run: clusterqa ingest")
    with locked(folder):
        older = [path for path in generations(folder) if path.name < current]
        if not older:
            raise IndexUnusable(f"{folder}: no generation before {current}; nothing changed")
        Index.open_generation(older[-1]).close()
        point_to(folder, older[-1].name)
    return older[-1].name


def sync_to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
