"""What is committed reaches the bus, in order per key, whatever happens to the relay."""

import asyncio
from collections import defaultdict

import pytest

from pq_common.events.bus import DeliveryUnknown, Message
from pq_common.events.relay import Relay, RelayOptions
from pq_common.testing.events import Ledger, eventually, until
from pq_common.testing.fixtures import administer, run_apart
from pq_common.testing.ledger import EVENTS


class Died(BaseException):
    """Stands for kill -9 at a named point: nothing after it runs, not even an exception handler."""


async def versions_on(ledger: Ledger) -> dict[str, list[int]]:
    """Return the versions of each key as they lie on the bus."""
    ends = await ledger.ends()

    async def oldest(topic: str, partition: int) -> int:
        return 0

    seen: dict[str, list[int]] = defaultdict(list)
    left = sum(ends.values())
    async with ledger.bus.reader([EVENTS], start=oldest, group=None) as reader:
        while left:
            for records in (await reader.fetch(500, 0.2)).values():
                left -= len(records)
                for one in records:
                    headers = dict(one.message.headers)
                    seen[headers["ce_subject"].decode()].append(int(headers["ce_sequence"]))
    return seen


async def test_nothing_is_deleted_that_the_bus_did_not_take(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ledger.receive("a", 1, 2, 3)
    renewed = 0

    async def refuse(messages: list[Message], *, deadline_s: float) -> None:
        raise DeliveryUnknown("không rõ", "unknown")

    async def renew() -> None:
        nonlocal renewed
        renewed += 1

    monkeypatch.setattr(ledger.bus, "publish", refuse)
    monkeypatch.setattr(ledger.bus, "renew", renew)

    async def three_times() -> bool:
        return renewed >= 3

    await until(Relay(ledger.worker, ledger.bus, options=RelayOptions(poll_s=0.01)), three_times)
    rows = await ledger.rows("SELECT attempts, held_reason FROM outbox_pending")
    assert len(rows) == 3
    assert min(row["attempts"] for row in rows) >= 1
    assert {row["held_reason"] for row in rows} == {None}, "a bus that is down is not a bad row"


@pytest.mark.parametrize("point", ["read", "fenced", "acknowledged", "deleted"])
async def test_a_relay_that_dies_at_any_point_loses_nothing_and_keeps_order(
    ledger: Ledger, point: str
) -> None:
    await ledger.receive("a", 1, 2, 3)
    await ledger.receive("b", 4)

    def die(name: str) -> None:
        if name == point:
            raise Died

    dying = Relay(
        ledger.worker, ledger.bus, options=RelayOptions(lease_s=0.5, poll_s=0.01, fail_point=die)
    )
    with pytest.raises(Died):
        await dying.run()
    await ledger.receive("a", 5)
    await ledger.relay_all()
    first_seen = {k: sorted(set(v), key=v.index) for k, v in (await versions_on(ledger)).items()}
    assert first_seen == {"a": [1, 2, 3, 4], "b": [1]}
    repeated = sum(map(len, (await versions_on(ledger)).values())) - 5
    assert repeated == (4 if point == "acknowledged" else 0)


@pytest.mark.parametrize(("point", "on_the_bus"), [("read", 0), ("fenced", 2)])
async def test_a_relay_that_slept_past_its_lease_deletes_nothing(
    ledger: Ledger, point: str, on_the_bus: int
) -> None:
    """Asleep before the fence it sends nothing; after it, what it sends will be sent again by the new owner."""
    await ledger.receive("a", 1, 2)
    asleep = False

    def sleep(name: str) -> None:
        nonlocal asleep
        if name == point and not asleep:
            asleep = True
            taken = (
                "UPDATE relay_lease SET owner = 'x', epoch = epoch + 1, lease_until = 'infinity'"
            )
            run_apart(administer(ledger.urls.worker, taken))

    zombie = Relay(ledger.worker, ledger.bus, options=RelayOptions(poll_s=0.01, fail_point=sleep))

    async def went_on() -> bool:
        return asleep and not zombie.holds

    await until(zombie, went_on)
    assert sum((await ledger.ends()).values()) == on_the_bus
    assert len(await ledger.rows("SELECT 1 FROM outbox_pending")) == 2


async def test_two_relays_share_the_shards_and_send_each_event_once(ledger: Ledger) -> None:
    relays = [Relay(ledger.worker, ledger.bus, options=RelayOptions(poll_s=0.01)) for _ in range(2)]
    running = [asyncio.create_task(relay.run()) for relay in relays]
    for key in "abcdefgh":
        await ledger.receive(key, 1, 2, 3)

    async def sent() -> bool:
        return (await ledger.rows("SELECT count(*) AS n FROM outbox_pending"))[0]["n"] == 0

    await eventually(sent)
    for relay in relays:
        relay.stop()
    await asyncio.gather(*running)
    assert await versions_on(ledger) == {key: [1, 2, 3] for key in "abcdefgh"}
    held = await ledger.rows("SELECT count(*) AS n FROM relay_lease WHERE lease_until > now()")
    assert held[0]["n"] == 0, "a relay that stops gives its shards back at once"


async def test_a_bus_that_comes_back_between_two_keys_has_refused_neither(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in "abc":
        await ledger.receive(key, 1, 2)
    publish = ledger.bus.publish
    alone: list[bytes] = []

    async def away_until_tried_key_by_key(messages: list[Message], *, deadline_s: float) -> None:
        keys = {message.key for message in messages}
        if len(keys) == 1:
            alone.extend(keys)
        if len(alone) < 2:
            raise DeliveryUnknown("không trả lời", "no answer")
        await publish(messages, deadline_s=deadline_s)

    monkeypatch.setattr(ledger.bus, "publish", away_until_tried_key_by_key)
    await ledger.relay_all()
    assert await versions_on(ledger) == {key: [1, 2] for key in "abc"}
    assert alone[2] == alone[0], "who failed is tried again as soon as another got through"
    assert await ledger.rows("SELECT 1 FROM outbox_pending") == []


async def test_a_row_the_bus_refuses_holds_its_key_and_no_other(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ledger.receive("bad", 1, 2)
    await ledger.receive("good", 3)
    await ledger.receive("fine", 4)
    publish = ledger.bus.publish

    async def choosy(messages: list[Message], *, deadline_s: float) -> None:
        if any(message.key == b"bad" for message in messages):
            raise DeliveryUnknown("không nhận", "refused")
        await publish(messages, deadline_s=deadline_s)

    monkeypatch.setattr(ledger.bus, "publish", choosy)
    relay = Relay(ledger.worker, ledger.bus, options=RelayOptions(poll_s=0.01))

    async def held() -> bool:
        await ledger.receive("fine", 5)  # only what is taken later shows that it is not the bus
        rows = await ledger.rows("SELECT 1 FROM outbox_pending WHERE held_reason IS NOT NULL")
        return len(rows) == 1

    await until(relay, held)
    assert set(await versions_on(ledger)) == {"good", "fine"}
    await ledger.rows("UPDATE outbox_pending SET held_reason = NULL")
    monkeypatch.setattr(ledger.bus, "publish", publish)
    await ledger.relay_all()
    assert (await versions_on(ledger))["bad"] == [1, 2]
