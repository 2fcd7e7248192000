"""Series from outside: refusals first, then tables in and out, vintages side by side, and whether a set is whole."""

import io
import json
import unicodedata
from typing import Any

import httpx
import pytest
import xlsxwriter

from pq_common.errors import Invalid
from pq_common.testing.api import command
from pq_common.testing.sending import ended, send_table
from pq_tfp.api import series_exports
from pq_tfp.api.series_imports import parse, place_of

V1 = "/tfp/v1"
HAI_PHONG, HAI_DUONG, MERGED = "vn-31-1997", "vn-30-1997", "vn-31-2025"
HEADINGS = (
    "Địa bàn",
    "Chỉ tiêu",
    "Giá",
    "Đơn vị",
    "Kỳ công bố",
    "Nguồn",
    "Năm 2020",
    "2021",
    "2022",
)
GOOD = (HAI_PHONG, "Y", "constant-2010", "tỷ đồng", "ng-2024", "Niên giám", "100", "107", "115")


@pytest.fixture
async def officer(caller: Any) -> Any:
    return await caller("province-officer", places=[MERGED])


@pytest.fixture
async def ministry(caller: Any) -> Any:
    return await caller("ministry-analyst")


async def sent(
    client: httpx.AsyncClient, content: bytes, media: str, **order: Any
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Send a table; return the receipt and the refused rows."""
    return await send_table(client, f"{V1}/series", content, media=media, **order)


async def csv(client: httpx.AsyncClient, *rows: tuple[str, ...], **order: Any) -> Any:
    text = "\n".join(";".join(row) for row in (HEADINGS, *rows))
    return await sent(client, text.encode(), "text/csv", **order)


def workbook(*rows: tuple[Any, ...]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Bảng 1")
        sheet.write(0, 0, "Số liệu minh họa")
        for at, row in enumerate((HEADINGS, *rows), start=2):
            sheet.write_row(at, 0, row)
    return made.getvalue()


def changed(at: int, value: str) -> tuple[str, ...]:
    return (*GOOD[:at], value, *GOOD[at + 1 :])


def series(measure: str = "Y", **changes: Any) -> dict[str, Any]:
    return {
        "place_id": HAI_PHONG, "measure": measure, "kind": "flow", "price_basis": "constant-2010",
        "unit": "tỷ đồng", "vintage": "v1", "source": "minh họa", "is_synthetic": True,
        "values": {"2020": "100", "2021": "107"}, **changes,
    }  # fmt: skip


async def declared(client: Any, **changes: Any) -> dict[str, Any]:
    answer = await client.post(f"{V1}/series", json=series(**changes), headers=command())
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.mark.parametrize(
    ("row", "cell", "code"),
    [
        (changed(0, "vn-33-1997"), "A2", "place_out_of_scope"),
        (changed(0, "Hải Phòng"), "A2", "place_unknown"),
        (changed(1, "Q"), "B2", "literal_error"),
        (changed(2, "current"), "C2", "price_basis_not_constant"),
        (changed(3, "người"), "D2", "unit_unknown"),
        (changed(7, "107000"), "H2", "unit_slip"),
        (changed(7, "-"), "H2", "dash_unclear"),
        (changed(7, "1,070"), "H2", "number_ambiguous"),
        (changed(7, "1.070"), "H2", "number_ambiguous"),
        (changed(7, "mười"), "H2", "number_unreadable"),
        (changed(8, "0"), "I2", "level_not_positive"),
    ],
)
async def test_a_cell_that_is_refused_is_named_and_keeps_the_others_out(
    officer: Any, row: tuple[str, ...], cell: str, code: str
) -> None:
    receipt, (refused,) = await csv(officer, row, changed(0, HAI_DUONG))
    assert receipt["applied"] is False
    assert (refused["errors"][0]["cell"], refused["errors"][0]["code"]) == (cell, code)
    assert (await officer.get(f"{V1}/series")).json()["items"] == []


async def test_a_year_that_comes_twice_in_a_body_is_refused_where_it_stands(officer: Any) -> None:
    body = json.dumps(series()).replace('"2021": "107"', '"2021": "107", "2021": "109"')
    headers = {**command(), "Content-Type": "application/json"}
    answer = await officer.post(f"{V1}/series", content=body, headers=headers)
    assert answer.status_code == 422
    assert [(f["pointer"], f["code"]) for f in answer.json()["errors"]] == [
        ("/values/2021", "duplicated")
    ]


async def test_a_share_in_the_other_unit_names_measure_and_unit(officer: Any) -> None:
    share = series("beta", kind="share", price_basis=None, unit="%", values={"2020": "0.6"})
    answer = await officer.post(f"{V1}/series", json=share, headers=command())
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/values/2020", "share_in_fraction")
    assert fault["message_vi"].startswith("beta khai theo phần trăm")
    assert "đang là '%'" in fault["message_vi"]


async def test_a_vintage_in_two_spellings_is_one_and_is_not_blank(officer: Any) -> None:
    await declared(officer, vintage="Hải")
    apart = series(vintage=unicodedata.normalize("NFD", "Hải"))
    again = await officer.post(f"{V1}/series", json=apart, headers=command())
    assert again.json()["code"] == "series_already_declared"
    blank = await officer.post(f"{V1}/series", json=series(vintage=" "), headers=command())
    assert blank.json()["errors"][0]["message_vi"].startswith("Cần chữ")


async def test_a_table_sent_again_adds_nothing_and_another_value_is_another_vintage(
    officer: Any,
) -> None:
    first, _ = await csv(officer, GOOD)
    again, _ = await csv(officer, GOOD, changed(0, HAI_DUONG))
    assert (first["new"], again["new"], again["unchanged"]) == (1, 1, 1)
    _, (refused,) = await csv(officer, changed(7, "108"))
    (fault,) = refused["errors"]
    assert (fault["cell"], fault["code"], fault["value"]) == (
        "H2",
        "series_already_declared",
        "108",
    )
    revised, _ = await csv(officer, changed(4, "ng-2025"))
    assert revised["new"] == 1


@pytest.mark.parametrize(
    ("at", "value", "cell"), [(3, "triệu đồng", "D2"), (5, "nguồn khác", "F2")]
)
async def test_the_same_figures_said_to_be_another_thing_are_not_unchanged(
    officer: Any, at: int, value: str, cell: str
) -> None:
    await csv(officer, GOOD)
    receipt, (refused,) = await csv(officer, changed(at, value))
    assert (receipt["applied"], receipt["unchanged"]) == (False, 0)
    assert [(fault["cell"], fault["code"]) for fault in refused["errors"]] == [
        (cell, "series_already_declared")
    ]
    again, _ = await csv(officer, changed(3, "tỉ đồng"))
    assert again["unchanged"] == 1


async def test_a_dry_run_writes_nothing_and_best_effort_keeps_the_good_rows(officer: Any) -> None:
    dry, _ = await csv(officer, GOOD, dry_run=True)
    assert (dry["applied"], dry["new"]) == (False, 1)
    assert (await officer.get(f"{V1}/series")).json()["items"] == []
    kept, refused = await csv(officer, GOOD, changed(3, "bao"), policy="best-effort")
    assert (kept["applied"], kept["new"], len(refused)) == (True, 1, 1)


async def test_a_workbook_names_sheet_and_cell_and_blank_is_not_zero(officer: Any) -> None:
    good = (*GOOD[:6], 100, "...", 115.5)
    bad = (HAI_DUONG, *GOOD[1:6], 100, 0, 90)
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    receipt, (refused,) = await sent(officer, workbook(good, bad), media, policy="best-effort")
    assert (receipt["new"], refused["sheet"]) == (1, "Bảng 1")
    assert (refused["errors"][0]["cell"], refused["errors"][0]["value"]) == ("H5", "0")
    (kept,) = (await officer.get(f"{V1}/series")).json()["items"]
    assert kept["values"] == {"2020": "100", "2022": "115.5"}


async def test_lines_of_json_come_in_too(officer: Any) -> None:
    line = {
        "place_id": "Hải Dương", "boundary": "2021", "measure": "I", "item": "ict", "price_basis": "current",
        "unit": "triệu đồng", "vintage": "v1", "source": "x", "released_on": "30/6/2025",
        "breaks": "2021", "is_synthetic": "có", "2020": 5, "2021": "7.250,5",
    }  # fmt: skip
    await sent(officer, json.dumps(line).encode(), "application/x-ndjson")
    (kept,) = (await officer.get(f"{V1}/series")).json()["items"]
    assert (kept["place_id"], kept["item"], kept["kind"]) == (HAI_DUONG, "ict", "flow")
    assert (kept["released_on"], kept["breaks"], kept["is_synthetic"]) == (
        "2025-06-30",
        [2021],
        True,
    )
    assert kept["values"] == {"2020": "5", "2021": "7250.5"}


async def test_an_export_has_what_its_caller_may_see(
    officer: Any, ministry: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(series_exports, "AT_ONCE", 1)  # so that it reads several slices
    await declared(ministry, place_id="vn-33-1997")
    await declared(officer)
    await declared(officer, measure="L", kind="stock", price_basis=None, unit="người")
    order = {"format": "ndjson", "filters": {"measure": "Y"}}
    answer = await officer.post(f"{V1}/series/exports", json=order, headers=command())
    job = await ended(officer, answer.json()["follow"])
    assert (job["state"], job["result"]["rows"]) == ("done", 2)
    lines = (await officer.get(f"{answer.json()['follow']}/file")).text.splitlines()
    values = [json.loads(line) for line in lines]
    assert [(row["place_id"], row["year"], row["value"]) for row in values] == [
        (HAI_PHONG, 2020, "100"), (HAI_PHONG, 2021, "107"),
    ]  # fmt: skip
    bad = {"filters": {"valid_at": "hôm qua"}}
    answer = await officer.post(f"{V1}/series/exports", json=bad, headers=command())
    job = await ended(officer, answer.json()["follow"])
    assert job["error"]["errors"][0]["code"] == "day_malformed"


async def test_every_vintage_stays_and_a_day_has_the_one_in_force(officer: Any) -> None:
    old = await declared(officer, vintage="v1", released_on="2024-06-30")
    new = await declared(
        officer, vintage="v2", released_on="2025-06-30", values={"2020": "125", "2021": "133"}
    )
    both = (await officer.get(f"{V1}/series/{old['id']}/vintages")).json()
    assert [one["values"]["2020"] for one in both] == ["100", "125"]

    async def ids(**asked: str) -> list[str]:
        return [
            one["id"] for one in (await officer.get(f"{V1}/series", params=asked)).json()["items"]
        ]

    assert await ids() == [old["id"], new["id"]]
    assert await ids(valid_at="2025-01-01") == [old["id"]]
    assert await ids(valid_at="2025-12-31") == [new["id"]]
    assert await ids(valid_at="2023-01-01") == []
    assert await ids(valid_at="2025-12-31", known_at=old["recorded_at"]) == [old["id"]]
    assert await ids(known_at="2020-01-01T00:00:00Z") == []
    assert await ids(vintage="v2", measure="Y", industry="total") == [new["id"]]
    assert await ids(item="ict") == []


async def test_a_series_is_read_alone_and_is_never_another(officer: Any, ministry: Any) -> None:
    made = await declared(officer)
    read = await officer.get(f"{V1}/series/{made['id']}")
    assert read.json() == made
    again = await officer.get(
        f"{V1}/series/{made['id']}", headers={"If-None-Match": read.headers["ETag"]}
    )
    assert again.status_code == 304
    foreign = await declared(ministry, place_id="vn-33-1997")
    hidden = await officer.get(f"{V1}/series/{foreign['id']}")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "series_not_found")


async def test_the_measures_tell_what_may_be_declared(officer: Any) -> None:
    told = {one["measure"]: one for one in (await officer.get(f"{V1}/measures")).json()}
    assert told["K"]["kinds"] == ["stock"]
    assert "nghìn người" in told["L"]["units"]


async def test_a_set_with_a_hole_is_named_before_anything_is_computed(officer: Any) -> None:
    asked = {"place_id": MERGED, "vintage": "v1"}
    path = f"{V1}/series/completeness"
    assert (await officer.get(path, params={**asked, "place_id": "vn-33-2025"})).status_code == 404
    await declared(officer)
    told = (await officer.get(path, params=asked)).json()
    assert (told["complete"], told["faults"][0]["code"]) == (False, "series_missing")
    assert "Hải Dương" in told["faults"][0]["message_vi"]
    await declared(officer, place_id=HAI_DUONG)
    await declared(officer, place_id=MERGED, values={"2021": "214"})
    told = (await officer.get(path, params=asked)).json()
    assert (told["complete"], told["sums"]) == (
        True, [{"measure": "Y", "year": 2021, "summed": 214.0, "published": 214.0}],
    )  # fmt: skip


async def test_a_declared_series_is_in_the_changes_of_its_place(officer: Any, caller: Any) -> None:
    await declared(officer)
    other = await caller("province-officer", places=["vn-33-2025"])
    assert (await other.get(f"{V1}/series")).json()["items"] == []


def test_a_place_is_found_by_code_or_name_on_its_boundary() -> None:
    assert place_of("30", "2021") == HAI_DUONG
    assert place_of("Hải Dương", None) == HAI_DUONG
    assert place_of("31", "2025-07-01") == MERGED
    for text, boundary in (
        ("31", None),
        ("99", "2021"),
        ("30", "2025-07-01"),
        ("Hải Phòng", "1900"),
    ):
        with pytest.raises(Invalid):
            place_of(text, boundary)


def test_a_row_without_a_kind_has_the_usual_one() -> None:
    row = {"place_id": HAI_PHONG, "unit": "x", "vintage": "v", "source": "s", "2020": "1"}
    kinds = {
        name: parse({**row, "measure": name}).declaration.described.kind
        for name in ("K", "P_I", "beta", "VA")
    }
    assert kinds == {"K": "stock", "P_I": "index", "beta": "share", "VA": "flow"}
