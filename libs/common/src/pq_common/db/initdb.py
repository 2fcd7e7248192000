"""Make the data folder of a cluster: all of it or nothing, with a superuser's password drawn here."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path

from pq_common.db.lodging import Account, ClusterUnavailable

SUPERUSER = "postgres"


def password_of(home: Path) -> str:
    """Return the superuser's password; the file is readable by the server's account (and root) alone."""
    return (home / "password").read_text(encoding="utf-8").strip()


def make_data(home: Path, binaries: Path, who: Account, *, durable: bool) -> None:
    """Run initdb in a folder beside and rename it: an interrupted first start leaves no half cluster."""
    data = home / "data"
    if data.exists():
        return
    password = _draw_password(home, who)
    half = home / "data.new"
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir()
    who.give(half, 0o700)
    command = [binaries / "initdb", "-D", half, f"--username={SUPERUSER}", f"--pwfile={password}"]
    command += ["--locale=C.UTF-8", "--encoding=UTF8", "--auth=scram-sha-256", "--no-instructions"]
    command += [] if durable else ["--no-sync"]
    done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603 - a program of the wheel
        command,
        cwd="/",
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
        **who.options(),
    )
    if done.returncode != 0:
        raise ClusterUnavailable(
            f"Không tạo được cơ sở dữ liệu trong {home}: {done.stderr.strip()}",
            f"The database could not be made in {home}: {done.stderr.strip()}",
        )
    half.rename(data)


def clean_environment() -> dict[str, str]:
    """Leave out PGDATA, PGPORT and their kind: they would steer our server from outside."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "LC_", "LANG"))
    }


def _draw_password(home: Path, who: Account) -> Path:
    path = home / "password"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(24) + "\n")
    who.give(path, 0o600)
    return path
