"""Where the tests' data and the project lie, whatever folder a test is in."""

import gzip
import os
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
DATA = TESTS / "data"
PROJECT = TESTS.parent


def fault(name: str) -> bytes:
    """One of the files made to harm, unpacked."""
    folder = os.environ.get("CLUSTERQA_FAULTS")
    if not folder:
        pytest.skip("CLUSTERQA_FAULTS names no folder of files made to harm")
    found = Path(folder) / name
    return gzip.decompress(found.read_bytes()) if found.suffix == ".gz" else found.read_bytes()
