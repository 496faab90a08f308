"""A generation as a folder: its name, its manifest with a hash for every file, which is current.

`index/<generation>/` holds what one ingest wrote; `index/CURRENT` names the generation that
answers; an `Index` is one that is open. Nothing here is written: `publishing` does that.
"""

import hashlib
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clusterqa.errors import IndexUnusable
from clusterqa.index.encoders import Encoder, OnnxEncoder
from clusterqa.index.library import Library
from clusterqa.index.search import Search

FORMAT = 5  # raised when a generation of an older program can no longer be read
CURRENT = "CURRENT"
GENERATION = re.compile(r"\d{8}T\d+-[0-9a-f]{8}")  # when it was written and a content hash


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """An open generation: what it holds and how it is searched. Thread-safe for reading."""

    folder: Path
    manifest: dict[str, Any]
    library: Library
    search: Search

    @classmethod
    def open(cls, folder: Path) -> "Index":
        """The current generation in `folder`.

        Raises `IndexUnusable` if there is none, or if it is damaged or of another format.
        """
        name = current_name(folder)
        if name is None or not GENERATION.fullmatch(name):
            raise IndexUnusable(f"{folder}: no index here; run: clusterqa ingest")
        return cls.open_generation(folder / name)

    @classmethod
    def open_generation(cls, folder: Path) -> "Index":
        """The generation in `folder`, once every file is known to be as it was written.

        Hashes come first: what reads a damaged file may crash or take all memory.
        """
        manifest = read_generation_manifest(folder)
        check_hashes(folder, manifest["files"])
        try:
            library = Library(folder)
            return cls(folder, manifest, library, Search(folder, library))
        except Exception as error:  # whole, but not what this program writes
            raise IndexUnusable(
                f"{folder}: cannot be read ({type(error).__name__}); run: clusterqa ingest"
            ) from error

    def close(self) -> None:
        self.library.close()

    def encoder(self) -> Encoder:
        return OnnxEncoder(self.folder)


def generations(folder: Path) -> list[Path]:
    """The folders of all generations, oldest first; of interrupted removals too."""
    if not folder.is_dir():
        raise IndexUnusable(f"{folder}: no index here; run: clusterqa ingest")
    return sorted(path for path in folder.iterdir() if GENERATION.fullmatch(path.name))


def current_name(folder: Path) -> str | None:
    try:
        return (folder / CURRENT).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def read_generation_manifest(folder: Path) -> dict[str, Any]:
    """The manifest, if it is whole and this program reads its format; else `IndexUnusable`."""
    path = folder / "manifest.json"
    try:
        manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
        known, whole = manifest["format"], manifest.get("sha256") == manifest_hash(manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexUnusable(f"{path}: missing or damaged; run: clusterqa ingest") from error
    if known != FORMAT:
        raise IndexUnusable(
            f"{path}: format {known}, this program reads {FORMAT}; run: clusterqa ingest"
        )
    if not whole:
        raise IndexUnusable(f"{path}: damaged; run: clusterqa ingest")
    return manifest


def manifest_hash(manifest: dict[str, Any]) -> str:
    """The SHA-256 of all that a manifest says but this."""
    said = {key: value for key, value in manifest.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def check_hashes(folder: Path, expected: dict[str, str]) -> None:
    """Raise `IndexUnusable` naming the first file that is missing or not as it was written."""
    try:
        found = file_hashes(folder)
    except OSError as error:
        raise IndexUnusable(
            f"{error.filename}: {error.strerror}; make it readable or run: clusterqa ingest"
        ) from error
    for name in expected:
        if found.get(name) != expected[name]:
            what = "damaged" if name in found else "missing"
            raise IndexUnusable(f"{folder / name}: {what}; run: clusterqa ingest")


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below the folder but the manifest, by relative name."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "manifest.json")
    with ThreadPoolExecutor(2) as pool:
        hashes = pool.map(file_hash, paths)
        return {p.relative_to(folder).as_posix(): h for p, h in zip(paths, hashes, strict=True)}


def file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def content_hash(hashes: dict[str, str]) -> str:
    """Eight digits that name the content of these files."""
    return hashlib.sha256("".join(hashes.values()).encode()).hexdigest()[:8]
