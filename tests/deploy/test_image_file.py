"""The Dockerfile holds every service and nothing of the workshop, pinned, under an account without rights."""

import re
from pathlib import Path

UID = 10001

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_the_image_has_common_and_every_service(names: list[str]) -> None:
    for member in ("libs/common", *(f"services/{name}" for name in names)):
        assert re.search(rf"[ \n]{member}\b", TEXT), member
    assert "-c constraints.txt" in TEXT


def test_the_account_is_a_number_without_rights() -> None:
    assert f"USER {UID}:{UID}\n" in TEXT


def test_an_old_builder_without_a_registry_builds_it() -> None:
    assert "# syntax=" not in TEXT
    assert "<<" not in TEXT
    assert "--link" not in TEXT
    assert re.findall(r"^ARG PYTHON_IMAGE=(\S+)$", TEXT, re.M) == ["python:3.13-slim-trixie"]
    assert set(re.findall(r"^FROM (\S+)", TEXT, re.M)) == {"${PYTHON_IMAGE}"}


def test_the_build_sees_sources_and_pins_alone() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    named = [line for line in lines if line and not line.startswith("#")]
    assert named[0] == "**"
    assert {line for line in named if line.startswith("!")} == {
        "!constraints.txt", "!libs/common/pyproject.toml", "!libs/common/src",
        "!services/*/pyproject.toml", "!services/*/src",
    }  # fmt: skip
    assert "libs/common/src/pq_common/testing" in named


def test_the_installer_is_the_one_of_the_makefile() -> None:
    assert set(re.findall(r"uv==([0-9.]+)", TEXT)) == set(
        re.findall(r"uv==([0-9.]+)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    )
