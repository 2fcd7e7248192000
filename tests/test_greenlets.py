"""The quick tracer counts the lines that coverage's own counts, in greenlets too, and takes its place."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROGRAM = """
import greenlet

def within(main, turns):
    said = 0
    for turn in range(turns):
        main.switch()
        said += turn
    return said

def around():
    one = greenlet.greenlet(within)
    other = greenlet.greenlet(within)
    one.switch(greenlet.getcurrent(), 2)
    other.switch(greenlet.getcurrent(), 1)
    one.switch()
    other.switch()
    return one.switch()

for _ in range(5000):
    around()
"""
MEASURE = """
import sys
from coverage import Coverage
counted = Coverage(data_file=None, config_file=sys.argv[1], include=["*/program.py"])
counted.start()
import program
counted.stop()
[path] = counted.get_data().measured_files()
print(dict(counted.sys_info())["core"])
print(sorted(counted.get_data().arcs(path)))
"""


@pytest.fixture
def counted(tmp_path: Path) -> dict[str, list[str]]:
    """Return the tracer's name and the branches it counted, with the plugin and without."""
    (tmp_path / "program.py").write_text(PROGRAM)
    found = {}
    for plugins in ("", "scripts.greenlets"):
        settings = tmp_path / "settings"
        settings.write_text(
            f"[run]\nbranch = true\nconcurrency = thread, greenlet\nplugins = {plugins}\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, settings],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONPATH": f"{tmp_path}:{ROOT}"},
        )
        found[plugins] = done.stdout.splitlines()
    return found


def test_the_same_branches_are_counted(counted: dict[str, list[str]]) -> None:
    ours, theirs = counted["scripts.greenlets"], counted[""]
    assert (ours[0], theirs[0]) == ("Tracer", "CTracer")
    assert ours[1] == theirs[1] != "[]"
