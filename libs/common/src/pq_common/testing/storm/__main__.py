"""Run a storm and print its last line; the exit code is 0 only when nothing was lost, doubled or misordered."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import get_args

from pq_common.testing.storm.plan import Kind
from pq_common.testing.storm.scene import storm_once


def main() -> int:
    """Read the arguments, blow, judge."""
    parser = argparse.ArgumentParser(prog="storm", description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bus", choices=get_args(Kind), default="postgres")
    chosen = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pq-storm-") as folder:
        verdict, killed = asyncio.run(
            storm_once(Path(folder), chosen.events, chosen.seed, chosen.bus, say=_say)
        )
    for fault in verdict.faults:
        sys.stdout.write(f"storm: FAULT {fault}\n")
    _say(f"{killed} kills, {time.monotonic() - began:.0f} s")
    sys.stdout.write(
        f"storm: written={verdict.written} lost={verdict.lost} applied_twice={verdict.applied_twice}"
        f" out_of_order={verdict.out_of_order} seed={chosen.seed} bus={chosen.bus}\n"
    )
    return 0 if verdict.holds else 1


def _say(sentence: str) -> None:
    sys.stdout.write(f"storm: {sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
