"""What an index is made from, beside the texts: the modules behind the stages that make it.

They are found by following imports, so that a module which is renamed, split or added counts
without being listed anywhere.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import clusterqa

HOME = Path(clusterqa.__file__).parent
STAGES = ("clusterqa.index.build", "clusterqa.parsers", "clusterqa.corpus.manifest")


def modules_behind(*stages: str) -> list[Path]:
    """The files of the modules named and of all of this package that they import, sorted.

    Imports inside functions count, and so do the packages that a module lies in. Raises
    `ModuleNotFoundError` for a stage that is no module, so that a renamed one is noticed.
    """
    found: set[Path] = set()
    waiting = [one for stage in stages for one in files_of(stage, wanted=True)]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += (one for name in imported(path) for one in files_of(name))
    return sorted(found)


def files_of(name: str, *, wanted: bool = False) -> list[Path]:
    """The file of a module and those of the packages around it; none for a name in a module."""
    parts = name.split(".")[1:]
    packages = [HOME.joinpath(*parts[:n], "__init__.py") for n in range(1, len(parts))]
    module = HOME.joinpath(*parts)
    own = [p for p in (module.with_suffix(".py"), module / "__init__.py") if p.is_file()]
    if wanted and not own:
        raise ModuleNotFoundError(f"no module {name}")
    return [*(p for p in packages if p.is_file()), *own]


def imported(path: Path) -> Iterator[str]:
    """The names that a module imports from this package, modules or what stands in them."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names = [node.value]  # of a module that runs in a process of its own
        else:
            names = []
        yield from (name for name in names if name.startswith("clusterqa."))
