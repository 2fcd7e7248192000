"""The house rules no linter knows: names, sizes, documented events, nothing that ties us to one machine."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SERVICES = ("registry", "support-grants", "certification", "tfp", "reporting")
MEMBERS = ["libs/common", *(f"services/{name}" for name in SERVICES), "deploy/embedded"]
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40
MOST_ARGUMENTS = 5
VAGUE_NAMES = {"utils", "helpers", "manager", "base"}
OF_THIS_MACHINE = re.compile(
    r"py[p]i\.org|python[h]osted|npm[j]s\.(org|com)|deb\.debi[a]n|mav[e]n\.(org|apache)"
    r"|proxy\.gol[a]ng|crates\.i[o]|/wor[k]/|/roo[t]/\.|/hom[e]/[a-z]|\.\./share[d]"
)


def tracked(*patterns: str) -> list[Path]:
    """List the files that are part of the project: tracked by git, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def modules() -> list[Path]:
    return [path for path in tracked("*.py") if "migrations/versions" not in path.as_posix()]


def programs() -> list[Path]:
    return [path for path in modules() if "/src/" in path.as_posix()]


def package_of(member: str) -> str:
    return "pq_" + Path(member).name.replace("-", "_")


def too_long(path: Path) -> bool:
    return len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_MODULE


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of_code(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function without its docstring, which may say as much as it must."""
    first = function.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    documented = (first.end_lineno or 0) - first.lineno + 1 if is_docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - documented


def positional(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    return len([name for name in names if name not in {"self", "cls"}])


@pytest.mark.parametrize("member", MEMBERS)
def test_one_name_decides_all_the_others(member: str) -> None:
    project = tomllib.loads((ROOT / member / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["name"] == f"pq-{Path(member).name}"
    assert (ROOT / member / "src" / package_of(member) / "py.typed").is_file()


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_the_same_rooms(name: str) -> None:
    package = ROOT / "services" / name / "src" / package_of(name)
    for room in ("__main__.py", "app.py", "settings.py", "api", "storage", "domain", "migrations"):
        assert (package / room).exists(), f"{package.name} has no {room}"
    assert (ROOT / "services" / name / "README.md").is_file()


def test_no_module_outgrows_one_subject() -> None:
    assert [str(path.relative_to(ROOT)) for path in modules() if too_long(path)] == []


def test_a_function_fits_one_screen_and_takes_few_arguments() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in programs()
        for function in functions(path)
        if lines_of_code(function) > LONGEST_FUNCTION or positional(function) > MOST_ARGUMENTS
    ]
    assert found == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [str(path) for path in programs() if path.stem in VAGUE_NAMES] == []


def test_tests_are_not_packages() -> None:
    """Two services' tests would shadow each other (import mode importlib)."""
    inside = [path for path in tracked("*__init__.py") if "tests" in path.relative_to(ROOT).parts]
    assert inside == []


def test_nothing_names_a_registry_or_a_machine() -> None:
    found = []
    for path in tracked():
        if path.suffix in {".svg", ".png", ".ttf"} or path.name == "pom.xml":
            continue
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), 1
        ):
            if OF_THIS_MACHINE.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert found == []


def test_the_pins_are_names_and_versions_only() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert lines
    assert [
        line for line in lines if not re.fullmatch(r"[a-z0-9_.-]+==[0-9a-z.+]+( ; .+)?", line)
    ] == []


def test_every_adr_says_its_decision_and_what_enforces_it() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert records
    for record in records:
        text = record.read_text(encoding="utf-8")
        for part in (
            "## Context",
            "## Decision",
            "## Consequences",
            "## Alternatives",
            "## Enforced by",
        ):
            assert part in text, f"{record.name} has no {part!r}"


def test_the_readme_names_the_commands_that_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"`?make ([a-z0-9-]+)", readme))
    assert {"run", "test", "storm", "bench"} <= named
    assert [name for name in named if not re.search(rf"^{name}:", makefile, re.MULTILINE)] == []


def test_make_help_explains_every_target() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE)[1].split())  # type: ignore[index]
    explained = set(re.findall(r"^([a-z0-9-]+):.*## ", text, re.MULTILINE))
    assert targets == explained
