"""Roman numerals in small letters, as points and pages are numbered with them."""

VALUES = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def roman(number: int) -> str:
    """A number from 1 on in Roman numerals: "xiv"."""
    word = ""
    for value, letters in VALUES:
        word += letters * (number // value)
        number %= value
    return word


def roman_value(numeral: str) -> int:
    """What a Roman numeral in small letters stands for, well formed or not: 4 for "iv"."""
    single = {letters: value for value, letters in VALUES if len(letters) == 1}
    values = [single[letter] for letter in numeral]
    return sum(-v if v < w else v for v, w in zip(values, [*values[1:], 0], strict=True))
