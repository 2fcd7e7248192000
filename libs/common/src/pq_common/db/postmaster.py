"""Who the process in ``postmaster.pid`` really is: a number alone is never trusted, and never signalled."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class PidFile:
    """What ``postmaster.pid`` says. ``pid`` is None when the file is missing or half written."""

    exists: bool
    pid: int | None
    ready: bool


def read_pid_file(data: Path) -> PidFile:
    """Read the file as it stands; PostgreSQL fills its eight lines one after the other."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return PidFile(exists=False, pid=None, ready=False)
    whole = len(lines) >= 3 and lines[0].strip().isascii() and lines[0].strip().isdigit()
    pid = int(lines[0]) if whole else 0
    return PidFile(
        exists=True,
        pid=pid if pid > 1 else None,
        ready=len(lines) > 7 and lines[7].startswith("ready"),
    )


def command_of(pid: int) -> list[str]:
    """Return the command line of a living process; empty when there is none."""
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self").exists():
            return []
        told = subprocess.run(  # noqa: S603 - a fixed program, for a system without /proc
            ["/bin/ps", "-p", str(pid), "-o", "command="],
            capture_output=True,
            text=True,
            check=False,
        )
        return told.stdout.split()
    return [os.fsdecode(part) for part in raw.split(b"\0") if part]


def is_postmaster_of(pid: int, data: Path) -> bool:
    """Say whether ``pid`` is the PostgreSQL server of this very data folder.

    A server's working directory is its data folder and its command line names it. The kernel may hide the first
    from root in a container (no CAP_SYS_PTRACE), never the second; a zombie has neither.
    """
    command = command_of(pid)
    if not command or Path(command[0]).name != "postgres" or str(data) not in command:
        return False
    try:
        program = os.readlink(f"/proc/{pid}/exe").removesuffix(" (deleted)")
        return Path(program).name == "postgres" and os.path.samefile(f"/proc/{pid}/cwd", data)
    except (PermissionError, FileNotFoundError, ProcessLookupError):
        return bool(command_of(pid))
