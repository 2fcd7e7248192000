"""Parts of a machine that some tests need, and the sentence to say where one is missing.

A missing part never looks like a pass: its tests are reported as *not run*, and with ``REQUIRE_ALL=1``
they fail. ``scripts/system-parts.sh`` brings every part on Debian.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import pytest


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the machine: what it is for, and whether it is there."""

    name: str
    purpose: str
    found: Callable[[], str | None]


def _java() -> str | None:
    java = shutil.which("java")
    if java is None or shutil.which("mvn") is None:
        return None
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    major = said.split('"')[1].split(".")[0] if '"' in said else "0"
    return java if major.isdigit() and int(major) >= 17 else None


PARTS = {
    part.name: part
    for part in (
        Part("jdk", "Apache Kafka from its own jars (JDK 17 or newer, Maven)", _java),
        Part("chromium", "browser tests", lambda: shutil.which("chromium")),
        Part("node", "the AsyncAPI validator (Node.js, npm)", lambda: shutil.which("npm")),
    )
}


def missing(name: str) -> str | None:
    """Return the sentence that says what is missing and what brings it, or None when the part is there."""
    part = PARTS[name]
    if part.found() is not None:
        return None
    return f"not run: {part.purpose} missing; `scripts/system-parts.sh {name}` brings it"


def not_run(sentence: str) -> NoReturn:
    """Report the test as not run; fail it where REQUIRE_ALL=1 says nothing may be missing."""
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)


def require(name: str) -> str:
    """Return the path of the part's program; where it is missing, end the test as ``not_run`` does."""
    sentence = missing(name)
    if sentence is not None:
        not_run(sentence)
    path = PARTS[name].found()
    assert path is not None
    return path
