"""Official texts and other acts in, their passages out, as an index would search them.

The texts are no part of the project: `CLUSTERQA_MIRROR` and `CLUSTERQA_ACTS` name their folders.
"""

import gzip
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from clusterqa.errors import ClusterQAError
from clusterqa.parsers import parse
from clusterqa.passages import split_document
from clusterqa.types import Passage

CORPUS = Path(__file__).parent.parent / "corpus"
# What people call the works of the corpus, as in the manifest; other acts go by their number.
SHORT_TITLES = {
    "2014R0651": "GBER", "2008R0800": "GBER 2008", "2023R2831": "De minimis Regulation",
    "2015R1588": "Enabling Regulation", "2024R0795": "STEP Regulation", "2012E": "TFEU",
    "cluster-definitions": "Cluster definitions",
}  # fmt: skip
KINDS = {"R": "Regulation", "L": "Directive", "D": "Decision", "H": "Recommendation"}


@dataclass(frozen=True, slots=True)
class Texts:
    """Where the texts lie: those of the corpus, and other acts, gzipped."""

    mirror: Path
    acts: Path

    @classmethod
    def from_environment(cls) -> "Texts":
        """Raises `ClusterQAError` if a folder is not named."""
        found = {name: os.environ.get(name) for name in ("CLUSTERQA_MIRROR", "CLUSTERQA_ACTS")}
        missing = [name for name, folder in found.items() if not folder]
        if missing:
            raise ClusterQAError(f"{missing[0]} names no folder of texts; set it")
        return cls(*(Path(str(folder)) for folder in found.values()))

    def passages(self, source: str, language: str) -> list[Passage]:
        """The passages of a text, headings left out; raises `ClusterQAError` for no such text."""
        return read_passages(self, source, language)

    def content(self, source: str, language: str) -> tuple[bytes, str]:
        """The bytes of a text and the name of its file."""
        own = CORPUS / f"{source}.txt"
        mirrored = self.mirror / f"{source}.{language}.xhtml"
        for path in (own, mirrored):
            if path.exists():
                return path.read_bytes(), path.name
        packed = self.acts / f"{source}.{language}.xhtml.gz"
        if packed.exists():
            return gzip.decompress(packed.read_bytes()), packed.name.removesuffix(".gz")
        raise ClusterQAError(f"no text of {source} in {language}")


@cache
def read_passages(texts: Texts, source: str, language: str) -> list[Passage]:
    document = parse(*reversed_arguments(texts.content(source, language), source))
    return [passage for passage in split_document(document) if passage.kind != "heading"]


def reversed_arguments(content: tuple[bytes, str], source: str) -> tuple[bytes, str, str]:
    data, name = content
    return data, source, name


def short_title(source: str) -> str:
    """What the act is called in a row: "GBER", "Directive 2014/24"."""
    bare = re.sub(r"^[0-9](?=\d{4}[A-Z])|-\d{8}$", "", source)
    for part, title in SHORT_TITLES.items():
        if bare.startswith(part):
            return title
    found = re.match(r"(\d{4})([A-Z])(\d{4})", bare)
    return f"{KINDS.get(found[2], 'Act')} {found[1]}/{int(found[3])}" if found else source


def row_text(passage: Passage) -> str:
    """What is encoded of a passage: the act's short name, titles and lead-in, the text."""
    parts = (short_title(passage.source), passage.context, passage.text)
    return "\n".join(part for part in parts if part)


def all_rows(texts: Texts, source: str, language: str) -> Iterator[str]:
    return map(row_text, texts.passages(source, language))
