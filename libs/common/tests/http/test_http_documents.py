"""The document of a service keeps the rules; its pages need nothing from elsewhere; its codes are listed."""

import copy
import importlib
import pkgutil
import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

import pq_common
from pq_common.errors import PqError
from pq_common.http import app as app_module
from pq_common.http.problems import STATUS, status_of
from pq_common.settings import CommonSettings
from pq_common.testing.openapi_lint import lint_openapi

DOCS = Path(__file__).parents[4] / "docs"


def test_the_document_keeps_the_rules(app: FastAPI) -> None:
    assert lint_openapi(app.openapi()) == []


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda get, doc: get.pop("summary"), "no summary"),
        (lambda get, doc: get.pop("tags"), "no tags"),
        (lambda get, doc: get.pop("operationId"), "no operationId"),
        (lambda get, doc: get.pop("security"), "no security"),
        (lambda get, doc: get["responses"].pop("429"), "no answer 429"),
        (
            lambda get, doc: get["responses"]["200"]["content"]["application/json"].pop("example"),
            "no example",
        ),
        (
            lambda get, doc: get["responses"]["200"]["content"]["application/json"].update(
                example={"items": 1}
            ),
            "breaks its schema",
        ),
        (
            lambda get, doc: get["responses"]["400"].update(content={"application/json": {}}),
            "no problem document",
        ),
        (
            lambda get, doc: doc["paths"]["/common/v1/notes/{note_id}"]["patch"].update(
                parameters=[]
            ),
            "without If-Match",
        ),
        (
            lambda get, doc: doc["components"]["schemas"].update(HTTPValidationError={}),
            "the framework's",
        ),
        (
            lambda get, doc: doc["paths"]["/common/v1/words"]["get"].update(
                operationId="list_notes"
            ),
            "is that of",
        ),
        (lambda get, doc: doc.update(openapi="3.0.0"), "not OpenAPI 3.1"),
    ],
)
def test_each_rule_catches_what_breaks_it(app: FastAPI, break_it, said: str) -> None:
    document = copy.deepcopy(app.openapi())
    break_it(document["paths"]["/common/v1/notes"]["get"], document)
    assert any(said in fault for fault in lint_openapi(document))


def test_public_operations_say_so_and_others_ask_for_a_token(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    assert paths["/common/v1/words"]["get"]["security"] == [{}]
    assert paths["/common/v1/notes"]["post"]["security"] == [{"bearer": []}]
    named = {p["name"]: p for p in paths["/common/v1/notes"]["post"]["parameters"]}
    assert named["Idempotency-Key"]["required"] is True
    assert set(paths["/common/v1/notes/{note_id}"]["patch"]["responses"]) >= {
        "200",
        "400",
        "401",
        "403",
        "404",
        "409",
        "412",
        "413",
        "415",
        "422",
        "428",
        "429",
        "503",
    }


async def test_the_page_of_operations_needs_nothing_from_elsewhere(
    stranger: httpx.AsyncClient,
) -> None:
    page = await stranger.get("/common/docs")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert not re.search(r"(src|href)=.?(https?:)?//", page.text)
    assert "<script" not in page.text
    assert "/common/v1/notes/{note_id}" in page.text
    document = await stranger.get("/common/openapi.json")
    assert document.json()["openapi"].startswith("3.1")


async def test_ready_means_database_and_migrations(
    stranger: httpx.AsyncClient, monkeypatch
) -> None:
    ready = await stranger.get("/common/readyz")
    assert (ready.status_code, ready.json()["migrations"]) == (200, "current")
    monkeypatch.setattr("pq_common.db.migrate.is_current", lambda package, connection: False)
    behind = await stranger.get("/common/readyz")
    assert (behind.status_code, behind.json()["status"]) == (503, "unready")


async def test_measures_name_routes_and_never_paths(stranger: httpx.AsyncClient) -> None:
    await stranger.get("/common/v1/notes/012345678901")
    measures = (await stranger.get("/common/metrics")).text
    assert 'route="/common/v1/notes/{note_id}"' in measures
    assert "012345678901" not in measures


def test_nothing_is_opened_before_the_lifespan(settings_for) -> None:
    class Nowhere:
        api = worker = owner = "postgresql://nobody@127.0.0.1:1/none"

    app = app_module.build("common", settings_for(CommonSettings, Nowhere), routers=[])
    assert app.state.database.engine.pool.checkedin() == 0


def every_error() -> set[type[PqError]]:
    """Every error class of pq_common, wherever it is declared."""
    for found in pkgutil.walk_packages(pq_common.__path__, "pq_common."):
        if not found.name.startswith(("pq_common.testing", "pq_common.db.migrations")):
            importlib.import_module(found.name)
    waiting, seen = [PqError], set()
    while waiting:
        kind = waiting.pop()
        if kind.__module__.startswith("pq_common."):
            seen.add(kind)
        waiting += kind.__subclasses__()
    return seen


def test_every_code_is_documented_with_its_status() -> None:
    rows = re.findall(
        r"^\| `([a-z_]+)` \| ([0-9–]+) \|", (DOCS / "errors.md").read_text("utf-8"), re.M
    )
    listed = dict(rows)
    for kind in every_error() - {PqError}:
        assert kind.code in listed, kind
        assert listed[kind.code] in (str(status_of(kind)), "–"), kind


def test_codes_are_words_and_titles_are_in_both_languages() -> None:
    for kind in every_error():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", kind.code)
        assert kind.title_vi != kind.title_en


def test_each_status_is_that_of_its_class() -> None:
    assert all(status_of(kind) == status for kind, status in STATUS.items())
    assert status_of(PqError) == 500
