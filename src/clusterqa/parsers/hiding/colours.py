"""Colours as CSS and Word write them, and whether one can be read on another."""

import colorsys
import re
from typing import NamedTuple

# The least contrast, 1 to 21, at which text is taken to be seen: #eee on white has 1.16, the
# palest text that the pages of the Commission have 1.6. The measure is that of WCAG 2.2.
LEAST_CONTRAST = 1.2
LEAST_ALPHA = 0.05  # the share of a colour that is left of it where it counts as transparent
NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(%|deg)?")


class Colour(NamedTuple):
    """Red, green, blue and how opaque it is, each in [0, 1]."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0


WHITE, BLACK, LINK = Colour(1, 1, 1), Colour(0, 0, 0), Colour(0, 0, 0.93)
TRANSPARENT = Colour(0, 0, 0, 0)
# Of the names, those of the first recommendation and the pale ones; another is no known colour.
NAMED = {
    "black": "000000", "silver": "c0c0c0", "gray": "808080", "grey": "808080", "white": "ffffff",
    "maroon": "800000", "red": "ff0000", "purple": "800080", "fuchsia": "ff00ff",
    "magenta": "ff00ff", "green": "008000", "lime": "00ff00", "olive": "808000",
    "yellow": "ffff00", "navy": "000080", "blue": "0000ff", "teal": "008080", "aqua": "00ffff",
    "cyan": "00ffff", "orange": "ffa500", "snow": "fffafa", "ghostwhite": "f8f8ff",
    "ivory": "fffff0", "floralwhite": "fffaf0", "azure": "f0ffff", "mintcream": "f5fffa",
    "whitesmoke": "f5f5f5", "aliceblue": "f0f8ff", "honeydew": "f0fff0", "seashell": "fff5ee",
    "lavenderblush": "fff0f5", "oldlace": "fdf5e6", "linen": "faf0e6", "lavender": "e6e6fa",
    "lightyellow": "ffffe0", "lightcyan": "e0ffff", "cornsilk": "fff8dc", "beige": "f5f5dc",
    "lemonchiffon": "fffacd", "gainsboro": "dcdcdc", "lightgray": "d3d3d3", "lightgrey": "d3d3d3",
    "darkgray": "a9a9a9", "darkgrey": "a9a9a9", "dimgray": "696969", "darkblue": "00008b",
    "darkred": "8b0000", "darkgreen": "006400", "canvas": "ffffff", "canvastext": "000000",
}  # fmt: skip


def colour(text: str) -> Colour | None:
    """The colour that CSS or HTML writes so, in lower case; None for what is not known."""
    text = text.strip()
    if text == "transparent":
        return TRANSPARENT
    if re.fullmatch(
        r"#?(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", digits := NAMED.get(text, text)
    ):
        digits = digits.removeprefix("#")
        if len(digits) < 6:
            digits = "".join(digit * 2 for digit in digits)
        red, green, blue, *rest = [
            int(digits[i : i + 2], 16) / 255 for i in range(0, len(digits), 2)
        ]
        return Colour(red, green, blue, *rest[:1])
    kind, bracket, inner = text.partition("(")
    if not bracket or kind not in ("rgb", "rgba", "hsl", "hsla"):
        return None
    parts = [(float(number), unit) for number, unit in NUMBER.findall(inner)]
    if len(parts) < 3:
        return None
    alpha = share(*parts[3], 1) if len(parts) > 3 else 1.0
    if kind.startswith("rgb"):
        red, green, blue = (share(*part, 255) for part in parts[:3])
        return Colour(red, green, blue, alpha)
    (hue, _), (saturation, _), (lightness, _) = parts[:3]
    red, green, blue = colorsys.hls_to_rgb(hue % 360 / 360, lightness / 100, saturation / 100)
    return Colour(red, green, blue, alpha)


def share(number: float, unit: str, whole: float) -> float:
    return min(max(number / (100 if unit == "%" else whole), 0), 1)


def over(upper: Colour, lower: Colour) -> Colour:
    """What is seen of a colour laid over another."""
    red, green, blue = (
        u * upper.alpha + w * (1 - upper.alpha) for u, w in zip(upper[:3], lower[:3], strict=True)
    )
    return Colour(red, green, blue)


def is_unseen(text: Colour | None, ground: Colour | None) -> bool:
    """Whether text of a colour cannot be told from its ground; None is a colour not known."""
    if text is None:
        return False
    if text.alpha <= LEAST_ALPHA:
        return True
    return ground is not None and contrast(over(text, ground), ground) < LEAST_CONTRAST


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    lights = sorted((luminance(one), luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def luminance(of: Colour) -> float:
    """Relative luminance in [0, 1], as WCAG 2.2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in of[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
