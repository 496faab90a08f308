"""A language model as an option, off by default: it may word an answer, never decide what is true.

drafts      what the model is told; its draft as sentences    support   does a quote support one?
confirming  the gate for composed statements                  rewording answer in, answer out
endpoint    the model itself, over HTTP; imported only where one is configured
"""

from clusterqa.generation.faithfulness import check_composed
from clusterqa.generation.rewrite import Composer, NoDraft, reworded

__all__ = ["Composer", "NoDraft", "check_composed", "reworded"]
