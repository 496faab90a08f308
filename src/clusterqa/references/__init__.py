"""Citations inside the law, found and resolved; defined terms and where they are used.

`resolving.references_of` takes a whole document; `mentions.find_references` and `resolving.resolve`
are its two halves. Nothing is imported here: a question needs the numbers of acts in `acts`, not
the grammar of citations.
"""
