"""The HTTP edge over one Assistant; start with `create_app`."""

from clusterqa.server.app import create_app

__all__ = ["create_app"]
