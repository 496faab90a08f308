"""Where the tests' data and the project lie, whatever folder a test is in."""

from pathlib import Path

TESTS = Path(__file__).parent
DATA = TESTS / "data"
PROJECT = TESTS.parent
