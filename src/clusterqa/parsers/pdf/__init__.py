"""PDF files: `parse_pdf` reads one into a `Document`, `rectangles` finds a quote on its pages."""

from clusterqa.parsers.pdf.reader import Rect, parse_pdf, rectangles

__all__ = ["Rect", "parse_pdf", "rectangles"]
