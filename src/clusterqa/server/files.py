"""A document's file from the corpus folder, sent only as it was when the index read it.

The name comes from the index, never from a request, and a hash decides whether the bytes are right.
"""

import hashlib
from pathlib import Path, PurePosixPath

from starlette.responses import Response

from clusterqa.errors import NotFound

MEDIA_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".xhtml": "application/xhtml+xml",
    ".xml": "application/xml",
    ".zip": "application/zip",
    "": "application/octet-stream",
}
SHOWN = (".pdf", ".txt")  # what a browser may open in its place; anything else is saved


class FileChanged(NotFound):
    http_status = 409
    title = "Conflict"


def read_file(corpus: Path, name: str, sha256: str) -> bytes:
    """The bytes of a file of the corpus; raises `NotFound` without it, `FileChanged` if it is not
    as it was when it was read.
    """
    try:
        path = (corpus / name).resolve(strict=True)
        inside = path.is_relative_to(corpus.resolve())
        content = path.read_bytes() if inside else b""
    except OSError as error:
        raise NotFound("The file of this document is no longer here.") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileChanged("The file has changed since it was read; the next ingest reads it.")
    return content


def file_response(name: str, content: bytes) -> Response:
    """The file, never as a page of this site: what came from elsewhere runs nothing here."""
    path = PurePosixPath(name)
    suffix = path.suffix.lower()
    way = "inline" if suffix in SHOWN else "attachment"
    plain = "".join(c for c in path.name if c.isascii() and (c.isalnum() or c in "._-"))
    headers = {"Content-Disposition": f'{way}; filename="{plain}"'}
    if suffix != ".pdf":  # a browser's PDF reader does not start in a sandbox
        headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return Response(content, headers=headers, media_type=MEDIA_TYPES.get(suffix, MEDIA_TYPES[""]))
