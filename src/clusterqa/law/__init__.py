"""Provisions through time and beside each other: their versions, what links them, their names."""
