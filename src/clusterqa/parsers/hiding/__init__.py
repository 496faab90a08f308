"""What of a page no reader sees, by its attributes and styles, is taken out before it is read."""

from clusterqa.parsers.hiding.pages import SMALLEST, hides, take_out_hidden

__all__ = ["SMALLEST", "hides", "take_out_hidden"]
