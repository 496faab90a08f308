"""A tiny PDF writer: pages of lines at places, in Courier."""

import re
import textwrap
from collections.abc import Iterable, Sequence

FONTS = {"F1": "Courier", "F2": "Courier-Bold"}


def write_pdf(pages: Sequence[str], *, extra: str = "", outline: Sequence[str] = ()) -> bytes:
    """A PDF whose pages have these content streams; `extra` goes into the catalogue."""
    fonts = " ".join(f"/{k} {i} 0 R" for i, k in enumerate(FONTS, 3))
    objects = [f"<< /Type /Catalog /Pages 2 0 R {extra} >>"]
    first = 3 + len(FONTS)
    kids = " ".join(f"{first + 2 * i} 0 R" for i in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>")
    for name in FONTS.values():
        encoding = "/Encoding /WinAnsiEncoding"
        objects.append(f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} {encoding} >>")
    for index, page in enumerate(pages):
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            f"/Resources << /Font << {fonts} >> >> /Contents {first + 2 * index + 1} 0 R >>"
        )
        objects.append(f"<< /Length {len(page)} >>\nstream\n{page}\nendstream")
    return assemble([*objects, *outline])


def assemble(objects: Sequence[str]) -> bytes:
    """Objects numbered from 1, the first the catalogue, as a file with its table."""
    body, places = "%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    return (
        f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    ).encode("cp1252")


def at(x: float, y: float, text: str, *, size: float = 9, font: str = "F1") -> str:
    """One line of text; Courier's characters are 0.6 of the size wide."""
    escaped = re.sub(r"([()\\])", r"\\\1", text)
    return f"BT /{font} {size} Tf {x} {y} Td ({escaped}) Tj ET"


def down(x: float, y: float, lines: Iterable[str], *, size: float = 9, font: str = "F1") -> str:
    """Lines below each other."""
    return "\n".join(
        at(x, y - 1.2 * size * i, line, size=size, font=font) for i, line in enumerate(lines)
    )


def wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width)
