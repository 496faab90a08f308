"""A collection in, an assistant over its index out; the index is built when anything has changed.

A folder of evaluation indexes says so in `collection.json`, so that no other index is overwritten.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from platformdirs import user_cache_path

from clusterqa.assistant import Assistant
from clusterqa.errors import IndexUnusable, UsageError
from clusterqa.evaluation.datasets.collection import Collection
from clusterqa.evaluation.recipe import STAGES, modules_behind
from clusterqa.index.build import Progress, build_index, weights
from clusterqa.index.encoders import write_json

MARK = "collection.json"


def default_folder(name: str) -> Path:
    """Where the index of a collection lies unless another place is named."""
    return user_cache_path("clusterqa") / "evaluation" / name


def open_collection(
    collection: Collection, folder: Path, *, model: str, precision: str, progress: Progress
) -> Assistant:
    """The assistant over the collection's index in `folder`, built if it is not there as it is.

    Raises `UsageError` if the folder holds anything else.
    """
    made_from = recipe(collection, model, precision)
    try:
        if said(folder) == made_from:
            return Assistant.open(folder)
    except IndexUnusable:
        pass
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / MARK, {"made_from": ""})
    build_index(
        folder,
        collection.works,
        collection.documents,
        {document.source: hash_of([document.text]) for document in collection.documents},
        {},
        model=model,
        precision=precision,
        progress=progress,
    )
    write_json(folder / MARK, {"made_from": made_from})
    return Assistant.open(folder)


def said(folder: Path) -> str:
    """What the index in a folder was made from, empty if there is none or it was not finished."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return ""
    try:
        return str(json.loads((folder / MARK).read_bytes())["made_from"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{folder} holds something else than the index of a collection; "
            "name an empty or absent folder with --work"
        ) from error


def recipe(collection: Collection, model: str, precision: str) -> str:
    """One hash over all that an index is made from: texts, encoder, program."""
    texts = (json.dumps(repr(document)) for document in collection.documents)
    works = (msgspec.json.encode(work).decode() for work in collection.works)
    return hash_of([model, weights(model), precision, *texts, *works, *builders()])


def builders() -> Iterator[str]:
    """The code of the stages that make an index."""
    yield from (path.read_text("utf-8") for path in modules_behind(*STAGES))


def hash_of(parts: Iterable[str]) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(part.encode() + b"\x1f")
    return total.hexdigest()
