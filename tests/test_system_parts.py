"""The script that brings system parts knows what is really there; nothing is installed here: it is told it is not root."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "scripts" / "system-parts.sh"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder of programs that come first in PATH; its user is nobody special."""
    program(tmp_path, "id", "echo 1000")
    program(tmp_path, "mvn", "exit 0")
    return tmp_path


def program(folder: Path, name: str, body: str) -> None:
    made = folder / name
    made.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    made.chmod(0o755)


def asked(machine: Path, part: str, **more: str) -> subprocess.CompletedProcess[str]:
    path = f"{machine}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["/bin/sh", str(SCRIPT), part],
        env={**os.environ, "PATH": path, **more},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_unknown_part_is_refused_with_the_known_ones(machine: Path) -> None:
    answer = asked(machine, "abacus")
    assert (answer.returncode, "venv, jdk, chromium, node" in answer.stderr) == (2, True)


@pytest.mark.parametrize("version", ["11.0.2", "1.8.0_392", "16", "unreadable"])
def test_an_old_java_does_not_count(machine: Path, version: str) -> None:
    program(machine, "java", f"echo 'openjdk version \"{version}\"' >&2")
    answer = asked(machine, "jdk")
    assert (answer.returncode, "openjdk-17-jdk-headless" in answer.stderr) == (1, True)


@pytest.mark.parametrize("version", ["17.0.15", "21", "25-ea"])
def test_a_new_java_is_left_alone(machine: Path, version: str) -> None:
    program(machine, "java", f"echo 'openjdk version \"{version}\" 2025-04-15' >&2")
    answer = asked(machine, "jdk")
    assert (answer.returncode, answer.stdout) == (0, "system parts present: jdk\n")


@pytest.mark.parametrize(("body", "status"), [("exit 1", 1), ("exit 0", 0)])
def test_venv_is_brought_where_python_cannot_make_one(
    machine: Path, body: str, status: int
) -> None:
    program(machine, "some-python", body)
    answer = asked(machine, "venv", PYTHON="some-python")
    assert (answer.returncode, "python3-venv" in answer.stderr) == (status, status == 1)
