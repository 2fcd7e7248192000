"""Draw the secrets of an instance of several processes, one file each, as ``docker-compose.yml`` hands them out."""

import json
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import URL

from pq_common.db.provision import KINDS
from pq_embedded.folder import DATABASES, DataFolder, Running

SECRETS = "secrets"
SERVER: Final = "postgres"
PORT: Final = 5432
SUPERUSER = "postgres"
OUTSIDE_ALONE = 0o700
INSIDE_ANYBODY = (
    0o444  # Compose mounts the file as it is, and the containers' account is none of this machine
)


def hand_out(folder: DataFolder, address: str, *, server: str = SERVER) -> Path:
    """Write what is missing and return where it lies; note where the instance answers, for the command line.

    ``server`` is the name under which the services find PostgreSQL.

    What was drawn before stays: a database keeps the passwords that it was made with.
    """
    folder.make()
    where = folder.path / SECRETS
    where.mkdir(mode=OUTSIDE_ALONE, exist_ok=True)
    where.chmod(OUTSIDE_ALONE)
    for name, content in _drawn(folder, where, server):
        path = where / name
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.unlink(missing_ok=True)
            path.write_text(content, encoding="utf-8")
            path.chmod(INSIDE_ANYBODY)
    folder.announce(Running(pid=None, address=address))
    return where


def _drawn(folder: DataFolder, where: Path, server: str) -> Iterator[tuple[str, str]]:
    kept = where / "postgres_password"
    password = kept.read_text(encoding="utf-8") if kept.exists() else secrets.token_urlsafe(24)
    yield kept.name, password
    yield "admin", _url(server, SUPERUSER, password, SUPERUSER)
    for name, passwords in _of_services(folder.passwords()).items():
        for kind in KINDS:
            yield f"{name}_{kind}", _url(server, f"{name}_{kind}", passwords[kind], name)
    yield "sealing_secret", folder.sealing_secret()
    yield "jwks", json.dumps(folder.issuer().jwks())


def _of_services(passwords: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    return {name: passwords[name] for name in DATABASES if name != "bus"}


def _url(server: str, role: str, password: str, database: str) -> str:
    made = URL.create("postgresql", role, password, server, PORT, database)
    return made.render_as_string(hide_password=False)
