"""Exports: what the caller may see, in one snapshot, with a manifest that proves the file."""

import asyncio
import hashlib
import json
from typing import Any

import httpx

from pq_common.testing.api import command

EXPORTS = "/common/v1/notes/exports"
NOTES = "/common/v1/notes"


async def exported(client: httpx.AsyncClient, **order: Any) -> dict[str, Any]:
    accepted = await client.post(EXPORTS, json=order, headers=command())
    assert accepted.status_code == 202, accepted.text
    for _ in range(500):
        job = (await client.get(accepted.json()["follow"])).json()
        if job["state"] in ("done", "failed"):
            return job
        await asyncio.sleep(0.02)
    raise AssertionError(job)


async def test_an_unknown_filter_or_format_is_refused(officer: httpx.AsyncClient) -> None:
    wrong = await officer.post(EXPORTS, json={"filters": {"colour": "red"}}, headers=command())
    assert (wrong.status_code, wrong.json()["code"]) == (422, "export_filter_unknown")
    assert wrong.json()["errors"][0]["pointer"] == "/filters/colour"
    wrong = await officer.post(EXPORTS, json={"format": "doc"}, headers=command())
    assert wrong.json()["errors"][0]["pointer"] == "/format"


async def test_a_file_too_large_ends_the_job_with_the_reason(
    make_app, open_client, issuer, a_note
) -> None:
    client = await open_client(make_app(max_export_bytes=10), token=issuer.token("ministry-admin"))
    await client.post(NOTES, json=a_note(), headers=command())
    job = await exported(client)
    assert (job["state"], job["error"]["code"]) == ("failed", "export_too_large")


async def test_the_manifest_proves_the_file_and_the_scope_holds(officer, neighbour, a_note) -> None:
    await officer.post(NOTES, json=a_note(title="b"), headers=command())
    await officer.post(NOTES, json=a_note(title="a"), headers=command())
    await neighbour.post(NOTES, json=a_note(title="c", place_id="vn-31-2025"), headers=command())
    job = await exported(officer)
    file = await officer.get(f"/common/v1/jobs/{job['id']}/file")
    manifest = job["result"]
    assert manifest["rows"] == 2
    assert manifest["sha256"] == hashlib.sha256(file.content).hexdigest()
    assert (manifest["bytes"], manifest["cursor"], manifest["mode"]) == (
        len(file.content),
        0,
        "official",
    )
    assert [json.loads(line)["title"] for line in file.text.splitlines()] == ["a", "b"]
    assert file.headers["content-type"].startswith("application/x-ndjson")


async def test_a_spreadsheet_runs_nothing_from_a_csv(officer: httpx.AsyncClient, a_note) -> None:
    await officer.post(NOTES, json=a_note(title="=1+1", amount=7), headers=command())
    job = await exported(officer, format="csv", filters={"place": "vn-33-2025"})
    file = await officer.get(f"/common/v1/jobs/{job['id']}/file")
    assert file.content.decode("utf-8") == "\ufeffplace_id,title,amount\r\nvn-33-2025,'=1+1,7\r\n"
