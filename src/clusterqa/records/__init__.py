"""What a server remembers: keys, answers given, feedback. One SQLite file, written by us alone.

The index can be rebuilt from the documents; this cannot, so it lies apart and outlives every index.
"""

from clusterqa.records.answers import Answers
from clusterqa.records.database import Database
from clusterqa.records.feedback import Feedback, Opinion
from clusterqa.records.keys import Key, Keys

__all__ = ["Answers", "Database", "Feedback", "Key", "Keys", "Opinion"]
