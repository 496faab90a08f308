"""The libraries of the optional extra `eval`, imported where they are used and nowhere else."""

import importlib
from typing import Any

from clusterqa.errors import ClusterQAError


def extra(name: str) -> Any:
    """The named module of the extra; raises `ClusterQAError` with the command that installs it."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        package = name.partition(".")[0].replace("_", "-")
        raise ClusterQAError(
            f"{package} is missing, which this evaluation needs; run: pip install 'clusterqa[eval]'"
        ) from error
