"""Cited answers on EU cluster policy and State aid, from the documents, as the law stood on a date.

Read `clusterqa.assistant` first.
"""

import os

# Before numpy is imported: its products here take well under a millisecond, while the threads it
# would keep spinning for the next one slow the encoder down to half.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
