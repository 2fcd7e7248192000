"""Each guard of the house was seen to fail: a fault is planted in a copy, and the guard must find it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.untraced

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
SOURCES = [
    ROOT / "libs/common/src",
    *(
        ROOT / "services" / name / "src"
        for name in ("registry", "support-grants", "certification", "tfp", "reporting")
    ),
    ROOT / "deploy/embedded/src",
]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of every package side by side, with the rules of the workspace."""
    for source in SOURCES:
        for package in source.glob("pq_*"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(package, tmp_path / package.name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def run(tool: str, *arguments: str, house: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(house), "MYPYPATH": str(house)}
    return subprocess.run(
        [BIN / tool, *arguments],
        cwd=house,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


IMPORT_FAULTS = {
    "a service imports another": ("pq_registry/storage/planted.py", "import pq_tfp.domain\n"),
    "common imports a service": ("pq_common/planted.py", "import pq_registry.domain\n"),
    "a rule reads the database": ("pq_registry/domain/planted.py", "import sqlalchemy\n"),
    "storage calls an operation": (
        "pq_registry/storage/planted.py",
        "import pq_registry.operations\n",
    ),
    "an operation answers HTTP": ("pq_registry/operations/planted.py", "import fastapi\n"),
    "a module lives in no room": ("pq_registry/planted.py", "ROOM = None\n"),
    "a program uses test code": ("pq_registry/storage/planted.py", "import pq_common.testing\n"),
}


@pytest.mark.parametrize("fault", IMPORT_FAULTS, ids=str)
def test_the_import_contracts_refuse(fault: str, house: Path) -> None:
    name, text = IMPORT_FAULTS[fault]
    (house / name).write_text(text, encoding="utf-8")
    result = run("lint-imports", "--no-cache", house=house)
    assert result.returncode == 1, result.stdout
    assert "planted" in result.stdout


def test_the_import_contracts_hold_without_a_fault(house: Path) -> None:
    result = run("lint-imports", "--no-cache", house=house)
    assert result.returncode == 0, result.stdout


RUFF_FAULTS = {
    "DTZ005": "from datetime import datetime\n\nNOW = datetime.now()\n",
    "BLE001": "def f() -> None:\n    try:\n        f()\n    except Exception:\n        f()\n",
    "T201": "print('left behind')\n",
    "PLC0415": "def f() -> None:\n    import os\n\n    os.getcwd()\n",
}


@pytest.mark.parametrize(("rule", "text"), RUFF_FAULTS.items(), ids=RUFF_FAULTS)
def test_ruff_refuses(rule: str, text: str, house: Path) -> None:
    (house / "pq_registry/domain/planted.py").write_text(text, encoding="utf-8")
    result = run(
        "ruff",
        "check",
        "--no-cache",
        "--output-format=concise",
        "pq_registry/domain/planted.py",
        house=house,
    )
    assert result.returncode == 1
    assert rule in result.stdout


def test_mypy_refuses_what_has_no_type(house: Path) -> None:
    (house / "pq_registry/domain/planted.py").write_text(
        "def half(amount):\n    return amount / 2\n", encoding="utf-8"
    )
    result = run("mypy", "--cache-dir=.cache", "-m", "pq_registry.domain.planted", house=house)
    assert result.returncode == 1
    assert "no-untyped-def" in result.stdout
