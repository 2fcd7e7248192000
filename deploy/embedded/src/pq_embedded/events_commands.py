"""``pq events …`` and ``pq rebuild``: the journals, seen and mended through the services' own addresses."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import httpx
from uuid_utils.compat import uuid7

from pq_common.errors import NotFound, PqError
from pq_embedded.client import accepted
from pq_embedded.console import Voice

PUBLISHERS = ("registry", "support-grants", "certification", "tfp", "reporting")
PAGE = 500
POLL_S = 0.5


class ReleaseFailed(PqError):
    """Nothing was held any more."""

    code = "embedded_release_failed"
    title_vi, title_en = "Không thả được khóa", "The key was not let go"


class ReplayFailed(PqError):
    """The cause was not mended: events stay parked."""

    code = "embedded_replay_failed"
    title_vi, title_en = "Phát lại thất bại", "The replay failed"


def known(service: str | None) -> Iterable[str]:
    """Return the services meant. Raises NotFound for a name that is none."""
    if service is None:
        return PUBLISHERS
    if service not in PUBLISHERS:
        listed = ", ".join(PUBLISHERS)
        raise NotFound(
            f"Không có dịch vụ {service!r}; có: {listed}.",
            f"There is no service {service!r}; there are: {listed}.",
        )
    return (service,)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events to print: of which service (all when none), after which position, and whether to wait for more.

    ``asked`` are further parameters of the feed, such as the mode.
    """

    service: str | None
    follow: bool
    after: int
    asked: Mapping[str, str]


async def tail(client: httpx.AsyncClient, voice: Voice, wanted: Wanted) -> None:
    """Print what the changes feeds hold after a position, then, when following, what comes."""
    positions = {}
    after, follow = wanted.after, wanted.follow
    for name in known(wanted.service):
        positions[name] = after if after >= 0 else (await _journal(client, name))["feed_position"]
    if after < 0 and not follow:
        positions = {name: max(0, position - 20) for name, position in positions.items()}
    while True:
        seen = 0
        for name in positions:
            page = accepted(
                await client.get(
                    f"/{name}/v1/changes",
                    params={"after": positions[name], "limit": PAGE, **wanted.asked},
                )
            )
            for change in page["items"]:
                _print(voice, name, change)
            positions[name] = page["after"]
            seen += len(page["items"])
        if not seen:
            if not follow:
                return
            await asyncio.sleep(POLL_S)


def _print(voice: Voice, service: str, change: dict[str, Any]) -> None:
    version = f"v{change['sequence']}"
    line = (
        service,
        change["position"],
        change["time"],
        change["type"],
        change["subject"],
        version,
    )
    voice.result({"service": service, **change}, "  ".join(str(part) for part in line))


VERIFIED: Final = (
    "service", "what", "events or keys", "gaps", "not numbered", "not sent", "parked", "state"
)  # fmt: skip


async def verify(client: httpx.AsyncClient, voice: Voice) -> bool:
    """Show each journal's checks, the keys its relay holds and each projection's state; say whether all is well."""
    rows, well = [], True
    for name in PUBLISHERS:
        journal = await _journal(client, name)
        well = well and journal["is_sound"]
        counted = [journal[one] for one in ("events", "version_gaps", "unnumbered", "unsent")]
        rows.append((name, "event_log", *counted, "-", _word(journal["is_sound"])))
        for held in accepted(await client.get(f"/{name}/admin/events/held"))["items"]:
            well = False
            rows.append(
                (name, f"{held['topic']} {held['key']}", *"-----", f"HELD: {held['reason']}")
            )
        for one in await _projections(client, name):
            sound = not one["gaps"] and not one["parked"]
            well = well and sound
            rows.append(
                (name, one["name"], one["keys"], one["gaps"], "-", "-", one["parked"], _word(sound))
            )
    voice.table(VERIFIED, rows)
    return well


async def _journal(client: httpx.AsyncClient, service: str) -> dict[str, Any]:
    found: dict[str, Any] = accepted(await client.get(f"/{service}/admin/events/verification"))
    return found


def _word(sound: bool) -> str:
    return "ok" if sound else "FAULT"


async def rebuild(client: httpx.AsyncClient, voice: Voice, service: str, projection: str) -> None:
    """Have a projection built anew and wait until the new version is the one that is read."""
    list(known(service))
    wanted = await _order(client, f"/{service}/admin/projections/{projection}/rebuild")
    # The service tells the version that is read, not how far the next one is: no bar could be true.
    voice.say(
        f"{service}/{projection}: đang dựng bản / building version {wanted['wanted_version']} …"
    )
    while True:
        now = next(p for p in await _projections(client, service) if p["name"] == projection)
        if now["version"] >= wanted["wanted_version"]:
            break
        await asyncio.sleep(POLL_S)
    text = f"{service}/{projection}: đang dùng bản / now version {now['version']}."
    voice.result({"service": service, **now}, text)


async def replay(client: httpx.AsyncClient, voice: Voice, service: str, projection: str) -> None:
    """Have what a projection parked applied, and wait for it. Raises ReplayFailed when something stays parked."""
    order = await _carried_out(client, service, f"projections/{projection}/replay", "replays")
    if order["state"] == "failed":
        told = order["error"]["message"]
        raise ReplayFailed(f"Còn sự kiện chờ: {told}", f"Some events stay parked: {told}")
    voice.result(order, f"{service}/{projection}: {order['done']} sự kiện / events.")


async def release(client: httpx.AsyncClient, voice: Voice, service: str, key: str) -> None:
    """Have the relay try a held key again. Raises NotFound or ReleaseFailed when it is not held."""
    order = await _carried_out(
        client, service, f"events/held/{quote(key, safe='')}/release", "releases"
    )
    if order["state"] == "failed":
        told = order["error"]["message"]
        raise ReleaseFailed(f"Khóa không bị giữ: {told}", f"The key is not held: {told}")
    voice.result(order, f"{service}/{key}: gửi lại / sent again.")


async def _carried_out(
    client: httpx.AsyncClient, service: str, what: str, kept: str
) -> dict[str, Any]:
    """Leave an order and wait until the worker has carried it out, or could not."""
    list(known(service))
    order = await _order(client, f"/{service}/admin/{what}")
    while order["state"] == "queued":
        await asyncio.sleep(POLL_S)
        order = accepted(await client.get(f"/{service}/admin/{kept}/{order['id']}"))
    return order


async def _order(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    headers = {"Idempotency-Key": str(uuid7())}
    found: dict[str, Any] = accepted(await client.post(path, headers=headers))
    return found


async def _projections(client: httpx.AsyncClient, service: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = accepted(await client.get(f"/{service}/admin/projections"))[
        "items"
    ]
    return found
