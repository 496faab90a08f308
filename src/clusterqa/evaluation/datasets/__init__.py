"""Question sets and collections with texts of their own, read into one form."""
