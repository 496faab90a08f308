"""The shape of the program: imports point one way, heavy libraries stay out of the way."""

import ast
import subprocess
import sys
from pathlib import Path

import clusterqa

SOURCE = Path(clusterqa.__file__).parent
ORDER = [
    "characters", "types", "answers", "errors", "deadline", "settings", "languages", "provisions",
    "parsers", "corpus", "download", "references", "passages", "index", "law", "query", "search",
    "answering", "presenting", "generation", "assistant", "evaluation", "records", "mcp", "server",
    "cli", "__main__",
]  # fmt: skip


def stage(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported_stages(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            bare = node.module == "clusterqa"
            own = [f"clusterqa.{a.name}" for a in node.names if not a.name.startswith("__")]
            names = own if bare else [node.module]
        found |= {name.split(".")[1] for name in names if name.startswith("clusterqa.")}
    return found


def test_imports_point_one_way() -> None:
    """this test ensures that a module imports only from stages before its own."""
    wrong = [
        f"{path.relative_to(SOURCE)} imports {name}"
        for path in sorted(SOURCE.rglob("*.py"))
        if stage(path) != "__init__"
        for name in imported_stages(path)
        if ORDER.index(name) > ORDER.index(stage(path))
    ]
    assert wrong == []


def test_every_module_has_its_place() -> None:
    """this test ensures that the order above names every module there is."""
    stages = {stage(path) for path in SOURCE.rglob("*.py")} - {"__init__"}
    assert stages == set(ORDER)


def test_every_module_says_what_it_is() -> None:
    """this test ensures that every module opens with words."""
    silent = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def loaded_modules(statement: str) -> set[str]:
    program = f"{statement}; import sys; print('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_command_line_starts_light() -> None:
    """this test ensures that `--help` waits for no numerical library."""
    heavy = {"numpy", "torch", "faiss", "onnxruntime", "fastapi", "lxml", "rich.progress", "httpx2"}
    heavy |= {"mcp", "uvicorn", "pydantic"}
    assert loaded_modules("import clusterqa.cli") & heavy == set()


def test_answers_need_no_training_library() -> None:
    """this test ensures that what `ask` imports brings neither torch nor a web framework."""
    heavy = {"torch", "transformers", "sentence_transformers", "bm25s", "fastapi", "pydantic"}
    assert loaded_modules("import clusterqa.assistant") & heavy == set()


def test_answers_need_no_citation_grammar() -> None:
    """this test ensures that `ask` compiles the grammar of citations only for who cites one."""
    loaded = loaded_modules("import clusterqa.assistant")
    assert "clusterqa.references.acts" in loaded
    assert loaded & {"clusterqa.references.mentions", "clusterqa.references.segments"} == set()


# What applies regular expressions to the texts of documents, not to questions.
READS_TEXTS = {
    "answering/citations.py", "answering/clauses.py", "answering/figures.py", "answering/limits.py",
    "answering/lists.py", "answering/names.py", "answering/polarity.py", "answering/quotes.py",
    "search/fusion.py",
}  # fmt: skip


def test_a_question_is_read_once() -> None:
    """this test ensures that only `query/` takes a question's words apart."""
    below = [*SOURCE.glob("search/*.py"), *SOURCE.glob("answering/*.py")]
    below += [SOURCE / "assistant.py"]
    asking = set()
    for path in below:
        name = str(path.relative_to(SOURCE))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {
            alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names
        }
        parameters = {a.arg for n in ast.walk(tree) if isinstance(n, ast.arguments) for a in n.args}
        if ("re" in imported and name not in READS_TEXTS) or "question" in parameters:
            asking.add(name)
        if "languages.identification" in path.read_text(encoding="utf-8"):
            asking.add(name)
    assert asking == set()


def test_a_name_is_of_one_class() -> None:
    """this test ensures that no two modules have a class of one name, so that grep finds it."""
    homes: dict[str, list[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(str(path.relative_to(SOURCE)))
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}
