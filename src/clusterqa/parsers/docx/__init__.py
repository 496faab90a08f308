"""Word files (.docx) into a `Document`: what the final text shows, changes accepted.

Deletions, hidden text, field codes and tables of contents are left out, insertions kept. Numbers of
lists and headings, which the text itself does not hold, are counted from numbering.xml. Members are
read into memory, each once and within bounds; nothing is written, no entity is expanded.
"""

from clusterqa.parsers.docx.reading import parse_docx

__all__ = ["parse_docx"]
