"""The Cellar's Formex packages (`application/zip;mtype=fmx4`) into a `Document`.

A package holds a file that describes it (root DOC), the act, and each annex in a file of its own;
the describing file names them in order. Members are read into memory by their bare names, so a
package can place no file anywhere; what is read of it is bounded whatever its headers say.
"""

import zipfile
import zlib
from io import BytesIO
from pathlib import PurePosixPath

from lxml import etree

from clusterqa.errors import CorpusError
from clusterqa.parsers.formex import TEXTS, document_from_parts, files_named, formex_root
from clusterqa.types import Document

MOST_MEMBERS = 1000
LARGEST = 32 * 2**20  # bytes of XML unpacked; the longest act of 2014 has 1 MB
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # others unpack without a bound


def parse_formex_zip(content: bytes, source: str) -> Document:
    """The document in a package: the act, then its annexes.

    Raises `CorpusError` for a damaged, encrypted or oversized package and for one without a text.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = xml_members(archive, source)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        ValueError,
    ) as e:
        reason = " ".join(str(e).split()) or "cut off"
        raise CorpusError(
            f"{source}: not a readable zip package ({reason}); "
            "fetch it again: clusterqa corpus sync"
        ) from e
    roots = {name: formex_root(xml, source) for name, xml in members.items()}
    return document_from_parts([roots[name] for name in text_names(roots, source)], source)


def xml_members(archive: zipfile.ZipFile, source: str) -> dict[str, bytes]:
    """The XML files of a package by bare name; everything else in it stays unread."""
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        raise CorpusError(
            f"{source}: the package has over {MOST_MEMBERS} files; give the act's own"
        )
    members: dict[str, bytes] = {}
    room = LARGEST
    for info in infos:
        name = PurePosixPath(info.filename).name
        if not name.lower().endswith(".xml"):
            continue
        if info.flag_bits & 1 or info.compress_type not in METHODS:
            raise CorpusError(
                f"{source}: {name!r} is encrypted or packed by no usual method; pack it anew"
            )
        if name in members:
            raise CorpusError(f"{source}: the package has {name!r} twice; give the act's own file")
        with archive.open(info) as file:
            members[name] = file.read(room + 1)
        room -= len(members[name])
        if room < 0:
            raise CorpusError(
                f"{source}: the package unpacks to over {LARGEST // 2**20} MiB of XML; "
                "give the act's own file"
            )
    return members


def text_names(roots: dict[str, etree._Element], source: str) -> list[str]:
    """The members that hold text, as the describing file orders them, else by name."""
    named = [name for root in roots.values() if root.tag == "DOC" for name in files_named(root)]
    missing = [name for name in named if name not in roots]
    if missing:
        raise CorpusError(
            f"{source}: the package lacks {missing[0]!r}, which it says it holds; "
            "fetch it again: clusterqa corpus sync"
        )
    names = list(dict.fromkeys(named)) or sorted(n for n, r in roots.items() if r.tag in TEXTS)
    if not names:
        raise CorpusError(
            f"{source}: the package holds no Formex text; fetch it again: clusterqa corpus sync"
        )
    return names
