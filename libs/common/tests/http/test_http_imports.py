"""Tables come in whole or row by row, every fault with its cell, and the same file only once."""

import asyncio
import hashlib
import io
from typing import Any
from uuid import UUID

import httpx
import pytest
import xlsxwriter
from fastapi import FastAPI

from pq_common.db.provision import Urls
from pq_common.db.session import Database
from pq_common.http import job_store
from pq_common.http.auth import Actor
from pq_common.http.imports import XLSX
from pq_common.http.issuer import DevelopmentIssuer
from pq_common.testing.api import command
from pq_common.testing.fixtures import administer

IMPORTS = "/common/v1/notes/imports"
NOTES = "/common/v1/notes"
CSV = {"Content-Type": "text/csv"}
GOOD = "Địa bàn;Tiêu đề;Số lượng\nvn-33-2025;một;1\nvn-34-1997;hai;2\n"
MIXED = (
    GOOD
    + "vn-33-2025;ba;nhiều\nvn-33-2025;;4\nvn-33-2025;cấm;5\nvn-33-2025;sáu;2000000\nvn-31-2025;bảy;7\n"
)


def a_spreadsheet() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.add_worksheet().write_row("A1", ["Địa bàn", "Tiêu đề", "Số lượng"])
    return buffer.getvalue()


def with_a_byte_changed(content: bytes) -> bytes:
    """Change the first packed byte of the first part: its header is 30 bytes and its name."""
    at = 30 + int.from_bytes(content[26:28], "little") + int.from_bytes(content[28:30], "little")
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


DAMAGED = with_a_byte_changed(a_spreadsheet())


async def send(
    client: httpx.AsyncClient, content: bytes | str, query: str = "", **headers: str
) -> Any:
    given = {**CSV, **headers, **command()}
    return await client.post(f"{IMPORTS}{query}", content=content, headers=given)


async def ended(client: httpx.AsyncClient, accepted: httpx.Response) -> dict[str, Any]:
    assert accepted.status_code in (200, 202), accepted.text
    for _ in range(500):
        job = (await client.get(accepted.json()["follow"])).json()
        if job["state"] in ("done", "failed"):
            return job
        await asyncio.sleep(0.02)
    raise AssertionError(job)


async def titles(client: httpx.AsyncClient) -> set[str]:
    return {item["title"] for item in (await client.get(f"{NOTES}?limit=500")).json()["items"]}


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"", {}, 422, "file_empty"),
        (GOOD.encode(), {"Content-Type": "application/pdf"}, 415, "media_type_unsupported"),
    ],
)
async def test_what_is_no_table_is_refused_at_once(officer, content, headers, status, code) -> None:
    response = await send(officer, content, **headers)
    assert (response.status_code, response.json()["code"]) == (status, code)


async def test_a_file_larger_than_an_import_takes_is_refused(make_app, open_client, issuer) -> None:
    client = await open_client(make_app(max_import_bytes=20), token=issuer.token("ministry-admin"))
    response = await send(client, GOOD)
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("Địa bàn;Tiêu đề\nvn-33-2025;một\n", "column_missing"),
        ("Địa bàn;Tiêu đề;Tiêu đề;SL\nvn-33-2025;a;b;1\n", "table_unreadable"),
        ('Địa bàn;Tiêu đề;SL\nvn-33-2025;"a;1\n', "table_unreadable"),
        ("Địa bàn,Tiêu đề,SL\n".encode() + b"a,\xb8\xb5\xb6\xb7\xb9\xa8,1\n", "encoding_unknown"),
        (b"PK\x03\x04 broken", "table_unreadable"),
        (DAMAGED, "table_unreadable"),
        ('{"title": ["a"]}\n', "table_unreadable"),
        ("{broken\n", "table_unreadable"),
    ],
)
async def test_a_file_that_cannot_be_read_ends_its_job_with_the_reason(
    officer, content, code
) -> None:
    job = await ended(officer, await send(officer, content))
    assert (job["state"], job["error"]["code"]) == ("failed", code)


async def test_more_rows_than_allowed_end_the_job(make_app, open_client, issuer) -> None:
    client = await open_client(make_app(max_import_rows=1), token=issuer.token("ministry-admin"))
    job = await ended(client, await send(client, GOOD))
    assert (job["state"], job["error"]["code"]) == ("failed", "table_too_long")


async def test_all_or_nothing_keeps_nothing_and_names_every_cell(
    officer: httpx.AsyncClient,
) -> None:
    job = await ended(officer, await send(officer, MIXED))
    assert (job["state"], job["refused"], job["total"]) == ("done", 5, 7)
    assert job["result"]["applied"] is False
    assert await titles(officer) == set()
    refused = (await officer.get(f"/common/v1/jobs/{job['id']}/rows?status=refused")).json()[
        "items"
    ]
    found = [
        (e["cell"], e["column"], e["code"], e["value"]) for row in refused for e in row["errors"]
    ]
    assert found == [
        ("C4", "amount", "int_parsing", "nhiều"),
        ("B5", "title", "missing", None),
        ("B6", "title", "note_title_forbidden", "cấm"),
        (None, None, "note_amount_too_large", None),
        (None, None, "not_found", None),
    ]
    assert [row["cell"] for row in refused] == ["A4", "A5", "A6", "A7", "A8"]


async def test_best_effort_keeps_the_good_rows(officer: httpx.AsyncClient) -> None:
    job = await ended(officer, await send(officer, MIXED, "?policy=best-effort"))
    assert (job["result"]["applied"], job["result"]["new"], job["result"]["refused"]) == (
        True,
        2,
        5,
    )
    assert await titles(officer) == {"một", "hai"}


async def test_a_dry_run_keeps_nothing_and_does_not_count_as_the_first_time(officer) -> None:
    job = await ended(officer, await send(officer, GOOD, "?dry_run=true"))
    assert (job["result"]["dry_run"], job["result"]["applied"], job["result"]["new"]) == (
        True,
        False,
        2,
    )
    assert await titles(officer) == set()
    real = await send(officer, GOOD)
    assert real.status_code == 202
    await ended(officer, real)
    assert await titles(officer) == {"một", "hai"}


async def test_the_same_file_answers_the_first_receipt(officer, neighbour) -> None:
    first = await ended(officer, await send(officer, GOOD))
    again = await send(officer, GOOD)
    assert (again.status_code, again.json()["already_imported"]) == (200, True)
    assert again.json()["job"]["id"] == first["id"]
    elsewhere = await send(neighbour, GOOD)
    assert (elsewhere.status_code, elsewhere.json()["already_imported"]) == (202, False)


@pytest.mark.parametrize(
    ("content", "query", "state"),
    [
        (GOOD, "", "done"),
        (MIXED, "", "done"),
        (GOOD, "?dry_run=true", "done"),
        ("Địa bàn;Tiêu đề\nvn-33-2025;một\n", "", "failed"),
    ],
)
async def test_of_a_sent_file_only_name_and_hash_outlive_its_job(
    officer: httpx.AsyncClient, urls: Urls, content: str, query: str, state: str
) -> None:
    job = await ended(officer, await send(officer, content, query))
    assert job["state"] == state
    worker = Database(urls.worker)
    try:
        async with worker.sessions() as session:
            kept = await job_store.file_of(session, UUID(job["id"]))
    finally:
        await worker.close()
    assert kept is not None
    assert kept.content == b""
    assert kept.sha256 == hashlib.sha256(content.encode()).hexdigest()


async def test_a_colleague_of_the_same_reach_gets_the_first_receipt(
    officer, app, open_client, issuer
) -> None:
    first = await ended(officer, await send(officer, GOOD))
    token = issuer.token("province-officer", subject="colleague", places=["vn-33-2025"])
    again = await send(await open_client(app, token=token), GOOD)
    assert (again.status_code, again.json()["already_imported"]) == (200, True)
    assert again.json()["job"]["id"] == first["id"]


async def test_a_colleague_follows_the_first_receipt_to_its_job_and_a_neighbour_does_not(
    officer, neighbour, app, open_client, issuer
) -> None:
    await ended(officer, await send(officer, MIXED, "?policy=best-effort"))
    token = issuer.token("province-officer", subject="colleague", places=["vn-33-2025"])
    colleague = await open_client(app, token=token)
    again = await send(colleague, MIXED, "?policy=best-effort")
    there = again.headers["location"]
    assert (again.json()["already_imported"], again.json()["follow"]) == (True, there)
    job = await colleague.get(there)
    assert (job.status_code, job.json()) == (200, again.json()["job"])
    rows = await colleague.get(f"{there}/rows?status=refused")
    assert [row["cell"] for row in rows.json()["items"]] == ["A4", "A5", "A6", "A7", "A8"]
    assert "event: done" in (await colleague.get(f"{there}/events")).text
    assert (await neighbour.get(there)).status_code == 404


async def test_a_colleague_sees_a_job_move_until_it_ends(
    urls: Urls, app: FastAPI, open_client, issuer: DevelopmentIssuer
) -> None:
    token = issuer.token("province-officer", subject="colleague", places=["vn-33-2025"])
    colleague = await open_client(app, token=token)
    reach = Actor(
        "x", frozenset({"province-officer"}), places=frozenset({"vn-33-2025"}), scope=frozenset()
    ).reach
    async with job_store.runners_session(app.state.database) as session:
        await job_store.enqueue(
            session, job_id=UUID(int=1), kind="import:k", actor="x", request={"reach": reach}
        )
    stream = asyncio.create_task(colleague.get(f"/common/v1/jobs/{UUID(int=1)}/events"))
    await asyncio.sleep(0.5)  # its first event is told; the next is looked for
    await administer(urls.worker, "UPDATE job SET state = 'done', updated_at = now()")
    assert "event: done" in (await asyncio.wait_for(stream, 10)).text


async def test_what_an_officer_takes_out_is_no_colleagues_business(
    officer, app, open_client, issuer
) -> None:
    ordered = await officer.post(f"{NOTES}/exports", json={"format": "csv"}, headers=command())
    token = issuer.token("province-officer", subject="colleague", places=["vn-33-2025"])
    colleague = await open_client(app, token=token)
    assert (await officer.get(ordered.headers["location"])).status_code == 200
    assert (await colleague.get(ordered.headers["location"])).status_code == 404


async def test_many_rows_with_one_fault_are_one_line(officer: httpx.AsyncClient) -> None:
    table = "place_id,title,amount\n" + "".join(f"vn-33-2025,t{n},x\n" for n in range(30))
    job = await ended(officer, await send(officer, table))
    [line] = job["result"]["faults"]
    assert (line["count"], line["column"], line["cells"][:2]) == (30, "amount", ["C2", "C3"])
    assert len(line["cells"]) == 10


async def test_a_spreadsheet_names_sheet_and_cell_and_ignores_guidance(officer) -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.add_worksheet("Hướng dẫn").write("A1", "Đọc kỹ trước khi điền")
        sheet = book.add_worksheet("Danh sách")
        sheet.write("B3", "DANH SÁCH GHI CHÚ")
        sheet.write_row("B5", ["TT", "dia ban", "TIÊU ĐỀ", "số lượng", "Khác"])
        sheet.write_row("B6", [1, "vn-33-2025", "một", 3, "x"])
        sheet.write_row("B8", [2, "vn-33-2025", "hai", 3.5, ""])
    given = {"Content-Type": XLSX}
    job = await ended(
        officer, await send(officer, buffer.getvalue(), "?policy=best-effort", **given)
    )
    assert job["result"]["ignored_columns"] == ["TT", "Khác"]
    [row] = (await officer.get(f"/common/v1/jobs/{job['id']}/rows?status=refused")).json()["items"]
    assert (row["sheet"], row["errors"][0]["cell"], row["errors"][0]["value"]) == (
        "Danh sách",
        "E8",
        "3.5",
    )
    assert await titles(officer) == {"một"}


async def test_json_lines_are_read(officer: httpx.AsyncClient) -> None:
    lines = '{"place_id":"vn-33-2025","title":"một","amount":1}\n\n{"place_id":"vn-33-2025","title":"hai","amount":"x"}\n'
    given = {"Content-Type": "application/x-ndjson"}
    job = await ended(officer, await send(officer, lines, "?policy=best-effort", **given))
    assert job["result"]["faults"][0]["cells"] == ["3/amount"]
    assert await titles(officer) == {"một"}


async def test_another_callers_job_does_not_exist(officer, neighbour, admin) -> None:
    job = await ended(officer, await send(officer, GOOD))
    for path in ("", "/rows", "/events", "/file"):
        response = await neighbour.get(f"/common/v1/jobs/{job['id']}{path}")
        assert (response.status_code, response.json()["code"]) == (404, "job_not_found")
    assert (await admin.get(f"/common/v1/jobs/{job['id']}")).status_code == 200
    without_file = await officer.get(f"/common/v1/jobs/{job['id']}/file")
    assert (without_file.status_code, without_file.json()["code"]) == (404, "job_file_not_found")


async def test_progress_comes_as_events_until_the_end(officer: httpx.AsyncClient) -> None:
    accepted = await send(officer, GOOD)
    stream = await officer.get(f"{accepted.json()['follow']}/events")
    assert stream.headers["content-type"].startswith("text/event-stream")
    blocks = [block for block in stream.text.split("\n\n") if block.strip()]
    assert "event: done" in blocks[-1]
    assert "retry: 2000" in blocks[-1]
    assert all("event: progress" in block for block in blocks[:-1])


async def test_a_job_begins_at_once_in_the_process_that_took_it(
    make_app, open_client, issuer: DevelopmentIssuer
) -> None:
    app = make_app(poll_interval_s=3600)
    client = await open_client(app, token=issuer.token("ministry-admin"))
    await asyncio.sleep(0.2)  # its runner has looked once, and looks again in an hour
    assert (await ended(client, await send(client, GOOD)))["state"] == "done"
