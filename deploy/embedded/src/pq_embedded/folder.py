"""The data folder of an embedded instance: where its database, its secrets and its notes are."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pq_common.contracts.event import Mode
from pq_common.db.cluster import Cluster
from pq_common.db.provision import KINDS
from pq_common.errors import PqError
from pq_common.http.issuer import DevelopmentIssuer

DATABASES = ("registry", "support_grants", "certification", "tfp", "reporting", "bus")


class NotRunning(PqError):
    """Nothing serves this data folder."""

    code = "embedded_not_running"
    title_vi, title_en = "Hệ thống chưa chạy", "Not running"


@dataclass(frozen=True, slots=True)
class Running:
    """Who serves the folder, and where."""

    pid: int | None
    """None: processes that are not ours to watch, as those of containers."""
    address: str

    def is_alive(self) -> bool:
        """Say whether a process has this number; whether it answers is for the caller to ask."""
        if self.pid is None:
            return True
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


class DataFolder:
    """One instance's folder. Made on first use; secrets are readable by their owner alone."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()

    def make(self) -> None:
        """Create the folder where it is missing."""
        self.path.mkdir(parents=True, exist_ok=True)

    def cluster(self) -> Cluster:
        """Return the folder's PostgreSQL, not started."""
        self.make()
        return Cluster(self.path / "postgres", durable=True)

    def issuer(self) -> DevelopmentIssuer:
        """Return the development issuer whose key lies here."""
        self.make()
        return DevelopmentIssuer(self.path / "issuer")

    def passwords(self) -> dict[str, dict[str, str]]:
        """Return the passwords of every database's three roles, drawn once."""
        path = self.path / "passwords.json"
        if not path.exists():
            drawn = {
                name: {kind: secrets.token_urlsafe(24) for kind in KINDS} for name in DATABASES
            }
            _write(path, drawn)
        kept: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
        return kept

    def sealing_secret(self) -> str:
        """Return the secret that seals personal codes in the registry; lost, those codes are lost."""
        path = self.path / "sealing.json"
        if not path.exists():
            _write(path, {"secret": secrets.token_urlsafe(32)})
        return str(json.loads(path.read_text(encoding="utf-8"))["secret"])

    def announce(self, running: Running | None) -> None:
        """Write down who serves this folder, so that the command line finds the address; None takes it back."""
        path = self.path / "running.json"
        if running is None:
            path.unlink(missing_ok=True)
        else:
            _write(path, {"pid": running.pid, "address": running.address})

    def running(self) -> Running | None:
        """Return who serves this folder; a note whose process is gone does not count."""
        noted = _read(self.path / "running.json")
        if not noted:
            return None
        running = Running(pid=noted["pid"], address=str(noted["address"]))
        return running if running.is_alive() else None

    def address(self) -> str:
        """Return the address of the running instance. Raises NotRunning."""
        running = self.running()
        if running is None:
            raise NotRunning(
                f"Chưa có hệ thống nào chạy trên thư mục {self.path}; hãy chạy `pq up` trước.",
                f"Nothing serves the folder {self.path}; start it with `pq up` first.",
            )
        return running.address

    def mode(self) -> Mode:
        """Return what pages show by default: ``demo`` once a demonstration was loaded."""
        return "demo" if _read(self.path / "loaded.json").get("demo") else "official"

    def loaded(self, what: str) -> str | None:
        """Return the digest of what was loaded under this name, None for nothing, or where the data are not in this folder."""
        running = self.running()
        if running is not None and running.pid is None:
            return None
        found: str | None = _read(self.path / "loaded.json").get(what)
        return found

    def note_loaded(self, what: str, digest: str) -> None:
        """Remember a finished load: the next start compares one digest instead of sending everything again."""
        path = self.path / "loaded.json"
        _write(path, {**_read(path), what: digest})


def _read(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Write whole or not at all: a reader never meets half a file, and kill -9 leaves the old one."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
    draft.replace(path)
