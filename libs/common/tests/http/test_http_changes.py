"""The changes feed: in order, in scope, from any position, one mode at a time."""

import httpx

from pq_common.db.provision import Urls
from pq_common.testing.api import command
from pq_common.testing.fixtures import administer, run_apart

CHANGES = "/common/v1/changes"
NOTES = "/common/v1/notes"
# What the sequencer does, in one statement: this is a test of reading.
NUMBER = """
WITH moved AS (DELETE FROM feed_pending RETURNING seq, recorded_at),
 counted AS (UPDATE feed_counter SET position = position + (SELECT count(*) FROM moved) RETURNING position)
INSERT INTO feed (position, seq, recorded_at)
 SELECT (SELECT position FROM counted) - (SELECT count(*) FROM moved) + row_number() OVER (ORDER BY seq), seq, recorded_at
 FROM moved
"""


def number(urls: Urls) -> None:
    run_apart(administer(urls.worker, NUMBER))


async def test_a_stranger_and_a_negative_position_are_refused(stranger, officer) -> None:
    assert (await stranger.get(CHANGES)).status_code == 401
    assert (await officer.get(f"{CHANGES}?after=-1")).status_code == 422
    assert (await officer.get(f"{CHANGES}?after=99999999999999999999999")).status_code == 422


async def test_what_is_not_numbered_yet_is_not_shown(officer: httpx.AsyncClient, a_note) -> None:
    await officer.post(NOTES, json=a_note(), headers=command())
    assert (await officer.get(CHANGES)).json() == {"items": [], "after": 0, "more": False}


async def test_each_reader_sees_its_places_in_order_and_moves_past_the_others(
    officer, neighbour, a_note, urls: Urls
) -> None:
    titles = []
    for client, place in (
        (officer, "vn-33-2025"),
        (neighbour, "vn-31-2025"),
        (officer, "vn-34-1997"),
    ):
        body = a_note(place_id=place)
        titles.append(body["title"])
        await client.post(NOTES, json=body, headers=command())
    number(urls)
    seen = (await officer.get(CHANGES)).json()
    assert [item["data"]["title"] for item in seen["items"]] == [titles[0], titles[2]]
    assert (seen["after"], seen["more"]) == (3, False)
    assert [item["position"] for item in seen["items"]] == [1, 3]
    assert {item["type"] for item in seen["items"]} == {"pq.common.note.written.v1"}
    theirs = (await neighbour.get(CHANGES)).json()
    assert [item["position"] for item in theirs["items"]] == [2]
    assert theirs["after"] == 3


async def test_reading_goes_on_from_the_position_given(officer, a_note, urls: Urls) -> None:
    for _ in range(3):
        await officer.post(NOTES, json=a_note(), headers=command())
    number(urls)
    first = (await officer.get(f"{CHANGES}?limit=2")).json()
    assert (len(first["items"]), first["after"], first["more"]) == (2, 2, True)
    rest = (await officer.get(f"{CHANGES}?limit=2&after={first['after']}")).json()
    assert ([item["position"] for item in rest["items"]], rest["more"]) == ([3], False)
    again = (await officer.get(f"{CHANGES}?after={rest['after']}")).json()
    assert again == {"items": [], "after": 3, "more": False}


async def test_demonstration_data_is_another_stream(officer, a_note, urls: Urls) -> None:
    await officer.post(NOTES, json=a_note(), headers=command())
    number(urls)
    assert (await officer.get(f"{CHANGES}?mode=demo")).json()["items"] == []
    assert (await officer.get(f"{CHANGES}?mode=both")).status_code == 422
