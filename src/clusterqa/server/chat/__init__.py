"""The OpenAI-compatible routes: chat messages in, an answer written as one message out.

`requests` reads what a client sends, `messages` writes the answer with its annotations, `routes`
sends it whole or in pieces, `errors` gives every error on these routes OpenAI's shape.
"""

from clusterqa.server.chat.errors import OpenAIErrors
from clusterqa.server.chat.routes import router

__all__ = ["OpenAIErrors", "router"]
