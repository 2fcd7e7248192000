"""A small storm, with the same kills as the big one of ``make storm``."""

import asyncio
from pathlib import Path

import pytest

from pq_common.testing.report import used
from pq_common.testing.storm.plan import VICTIMS, Kind
from pq_common.testing.storm.scene import storm_once


@pytest.mark.storm
@pytest.mark.parametrize("bus", ["postgres", pytest.param("kafka", marks=pytest.mark.real_kafka)])
def test_nothing_is_lost_doubled_or_misordered_when_everything_is_killed(
    tmp_path: Path, bus: Kind, capsys: pytest.CaptureFixture[str]
) -> None:
    used("bus", f"storm on {bus}")
    verdict, killed = asyncio.run(storm_once(tmp_path, 1_500, 11, bus, say=print))
    assert verdict.holds, (verdict, capsys.readouterr().out)
    assert verdict.written == 1_500
    assert killed >= len(VICTIMS[bus])
