"""Rules about the code itself that no off-the-shelf tool knows."""

import ast
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

PYTHON = sorted([*Path("app").rglob("*.py"), *Path("jobs").rglob("*.py"), Path("wsgi.py")])
LONGEST_FUNCTION = 60
LONGEST_MODULE = 400
COMMITTERS = {Path("app/database.py")}
TEXT = {
    ".py",
    ".html",
    ".css",
    ".js",
    ".md",
    ".toml",
    ".txt",
    ".yaml",
    ".yml",
    ".csv",
    ".json",
    ".sh",
    "",
}
# The brackets only keep this file from breaking its own rule.
UNWELCOME = {
    "an address of a package registry": r"(?:py)pi\.org|registry\.(?:np)mjs|(?:py)thonhosted",
    "a folder of one machine": r"/(?:wo)rk/|/home/\w+|/(?:ro)ot/",
    "a file outside the project": r"\.\./(?:sh)ared",
}


def functions(path: Path) -> list[tuple[str, int]]:
    """Every function of a module with its length in lines, docstring included."""
    return [
        (f"{path}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def committed() -> list[Path]:
    """The files that git keeps, or would on the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for name in listed.stdout.splitlines() if (path := Path(name)).is_file()]


@pytest.mark.parametrize("path", PYTHON, ids=str)
def test_modules_and_functions_stay_short(path):
    lines = len(path.read_text().splitlines())
    assert lines <= LONGEST_MODULE, f"{path} has {lines} lines"
    long = [(name, length) for name, length in functions(path) if length > LONGEST_FUNCTION]
    assert long == []


def test_most_functions_are_very_short():
    lengths = sorted(length for path in PYTHON for _, length in functions(path))
    assert lengths[len(lengths) // 2] <= 10
    assert lengths[len(lengths) * 9 // 10] <= 30


@pytest.mark.parametrize("path", PYTHON, ids=str)
def test_only_the_database_module_commits(path):
    found = re.findall(r"\.commit\(", path.read_text())
    assert path in COMMITTERS or found == []


@pytest.mark.parametrize("path", PYTHON, ids=str)
def test_the_clock_is_read_in_one_place(path):
    if path == Path("app/common/clock.py"):
        return
    assert not re.search(
        r"datetime\.(?:now|today|utcnow)\(|date\.today\(|time\.time\(", path.read_text()
    )


def test_everything_that_is_made_is_used():
    # Linters see one module at a time; a function nobody calls is seen only from above.
    files = [*PYTHON, *Path("app/templates").rglob("*.html")]
    times = Counter(word for file in files for word in re.findall(r"\w+", file.read_text()))
    unused = [
        f"{path}:{node.lineno} {name}"
        for path in PYTHON
        for node in ast.parse(path.read_text()).body
        for name in made_by(node)
        if not name.startswith("__") and times[name] < 2
    ]
    assert unused == []


def made_by(node: ast.stmt) -> list[str]:
    """Names that a statement of a module makes for others; what a decorator takes is used."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [] if node.decorator_list else [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


@pytest.mark.parametrize("path", sorted(Path("app").rglob("service.py")), ids=str)
def test_services_take_a_session_and_a_moment_by_name(path):
    # By position: the session and at most one thing more. What a reader could mix up is named.
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            places = [argument.arg for argument in node.args.posonlyargs + node.args.args]
            if "session" in places:
                told = f"{path}:{node.lineno} {node.name}{tuple(places)}"
                assert places[0] == "session", told
                assert len(places) <= 2, told


def test_no_file_names_a_registry_a_machine_or_a_file_outside():
    found = []
    for path in committed():
        if path.suffix not in TEXT or path.name == "package-lock.json":
            continue
        text = path.read_text(errors="ignore")
        for what, pattern in UNWELCOME.items():
            found += [f"{path}: {what}: {hit}" for hit in re.findall(pattern, text)]
    assert found == []


def test_the_lock_file_names_no_registry():
    assert '"resolved"' not in Path("package-lock.json").read_text()


def test_every_python_requirement_is_pinned():
    for file in ("requirements.txt", "requirements-dev.txt"):
        for line in Path(file).read_text().splitlines():
            assert (
                not line or line.startswith(("#", "-r ")) or re.fullmatch(r"[\w.-]+==[\w.]+", line)
            ), line
