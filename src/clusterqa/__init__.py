"""Cited answers on EU cluster policy and State aid, from the documents, as the law stood on a date.

Read `clusterqa.assistant` first.
"""

__version__ = "0.1.0"
