"""Bytes into text: by their byte order mark, as UTF-8, else in the encoding that they declare.

A declaration is believed only where the bytes are no UTF-8: pages that declare another encoding
than they have are common, and text in another encoding is hardly ever UTF-8 by chance.
"""

import codecs
import re

from clusterqa.characters import INVISIBLE
from clusterqa.errors import CorpusError
from clusterqa.parsers.omissions import without_unseen

BY_MARK = (  # the longer marks first: that of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
HEAD = 1024  # bytes in which a page has to declare its encoding (HTML, 4.2.5.4)
DECLARED = re.compile(
    rb"<\?xml[^>]*?\sencoding\s*=\s*[\"']([\w.:-]+)|<meta[^>]*?\bcharset\s*=\s*[\"']?\s*([\w.:-]+)",
    re.IGNORECASE,
)
# Those of the Union's languages; what else Python decodes need not be an encoding of text.
KNOWN = re.compile(
    r"iso-?8859-?\d{1,2}|latin-?\d|(us-)?ascii|(windows-|cp)125\d|koi8-[ru]|macintosh"
)
# A page that says Latin-1 means Windows-1252 (Encoding Standard, 4.2).
MEANT = re.compile(r"iso-?8859-?1|latin-?1|(us-)?ascii")
REFERENCE = re.compile(r"&(?:#(?:x([0-9a-f]{1,6})|(\d{1,7}));?|(\w+);)", re.IGNORECASE)
RESERVED = re.compile("[\ue000-\ue004]")
NAMES = {"shy", "zwj", "zwnj", "lrm", "rlm", "zerowidthspace", "nobreak", "invisibletimes",
         "invisiblecomma", "applyfunction", "af", "it", "ic"}  # fmt: skip


def decoded(content: bytes, source: str, remedy: str = "save the file as UTF-8") -> str:
    """The text of a file as it can be read, its lines ended by newlines.

    Raises `CorpusError` where its encoding cannot be told.
    """
    marked = next((name for mark, name in BY_MARK if content.startswith(mark)), "")
    try:
        return without_unseen(content.decode(marked or "utf-8"))
    except UnicodeDecodeError as error:
        problem = f"not UTF-8 at byte {error.start}" if "8" in marked or not marked else "cut off"
        encoding = "" if marked else declared(content)
        try:
            return without_unseen(content.decode(encoding or "utf-8"))
        except UnicodeDecodeError:
            raise CorpusError(f"{source}: {problem}; {remedy}") from error


def markup(content: bytes, source: str, remedy: str = "fetch it again or convert it") -> str:
    """The same of a file of markup, where what nobody sees may be written as a reference too.

    The characters that `marks` writes into texts stand for nothing that a file may say.
    """
    text = RESERVED.sub("\ufffd", decoded(content, source, remedy))
    return REFERENCE.sub(unseen_reference, text) if "&" in text else text


def unseen_reference(found: re.Match[str]) -> str:
    """Nothing for a reference to what nobody sees, counted; any other as it is."""
    hexadecimal, decimal, name = found.groups()
    if name:
        unseen = "\u200b" if name.casefold() in NAMES else ""
    else:
        code = int(hexadecimal, 16) if hexadecimal else int(decimal)
        unseen = chr(code) if code <= 0x10FFFF else ""
        if RESERVED.fullmatch(unseen):
            return "\ufffd"
    if not INVISIBLE.fullmatch(unseen):
        return found[0]
    return without_unseen(unseen)


def declared(content: bytes) -> str:
    """The encoding that a file declares; empty for none that is known."""
    found = DECLARED.search(content[:HEAD])
    name = (found[1] or found[2]).decode().lower() if found else ""
    if MEANT.fullmatch(name):
        return "cp1252"
    return name if KNOWN.fullmatch(name) and is_codec(name) else ""


def is_codec(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True
