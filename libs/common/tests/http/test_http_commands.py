"""A command is done once, in the caller's scope, and counts only when it is committed."""

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest

from pq_common.db.provision import Urls
from pq_common.db.session import connect_args
from pq_common.http.issuer import DevelopmentIssuer
from pq_common.testing.api import OpenClient, command
from pq_common.testing.fixtures import run_apart

NOTES = "/common/v1/notes"
FAULTS = "/common/v1/faults"


def rows(url: str, query: str) -> list[Any]:
    async def fetch() -> list[Any]:
        connection = await asyncpg.connect(**connect_args(url))
        try:
            return list(await connection.fetch(query))
        finally:
            await connection.close()

    return run_apart(fetch())


def code_of(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json().get("code", "")


async def test_nobody_writes_without_a_token(stranger: httpx.AsyncClient, a_note) -> None:
    response = await stranger.post(NOTES, json=a_note(), headers=command())
    assert code_of(response) == (401, "not_authenticated")
    assert response.headers["www-authenticate"].startswith("Bearer")


async def test_a_bad_token_is_refused_even_where_none_is_needed(
    app, open_client: OpenClient
) -> None:
    client = await open_client(app, token="a.b" + ".c")
    assert code_of(await client.get("/common/v1/words")) == (401, "not_authenticated")


async def test_a_role_that_may_not_is_refused(
    app, open_client, issuer: DevelopmentIssuer, a_note
) -> None:
    client = await open_client(app, token=issuer.token("enterprise", enterprise_code="0101234567"))
    assert code_of(await client.post(NOTES, json=a_note(), headers=command())) == (
        403,
        "not_permitted",
    )


async def test_an_agency_needs_its_scope(app, open_client, issuer: DevelopmentIssuer) -> None:
    without = await open_client(app, token=issuer.token("agency", scope="figures:read"))
    assert code_of(await without.get("/common/v1/changes")) == (403, "not_permitted")
    having = await open_client(app, token=issuer.token("agency", scope="changes:read"))
    assert (await having.get("/common/v1/changes")).status_code == 200


async def test_a_command_without_a_key_is_refused(officer: httpx.AsyncClient, a_note) -> None:
    assert code_of(await officer.post(NOTES, json=a_note())) == (400, "idempotency_key_missing")
    short = {"Idempotency-Key": "short"}
    assert code_of(await officer.post(NOTES, json=a_note(), headers=short)) == (
        400,
        "idempotency_key_missing",
    )


async def test_a_key_used_for_another_body_is_refused(officer: httpx.AsyncClient, a_note) -> None:
    await officer.post(NOTES, json=a_note(), headers=command("used-for-one"))
    other = await officer.post(NOTES, json=a_note(), headers=command("used-for-one"))
    assert code_of(other) == (422, "idempotency_key_reused")


async def test_a_refused_command_may_come_again_under_its_key(
    officer: httpx.AsyncClient, a_note
) -> None:
    body = a_note(amount=2_000_000)
    assert code_of(await officer.post(NOTES, json=body, headers=command("try-again"))) == (
        409,
        "note_amount_too_large",
    )
    assert (
        await officer.post(NOTES, json=body | {"amount": 1}, headers=command("try-again"))
    ).status_code == 201


async def test_the_same_command_answers_the_same(
    officer: httpx.AsyncClient, admin, a_note, urls: Urls
) -> None:
    body = a_note()
    first = await officer.post(NOTES, json=body, headers=command("twice-the-same"))
    again = await officer.post(NOTES, json=body, headers=command("twice-the-same"))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["etag"] == first.headers["etag"] == '"v1"'
    assert again.headers["location"] == first.headers["location"]
    assert len(rows(urls.worker, "SELECT * FROM event_log")) == 1
    other_caller = await admin.post(NOTES, json=a_note(), headers=command("twice-the-same"))
    assert "idempotency-replayed" not in other_caller.headers


async def test_the_same_command_at_the_same_time_is_done_once(officer, a_note, urls: Urls) -> None:
    body = a_note()
    answers = await asyncio.gather(
        *(officer.post(NOTES, json=body, headers=command("eight-at-once")) for _ in range(8))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert len(rows(urls.worker, "SELECT * FROM note")) == 1


async def test_a_clash_found_at_commit_is_409_and_leaves_nothing(
    officer, a_note, urls: Urls
) -> None:
    await officer.post(NOTES, json=a_note(title="một"), headers=command())
    clash = await officer.post(NOTES, json=a_note(title="một"), headers=command("clashing"))
    assert code_of(clash) == (409, "already_exists")
    assert "một" not in clash.text
    assert len(rows(urls.worker, "SELECT * FROM event_log")) == 1
    assert rows(urls.worker, "SELECT * FROM idempotency_key WHERE key = 'clashing'") == []


async def test_a_failed_commit_is_never_answered_as_done(
    stranger: httpx.AsyncClient, urls: Urls
) -> None:
    response = await stranger.post(f"{FAULTS}/killed-before-commit")
    assert code_of(response) == (503, "unavailable")
    assert rows(urls.worker, "SELECT * FROM word WHERE word = 'mất'") == []


async def test_a_public_session_writes_nothing(stranger: httpx.AsyncClient, urls: Urls) -> None:
    assert (await stranger.get(f"{FAULTS}/write-in-public")).status_code == 500
    assert rows(urls.worker, "SELECT * FROM word WHERE word = 'cấm'") == []


async def test_another_places_rows_do_not_exist(officer, neighbour, a_note) -> None:
    written = (await officer.post(NOTES, json=a_note(), headers=command())).json()
    there = f"{NOTES}/{written['id']}"
    assert code_of(await neighbour.get(there)) == (404, "note_not_found")
    change = await neighbour.patch(there, json={"amount": 1}, headers={"If-Match": "*"})
    assert code_of(change) == (404, "note_not_found")
    assert (await neighbour.get(NOTES)).json()["items"] == []
    assert (await officer.get(there)).status_code == 200


async def test_nobody_writes_into_another_place(neighbour, a_note, urls: Urls) -> None:
    response = await neighbour.post(NOTES, json=a_note(), headers=command())
    assert code_of(response) == (404, "not_found")
    assert rows(urls.worker, "SELECT * FROM note") == []


async def test_a_merged_place_has_the_rows_of_its_predecessors_and_not_the_reverse(
    app, open_client, issuer: DevelopmentIssuer, officer, a_note
) -> None:
    for place in ("vn-33-1997", "vn-34-1997", "vn-33-2025"):
        body = a_note(place_id=place)
        assert (await officer.post(NOTES, json=body, headers=command())).status_code == 201
    former = await open_client(app, token=issuer.token("province-officer", places=["vn-33-1997"]))
    seen = (await former.get(NOTES)).json()["items"]
    assert [item["place_id"] for item in seen] == ["vn-33-1997"]


@pytest.mark.parametrize("tag", ['"v2"', 'W/"v1"', "v1", '"v9", "v8"'])
async def test_a_change_of_a_version_not_seen_is_refused(officer, a_note, tag: str) -> None:
    written = (await officer.post(NOTES, json=a_note(), headers=command())).json()
    there = f"{NOTES}/{written['id']}"
    change = await officer.patch(there, json={"amount": 1}, headers={"If-Match": tag})
    assert code_of(change) == (412, "precondition_failed")
    assert change.json()["current_etag"] == '"v1"'


async def test_a_change_that_names_no_version_is_refused(officer, a_note) -> None:
    written = (await officer.post(NOTES, json=a_note(), headers=command())).json()
    change = await officer.patch(f"{NOTES}/{written['id']}", json={"amount": 1})
    assert code_of(change) == (428, "precondition_required")


async def test_a_change_of_the_version_seen_is_done_and_a_reader_is_spared(officer, a_note) -> None:
    written = (await officer.post(NOTES, json=a_note(), headers=command())).json()
    there = f"{NOTES}/{written['id']}"
    read = await officer.get(there)
    spared = await officer.get(there, headers={"If-None-Match": f"W/{read.headers['etag']}"})
    assert (spared.status_code, spared.content, spared.headers["etag"]) == (304, b"", '"v1"')
    change = await officer.patch(
        there, json={"amount": 6}, headers={"If-Match": read.headers["etag"]}
    )
    assert (change.status_code, change.json()["version"]) == (200, 2)
    fresh = await officer.get(there, headers={"If-None-Match": read.headers["etag"]})
    assert (fresh.status_code, fresh.headers["etag"]) == (200, '"v2"')


async def test_head_answers_like_get_without_a_body(stranger: httpx.AsyncClient) -> None:
    head, get = await stranger.head("/common/v1/words"), await stranger.get("/common/v1/words")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
