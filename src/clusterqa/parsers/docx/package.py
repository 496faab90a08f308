"""The members of a docx, each read within bounds: nothing is written, no entity is expanded."""

import posixpath
import zipfile
from dataclasses import dataclass

from lxml import etree

from clusterqa.errors import CorpusError
from clusterqa.parsers.decoding import markup
from clusterqa.parsers.docx.markup import STRICT, W

LARGEST = 50_000_000  # bytes of XML unpacked, over all members that are read
MOST_TAGS = 4_000_000  # a gigabyte holds the tree of about five million
MOST_MEMBERS = 10_000
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # others unpack without a bound


@dataclass(slots=True)
class Package:
    """The members of a docx, read by name; `room` is how many bytes may still be unpacked."""

    archive: zipfile.ZipFile
    source: str
    room: int = LARGEST

    def check(self) -> None:
        names = self.archive.namelist()
        if len(names) > MOST_MEMBERS:
            raise self.refused(f"it has over {MOST_MEMBERS} members")
        for name in names:
            if name.startswith("/") or "\\" in name or ".." in name.split("/"):
                raise self.refused(f"its member {name!r} leads out of the file")

    def refused(self, reason: str) -> CorpusError:
        return CorpusError(f"{self.source}: the Word file is refused, {reason}; save it anew")

    def xml(self, name: str) -> etree._Element | None:
        """The root of a member, None if there is none of that name."""
        infos = [info for info in self.archive.infolist() if info.filename == name]
        if not infos:
            return None
        info = infos[0]
        if len(infos) > 1:
            raise self.refused(f"it has {name!r} twice")
        if info.flag_bits & 1 or info.compress_type not in METHODS:
            raise self.refused(f"{name!r} is encrypted or packed by no usual method")
        if info.file_size > self.room:
            raise self.refused(f"it unpacks to over {LARGEST // 1_000_000} MB")
        with self.archive.open(info) as member:
            content = member.read(self.room + 1)
        self.room -= len(content)
        if self.room < 0:
            raise self.refused(f"it unpacks to over {LARGEST // 1_000_000} MB")
        return self.root(content, name)

    def root(self, content: bytes, name: str) -> etree._Element:
        """The parsed member; the XML of Word declares no document type, so that is refused."""
        text = markup(content, f"{self.source}: {name!r}", "save it anew")
        text = text.replace(STRICT, W.strip("{}"))
        if text.count("<") > MOST_TAGS:
            raise self.refused(f"{name!r} has over {MOST_TAGS // 1_000_000} million tags")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise self.refused(f"{name!r} declares a document type or entities")
        parser = etree.XMLParser(
            encoding="utf-8", resolve_entities=False, no_network=True, remove_comments=True,
            remove_pis=True,
        )  # fmt: skip
        try:
            return etree.fromstring(text.encode(), parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise self.refused(f"{name!r} is no well-formed XML ({reason})") from error

    def related(self, part: str) -> dict[str, str]:
        """The members that a part, or the file itself (""), refers to, by kind."""
        folder, name = posixpath.split(part)
        relations = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, str] = {}
        for relation in relations if relations is not None else ():
            if relation.get("TargetMode") != "External":
                kind = relation.get("Type", "").rpartition("/")[2]
                target = posixpath.join("/", folder, relation.get("Target", ""))
                found.setdefault(kind, posixpath.normpath(target).lstrip("/"))
        return found
