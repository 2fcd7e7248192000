"""Start the parts, kill them as planned, start them again, wait for quiet, and hand the history to the judge."""

import asyncio
import multiprocessing
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import asyncpg

from pq_common.db.cluster import Cluster
from pq_common.db.session import connect_args
from pq_common.testing.fixtures import run_apart
from pq_common.testing.kafka_server import KafkaServer
from pq_common.testing.storm.part import STORM_PROJECTION, STUCK, enter
from pq_common.testing.storm.plan import PARTS, Kill, Storm, kills

# Each part is forked from a server that has imported everything: a start takes milliseconds, not seconds.
FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(["pq_common.testing.storm.part"])
POLL_S = 0.1
QUIET_WITHIN_S = 120.0
LONGEST_S = 900.0
DATABASE_IS_DOWN = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


class StormFailed(RuntimeError):
    """The storm itself could not be run to its end."""


@dataclass(slots=True)
class Runner:
    """A storm under way."""

    storm: Storm
    cluster: Cluster
    broker: KafkaServer | None
    say: Callable[[str], None]
    processes: dict[str, ForkServerProcess] = field(default_factory=dict)
    killed: int = 0

    def run(self) -> None:
        """Go through the storm from the first part's start to quiet. Raises StormFailed."""
        try:
            for role in PARTS[self.storm.bus]:
                self._start(role)
            self._blow(kills(self.storm.events, self.storm.seed, self.storm.bus))
            self._wait_for_quiet()
        finally:
            self._end()

    def _blow(self, planned: list[Kill]) -> None:
        until = time.monotonic() + LONGEST_S
        written, shown = 0, 0.0
        while written < self.storm.events or planned:
            if time.monotonic() > until:
                raise StormFailed(f"after {LONGEST_S:.0f} s only {written} events are written")
            written = self._count("SELECT count(*) FROM storm_done") or written
            while planned and written >= planned[0].after:
                self._kill(planned.pop(0))
            self._look_after()
            if time.monotonic() - shown > 5:
                shown = time.monotonic()
                self.say(f"written {written} of {self.storm.events}, killed {self.killed}")
            time.sleep(POLL_S)

    def _kill(self, kill: Kill) -> None:
        self.say(f"kill -9 {kill.victim} after {kill.after} events")
        self.killed += 1
        if kill.victim == "database":
            self.cluster.kill()
            time.sleep(kill.down_s)
            self.cluster.start()
        elif kill.victim == "broker":
            assert self.broker is not None
            self.broker.kill()
            time.sleep(kill.down_s)
            self.broker.start()
        else:
            process = self.processes[kill.victim]
            process.kill()
            process.join()
            time.sleep(kill.down_s)
            self._start(kill.victim)

    def _start(self, role: str) -> None:
        process = FORK.Process(target=enter, args=(self.storm, role), name=role, daemon=True)
        process.start()
        self.processes[role] = process

    def _look_after(self) -> None:
        """Nobody may end by itself but a writer that has written everything, and who finds himself stuck."""
        for role, process in list(self.processes.items()):
            code = process.exitcode
            if code == STUCK:
                self.say(f"{role} was stuck, ended as it should, and is started again")
                self._start(role)
                continue
            if code is not None and not (code == 0 and role.startswith("writer")):
                raise StormFailed(f"{role} ended by itself with {code}:\n{self._log(role)[-4000:]}")

    def _log(self, role: str) -> str:
        return (Path(self.storm.folder) / f"{role}.log").read_text(encoding="utf-8")

    def _wait_for_quiet(self) -> None:
        until = time.monotonic() + QUIET_WITHIN_S
        while time.monotonic() < until:
            self._look_after()
            left = self._count(
                "SELECT (SELECT count(*) FROM outbox_pending) + (SELECT count(*) FROM feed_pending)"
            )
            if (
                left == 0
                and self._count(f"SELECT count(*) FROM {STORM_PROJECTION.id}.applied")  # noqa: S608 - a name of ours
                == self.storm.events
            ):
                return
            time.sleep(POLL_S)
        for role in self.processes:
            self.say(f"log of {role}: …{self._log(role)[-1500:]}")
        self.say("no quiet in time; what is there will be judged as it is")

    def _count(self, statement: str) -> int | None:
        with suppress(*DATABASE_IS_DOWN):
            return int(run_apart(_fetch(self.storm.worker_url, statement))[0][0])
        return None

    def _end(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.join(20)
            process.kill()
            process.join()


async def _fetch(url: str, statement: str) -> list[Any]:
    connection = await asyncpg.connect(**connect_args(url), timeout=5)
    try:
        return list(await connection.fetch(statement, timeout=60))
    finally:
        await asyncio.wait_for(connection.close(), 5)
