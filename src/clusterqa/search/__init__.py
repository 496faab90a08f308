"""A question and an index in, passages out, best first, and how likely each of them answers."""
