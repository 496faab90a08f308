from clusterqa.server.app import create_app

__all__ = ["create_app"]
