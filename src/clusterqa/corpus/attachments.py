"""What the manifest may say of a document that hangs on a page: a source in, a fault out.

No address leads anywhere but to hosts that the manifest allows for this very source, and none is
asked for in the clear, but on this machine.
"""

from collections.abc import Iterable
from dataclasses import fields
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from clusterqa.types import Attachment, Source

ATTACHMENT_KEYS = tuple(field.name for field in fields(Attachment))
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def attachment_fault(source: Source) -> str | None:
    """What is wrong in a source's `attachment` table, with its remedy; None if nothing is."""
    wanted = source.attachment
    if wanted is None:
        return None
    if source.celex:
        return "an act is fetched by its celex; take one of the two out"
    if PurePosixPath(source.file or "").suffix.lower() != ".pdf":
        return 'its source names no PDF; write file = "official/NAME.pdf"'
    for key in ("size", "pages"):
        least, most = getattr(wanted, key)
        if not 0 < least <= most:
            return f"{key} [{least}, {most}] is no range; write [least, most]"
    return landing_fault(wanted) or link_fault(wanted.link)


def landing_fault(wanted: Attachment) -> str | None:
    for address in wanted.landing:
        try:
            parts = urlsplit(address)
        except ValueError as error:
            return f"landing {address!r} is no address ({error}); write its https address"
        host = parts.hostname or ""
        if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
            return f"landing {address!r} is not https; write its https address"
        if host not in wanted.hosts:
            return f"landing {address!r} is on none of hosts; add {host!r} there"
    return None


def link_fault(phrases: Iterable[str]) -> str | None:
    """A phrase without letters or digits fits every link, so that it is refused."""
    if any(not any(char.isalnum() for char in phrase) for phrase in phrases):
        return "link has a phrase without words; write words of the link or of its file name"
    return None
