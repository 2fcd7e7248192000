"""The six databases of an instance: made, migrated, and addressed by role."""

import asyncio
from collections.abc import Mapping

from pq_common.db import migrate
from pq_common.db.provision import Urls, provision
from pq_embedded.folder import DATABASES


async def prepare(admin_url: str, passwords: Mapping[str, Mapping[str, str]]) -> dict[str, Urls]:
    """Make what is missing and bring every schema to its newest version; the addresses are keyed by database."""
    urls = {name: await provision(admin_url, name, passwords=passwords[name]) for name in DATABASES}
    for name in DATABASES:
        if name != "bus":  # the log makes its own tables (PostgresBus.install)
            # One after the other: Alembic keeps the running migration in a global.
            await asyncio.to_thread(migrate.upgrade, f"pq_{name}", urls[name].owner)
    return urls
