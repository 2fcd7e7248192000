"""Pages follow keys: nothing is skipped or repeated, and a cursor belongs to its list."""

import base64
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, select

from pq_common.http import pages
from pq_common.keyset import KeyMismatch, Slice
from pq_common.testing.api import command

WORDS = "/common/v1/words"
NOTES = "/common/v1/notes"


def forged(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor", ["x", "!!!", forged(), forged("wrong", "san"), forged(1), "W10", "é", "a" * 1999]
)
async def test_a_cursor_not_ours_is_refused(stranger: httpx.AsyncClient, cursor: str) -> None:
    response = await stranger.get(WORDS, params={"cursor": cursor})
    assert (response.status_code, response.json()["code"]) == (422, "cursor_invalid")


async def test_a_cursor_of_other_filters_is_refused(officer: httpx.AsyncClient, a_note) -> None:
    for _ in range(2):
        await officer.post(NOTES, json=a_note(), headers=command())
    following = (await officer.get(f"{NOTES}?limit=1&place=vn-33-2025")).json()["next"]
    response = await officer.get(following.replace("place=vn-33-2025", "place=vn-31-2025"))
    assert (response.status_code, response.json()["code"]) == (422, "cursor_invalid")
    assert (await officer.get(following)).status_code == 200


async def test_a_cursor_forged_for_the_right_list_is_refused_too(
    stranger: httpx.AsyncClient,
) -> None:
    cursor = pages._write((5,), pages._digest(WORDS, ()))
    response = await stranger.get(WORDS, params={"cursor": cursor})
    assert (response.status_code, response.json()["code"]) == (422, "cursor_invalid")


async def test_pages_hold_every_row_once_while_rows_come_in(
    officer: httpx.AsyncClient, a_note
) -> None:
    written = [
        (await officer.post(NOTES, json=a_note(), headers=command())).json()["id"] for _ in range(5)
    ]
    seen, following = [], f"{NOTES}?limit=2"
    while following:
        page = (await officer.get(following)).json()
        seen += [item["id"] for item in page["items"]]
        following = page["next"]
        if len(seen) == 2:
            written.append(
                (await officer.post(NOTES, json=a_note(), headers=command())).json()["id"]
            )
    assert seen == written


async def test_the_last_page_says_so(stranger: httpx.AsyncClient) -> None:
    first = (await stranger.get(f"{WORDS}?limit=2")).json()
    assert [item["word"] for item in first["items"]] == ["an", "ba"]
    last = (await stranger.get(first["next"])).json()
    assert ([item["word"] for item in last["items"]], last["next"]) == (["đồng"], None)


@pytest.mark.parametrize(
    "key",
    [
        ("đồng", 7),
        (date(2026, 1, 31), datetime(2026, 1, 31, 1, 2, 3, 4, UTC)),
        (UUID(int=5), Decimal("1.50")),
    ],
)
def test_a_key_survives_its_cursor(key) -> None:
    back = pages._read(pages._write(key, "d"), "d")
    assert back == key
    assert [type(value) for value in back] == [type(value) for value in key]


@pytest.mark.parametrize("after", [("a",), ("a", "b"), (1, "a"), ("a", 1, 2)])
def test_a_key_for_other_columns_does_not_reach_the_database(after) -> None:
    table = Table("t", MetaData(), Column("a", String), Column("b", Integer))
    with pytest.raises(KeyMismatch):
        Slice(10, after).of(select(table), table.c.a, table.c.b)


def test_a_descending_list_goes_on_downwards() -> None:
    table = Table("t", MetaData(), Column("a", String), Column("b", Integer))
    text = str(Slice(10, ("a", 1)).of(select(table), table.c.a, table.c.b, descending=True))
    assert "(t.a, t.b) < " in text
    assert "ORDER BY t.a DESC, t.b DESC" in text
