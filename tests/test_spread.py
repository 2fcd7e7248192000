"""How tests are spread over processes: what shares a dear fixture stays together."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.untraced

TESTS = """
import pytest

@pytest.fixture(scope="module")
def dear():
    return object()

@pytest.mark.parametrize("number", range(6))
def test_that_shares(dear, number):
    pass

@pytest.mark.parametrize("number", range(6))
def test_of_its_own(number):
    pass

@pytest.mark.node
@pytest.mark.parametrize("number", range(6))
def test_that_uses_what_is_fetched(number):
    pass
"""
RAN = re.compile(r"^\[(gw\d)\].*::(test_\w+)\[", re.MULTILINE)


def test_tests_that_share_a_fixture_of_their_module_run_in_one_process(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["pq_common.testing.workers"]')
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    node: fetched\n")
    (tmp_path / "test_dear.py").write_text(TESTS)
    command = [
        *(sys.executable, "-m", "pytest", "-v", "-n", "3", "--dist", "loadgroup"),
        *("--no-loadscope-reorder", "-p", "no:cacheprovider", "-p", "xdist", str(tmp_path)),
    ]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, env=alone
    )
    assert done.returncode == 0, done.stdout + done.stderr
    where: dict[str, set[str]] = {}
    for worker, test in RAN.findall(done.stdout):
        where.setdefault(test, set()).add(worker)
    assert len(where) == 3, done.stdout
    assert len(where["test_that_shares"]) == len(where["test_that_uses_what_is_fetched"]) == 1
