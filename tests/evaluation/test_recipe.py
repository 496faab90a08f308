"""What an index is made from is found by its imports."""

import pytest

from clusterqa.evaluation.recipe import HOME, STAGES, modules_behind


def behind(*stages: str) -> set[str]:
    return {str(path.relative_to(HOME)) for path in modules_behind(*stages)}


def test_what_builds_an_index_is_found() -> None:
    """this test ensures that all stages from a file's bytes to a generation count."""
    found = behind(*STAGES)
    parts = {"passages.py", "parsers/eurlex.py", "parsers/pdf/layout.py", "index/build.py"}
    assert parts <= found
    assert {name.split("/")[0] for name in found} >= {"provisions", "references", "corpus"}


def test_what_only_answers_does_not_count() -> None:
    """this test ensures that an index is not built again because an answer is worded otherwise."""
    parts = {name.split("/")[0] for name in behind(*STAGES)}
    assert parts & {"answering", "server", "cli", "mcp", "assistant.py"} == set()


def test_a_stage_that_is_no_module_is_an_error() -> None:
    """this test ensures that a renamed stage cannot drop out of the recipe silently."""
    with pytest.raises(ModuleNotFoundError, match=r"clusterqa\.index\.bild"):
        modules_behind("clusterqa.index.bild")
