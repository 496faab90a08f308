"""The official texts over the network: a manifest's sources go in, checked files come out.

client   one polite, bounded GET from known hosts     bodies           is this body the act?
sync     every source of the manifest, in turn        consolidations   newer versions, as lines
"""

from clusterqa.download.client import Access
from clusterqa.download.consolidations import newer_law
from clusterqa.download.sync import obstacle, sync_from_cellar

__all__ = ["Access", "newer_law", "obstacle", "sync_from_cellar"]
