"""What of a page no reader sees, by its attributes and styles, is taken out before it is read."""

from clusterqa.parsers.hiding.pages import SMALLEST, take_out_hidden

__all__ = ["SMALLEST", "take_out_hidden"]
