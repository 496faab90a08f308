"""A day as programs write it, YYYY-MM-DD in every language."""

import re
from datetime import date


def iso_day(text: str) -> date:
    """The day of an ISO date such as 2023-07-01.

    Raises `ValueError`, which says what to write, for any other form, timestamps and ISO weeks
    included, and for a day that there is not.
    """
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("use a date as YYYY-MM-DD, such as 2023-07-01")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such day; use one such as 2023-07-01") from None
