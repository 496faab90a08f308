"""The official texts over the network: a manifest's sources go in, checked files come out.

client       one polite, bounded GET       bodies           is this body the act?
sync         every source, in turn         consolidations   newer versions, as lines
attachments  documents that hang on pages  records          where each file came from
streams      bodies as they stream in      recording        what was asked and what came
faults       why a document cannot be had
"""

from clusterqa.download.client import Access
from clusterqa.download.consolidations import newer_law
from clusterqa.download.sync import obstacle, sync_from_cellar

__all__ = ["Access", "newer_law", "obstacle", "sync_from_cellar"]
