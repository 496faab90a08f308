"""What a question says: its day, the works and provisions it names, what it wants to know."""
