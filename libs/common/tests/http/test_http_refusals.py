"""Every refusal is a problem document, whoever made it."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from pq_common.testing.api import OpenClient, command

MEMBERS = {
    "type",
    "title",
    "status",
    "code",
    "detail",
    "detail_vi",
    "detail_en",
    "errors",
    "trace_id",
}
BASE = "/common/v1"


def problem_of(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert (response.status_code, response.json().get("code")) == (status, code), response.text
    assert response.headers["content-type"] == "application/problem+json"
    said = response.json()
    assert said.keys() >= MEMBERS
    assert said["status"] == status
    assert len(said["trace_id"]) == 32
    return said


async def test_an_unknown_path_is_a_problem(stranger: httpx.AsyncClient) -> None:
    problem_of(await stranger.get("/nowhere"), 404, "path_unknown")


async def test_a_wrong_method_is_told_all_methods_of_the_path(stranger: httpx.AsyncClient) -> None:
    response = await stranger.put(f"{BASE}/notes")
    problem_of(response, 405, "method_not_allowed")
    assert response.headers["allow"] == "GET, HEAD, POST"


async def test_a_fixed_path_hides_the_parameter_beside_it(officer: httpx.AsyncClient) -> None:
    response = await officer.patch(f"{BASE}/notes/exports", json={"amount": 1})
    problem_of(response, 405, "method_not_allowed")
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "value", ["7.5", "1700000000", "2026-01-31T00:00:00", "31/01/2026", "2026-02-30"]
)
async def test_a_day_is_written_in_one_way(officer: httpx.AsyncClient, value: str) -> None:
    there = f"{BASE}/notes/0190f5a2-6f0e-7c3e-9d61-1f6f7a2b9c10"
    for name in ("valid_at", "known_at"):
        said = problem_of(await officer.get(there, params={name: value}), 422, "invalid")
        assert said["errors"][0]["pointer"] == f"#query/{name}"


async def test_an_unknown_parameter_is_told_the_known_ones(stranger: httpx.AsyncClient) -> None:
    said = problem_of(
        await stranger.get(f"{BASE}/words?colour=red"), 400, "query_parameter_unknown"
    )
    assert said["errors"][0]["pointer"] == "#query/colour"
    assert "cursor, limit" in said["detail_en"]


async def test_a_parameter_given_twice_is_refused(stranger: httpx.AsyncClient) -> None:
    problem_of(await stranger.get(f"{BASE}/words?limit=1&limit=2"), 400, "query_parameter_repeated")


async def test_a_limit_out_of_range_is_refused_in_both_languages(
    stranger: httpx.AsyncClient,
) -> None:
    said = problem_of(await stranger.get(f"{BASE}/words?limit=501"), 422, "invalid")
    [fault] = said["errors"]
    assert fault["pointer"] == "#query/limit"
    assert fault["message_en"] == "Must be at most 500, got “501”."
    assert fault["message_vi"] == "Phải không quá 500, nhận được “501”."


async def test_the_language_asked_for_comes_first(stranger: httpx.AsyncClient) -> None:
    response = await stranger.get("/nowhere", headers={"Accept-Language": "en;q=0.9, vi;q=0.3"})
    assert response.json()["detail"] == response.json()["detail_en"]
    assert response.headers["content-language"] == "en"
    response = await stranger.get("/nowhere", headers={"Accept-Language": "fr, vi;q=0.3"})
    assert response.json()["detail"] == response.json()["detail_vi"]


async def test_every_fault_of_a_body_is_named_at_once(officer: httpx.AsyncClient) -> None:
    body = {"place_id": 7, "amount": -1, "extra": 1}
    said = problem_of(
        await officer.post(f"{BASE}/notes", json=body, headers=command()), 422, "invalid"
    )
    assert {(e["pointer"], e["code"]) for e in said["errors"]} == {
        ("/place_id", "string_type"),
        ("/title", "missing"),
        ("/amount", "greater_than_equal"),
        ("/extra", "extra_forbidden"),
    }


async def test_a_personal_code_is_never_echoed(officer: httpx.AsyncClient, a_note) -> None:
    body = a_note(amount="012345678901x", place_id="vn", title="t") | {"012345678901": 1}
    response = await officer.post(
        f"{BASE}/notes", json={**body, "amount": "012345678901"}, headers=command()
    )
    assert response.status_code == 422
    assert "012345678901" not in response.text
    assert "012******901" in response.text


async def test_broken_json_is_told_where(officer: httpx.AsyncClient) -> None:
    response = await officer.post(
        f"{BASE}/notes",
        content='{"title": }',
        headers={"Content-Type": "application/json", **command()},
    )
    assert "10" in problem_of(response, 400, "bad_request")["detail"]


async def test_a_body_of_another_kind_is_refused(officer: httpx.AsyncClient) -> None:
    response = await officer.post(f"{BASE}/notes", data={"title": "x"}, headers=command())
    problem_of(response, 415, "media_type_unsupported")


async def test_a_body_too_large_is_refused_announced_or_not(make_app, open_client, issuer) -> None:
    client = await open_client(make_app(max_body_bytes=100), token=issuer.token("ministry-admin"))
    headers = {"Content-Type": "application/json", **command()}
    problem_of(
        await client.post(f"{BASE}/notes", content=b" " * 101, headers=headers),
        413,
        "body_too_large",
    )

    async def unannounced():
        for _ in range(11):
            yield b" " * 10

    response = await client.post(f"{BASE}/notes", content=unannounced(), headers=headers)
    problem_of(response, 413, "body_too_large")


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"[" * 5000 + b"]" * 5000, 400, "json_too_deep"),
        (b'{"title": "\\u0000"}', 422, "text_unstorable"),
        (b'{"title": "\\ud800"}', 422, "text_unstorable"),
        (b'{"\\udfff": 1}', 422, "text_unstorable"),
        (b'{"amount": NaN}', 400, "bad_request"),
        (b'{"amount": 1, "amount": 2}', 422, "invalid"),
        (b'{"title": "\xff"}', 400, "bad_request"),
        ('{"title": "x"}'.encode("utf-16"), 400, "bad_request"),
    ],
)
async def test_what_no_row_can_hold_is_refused_at_the_door(
    officer: httpx.AsyncClient, raw: bytes, status: int, code: str
) -> None:
    headers = {"Content-Type": "application/json", **command()}
    problem_of(await officer.post(f"{BASE}/notes", content=raw, headers=headers), status, code)


async def test_a_written_backslash_u_is_just_text(officer: httpx.AsyncClient, a_note) -> None:
    title = "\\u0000 \\ud800 😀"
    response = await officer.post(f"{BASE}/notes", json=a_note(title=title), headers=command())
    assert response.status_code == 201
    assert response.json()["title"] == title


async def test_deep_brackets_inside_a_text_do_not_nest(officer: httpx.AsyncClient, a_note) -> None:
    response = await officer.post(
        f"{BASE}/notes", json=a_note(title='"' + "[{" * 38), headers=command()
    )
    assert response.status_code == 201


@pytest.mark.parametrize("target", [f"{BASE}/notes/%00", f"{BASE}/words?cursor=%00"])
async def test_a_nul_in_the_address_is_refused(stranger: httpx.AsyncClient, target: str) -> None:
    problem_of(await stranger.get(target), 422, "text_unstorable")


async def test_a_fault_of_ours_shows_nothing_of_its_inside(stranger: httpx.AsyncClient) -> None:
    response = await stranger.get(f"{BASE}/faults/boom")
    problem_of(response, 500, "internal_error")
    assert "secret" not in response.text


async def test_too_many_requests_say_when_to_come_again(make_app, open_client: OpenClient) -> None:
    client = await open_client(make_app(public_requests_per_minute=2))
    first = await client.get(f"{BASE}/words")
    assert first.headers["ratelimit-policy"] == '"public";q=2;w=60'
    assert first.headers["ratelimit"] == '"public";r=1;t=30'
    await client.get(f"{BASE}/words")
    refused = await client.get(f"{BASE}/words")
    problem_of(refused, 429, "too_many_requests")
    assert 1 <= int(refused.headers["retry-after"]) <= 30
    assert refused.headers["ratelimit"].startswith('"public";r=0')
    assert (await client.get("/common/healthz")).status_code == 200


async def test_a_database_that_is_away_is_503(make_app, open_client, issuer) -> None:
    app: FastAPI = make_app(database_url="postgresql://common_api:x@127.0.0.1:1/none")
    client = await open_client(app)
    response = await client.get(f"{BASE}/words")
    problem_of(response, 503, "unavailable")
    assert response.headers["retry-after"] == "2"
    ready = await client.get("/common/readyz")
    assert (ready.status_code, ready.json()["status"]) == (503, "unready")
    assert (await client.get("/common/healthz")).status_code == 200


async def test_the_frameworks_own_shape_is_in_no_document(stranger: httpx.AsyncClient) -> None:
    document = (await stranger.get("/common/openapi.json")).text
    assert "HTTPValidationError" not in document
    assert '"loc"' not in document
