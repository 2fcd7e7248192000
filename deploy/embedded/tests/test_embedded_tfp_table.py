"""Tables as offices send them: every bad cell is named, nothing is guessed, and the service computes what is left."""

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from typer.testing import CliRunner, Result

from pq_common.tables_io.rows import ColumnMissing
from pq_common.testing.api import MakeSettings
from pq_common.testing.fixtures import DatabaseFor
from pq_common.testing.served import served
from pq_embedded.cli import app
from pq_embedded.folder import DataFolder, Running
from pq_embedded.tfp_table import TableRefused, read_table
from pq_tfp.app import create_app
from pq_tfp.settings import Settings

pytestmark = pytest.mark.untraced

BY_YEAR = """Bảng 1. Số liệu của hai địa phương
Địa phương;Năm;GRDP;Vốn;Lao động;Tỷ trọng lao động;Nguồn
Hải Phòng;2020;100,0;200;50;0,6;NGTK
Hải Phòng;2021;107,0;220;50,5;0,6;NGTK
Hải Phòng;2022;115,5;240;51;0,6;NGTK
Bạc Liêu;2020;1.040,5;90;30;0,62;NGTK
Bạc Liêu;2021;1.066,25;95;30,2;0,62;NGTK
Bạc Liêu;2022;1.100;99;30,1;0,62;NGTK
"""
BY_INDICATOR = """Indicator,2020,2021,2022
Output,100,107,115.5
Capital stock,200,220,240
Employment,50,50.5,51
Labour share,60%,60%,60%
"""
LONG = "place\tyear\tvariable\tvalue\nA\t2020\tY\t100\nA\t2021\tY\t107\nA\t2020\tK\t200\nA\t2021\tK\t220\n"


def spreadsheet(*rows: tuple[Any, ...]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.add_worksheet("Hướng dẫn").write(0, 0, "Điền vào trang bên cạnh")
        sheet = book.add_worksheet("Số liệu")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return made.getvalue()


def test_a_row_per_place_and_year_under_vietnamese_headings_and_a_title() -> None:
    table = read_table(BY_YEAR.encode(), whole="bảng")
    panel: Any = table.panel()
    assert (panel["units"], panel["years"]) == (["Hải Phòng", "Bạc Liêu"], [2020, 2021, 2022])
    assert panel["y"]["Y"] == [[100.0, 107.0, 115.5], [1040.5, 1066.25, 1100.0]]
    assert panel["z"]["beta"][1] == [0.62, 0.62, 0.62]
    assert table.ignored == ["Nguồn"]


def test_a_row_per_indicator_and_a_column_per_year_in_english() -> None:
    panel: Any = read_table(BY_INDICATOR.encode(), whole="bảng").panel()
    assert panel["units"] == ["bảng"]
    assert panel["x"]["K"] == [[200.0, 220.0, 240.0]]
    assert panel["z"]["beta"] == [[0.6, 0.6, 0.6]]


def test_one_number_a_row_and_a_value_that_is_missing_stays_missing() -> None:
    panel: Any = read_table((LONG + "A\t2022\tY\t…\n").encode(), whole="bảng").panel()
    assert (panel["years"], panel["y"]["Y"]) == ([2020, 2021], [[100.0, 107.0]])


def test_a_spreadsheet_is_read_past_its_guidance_and_names_sheet_and_cell() -> None:
    good = spreadsheet(("Năm", "Y", "K", "L", "beta"), (2020, 100.5, 200, 50, 0.6), (2021, 1.234, 220, 51, 0.6))  # fmt: skip
    assert read_table(good, whole="tệp").panel()["y"] == {"Y": [[100.5, 1.234]]}
    bad = spreadsheet(("Năm", "Y", "K"), (2020, 100, "hai trăm"), ("2o21", 107, 220))
    with pytest.raises(TableRefused) as refused:
        read_table(bad, whole="tệp")
    found = {(fault.pointer, fault.code) for fault in refused.value.errors}
    assert found == {
        ("Số liệu!C2", "number_unreadable"),
        ("Số liệu!B3", "year_unreadable"),
        ("Số liệu!C3", "year_unreadable"),
    }


def test_thousands_or_thousandths_is_asked_and_not_guessed() -> None:
    open_question = b"year;Y\n2020;1.234\n2021;1.300\n"
    with pytest.raises(TableRefused) as refused:
        read_table(open_question, whole="t")
    assert [fault.code for fault in refused.value.errors] == ["number_ambiguous"] * 2
    assert read_table(open_question, whole="t", decimal="comma").panel()["y"] == {"Y": [[1234.0, 1300.0]]}  # fmt: skip


def test_a_place_and_year_that_come_twice_name_both_cells() -> None:
    with pytest.raises(TableRefused) as refused:
        read_table((LONG + "A\t2021\tGRDP\t109\n").encode(), whole="t")
    fault = refused.value.errors[0]
    assert (fault.pointer, fault.code) == ("D6", "duplicated")
    assert "D3" in fault.message_vi


def test_an_indicator_nobody_knows_and_a_table_of_no_form_are_refused() -> None:
    with pytest.raises(TableRefused) as refused:
        read_table(b"year;indicator;value\n2020;Happiness;7\n", whole="t")
    assert refused.value.errors[0].code == "series_unknown"
    with pytest.raises(ColumnMissing, match="Three forms"):
        read_table(b"a;b\n1;2\n", whole="t")
    with pytest.raises(TableRefused, match="no number"):
        read_table(b"year;Y\n2020;..\n", whole="t")


class Office:
    """A folder whose running instance is the TFP service behind a real socket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def compute(self, name: str, content: bytes, *options: str) -> Result:
        file = self.folder / name
        file.write_bytes(content)
        told = ["tfp", "compute", str(file), "--price-basis", "constant-2010", "--data", str(self.folder)]  # fmt: skip
        return CliRunner().invoke(app, [*told, *options])


def answer(told: Result) -> Any:
    """Return the JSON of the command; the service in this process writes its log to the same place."""
    assert told.exit_code == 0, told.output
    return json.loads(next(line for line in told.stdout.splitlines() if line.startswith("{")))


def office(tmp_path: Path, settings: Settings) -> Iterator[Office]:
    with served(create_app(settings)) as address:
        DataFolder(tmp_path).announce(Running(pid=os.getpid(), address=address))
        yield Office(tmp_path)


@pytest.fixture
def at_once(
    tmp_path: Path, settings_for: MakeSettings, database_for: DatabaseFor
) -> Iterator[Office]:
    keys = DataFolder(tmp_path).issuer()
    given = {"jwks": keys.jwks(), "issuer": keys.issuer, "audience": keys.audience}
    yield from office(
        tmp_path, settings_for(Settings, database_for("pq_tfp"), compute_sync_seconds=300, **given)
    )


@pytest.fixture
def as_a_job(
    tmp_path: Path, settings_for: MakeSettings, database_for: DatabaseFor
) -> Iterator[Office]:
    keys = DataFolder(tmp_path).issuer()
    given = {"jwks": keys.jwks(), "issuer": keys.issuer, "audience": keys.audience}
    yield from office(
        tmp_path, settings_for(Settings, database_for("pq_tfp"), compute_sync_bytes=10, **given)
    )


def test_the_table_comes_back_computed_readable_and_as_json(at_once: Office) -> None:
    told = at_once.compute("hai-tinh.csv", BY_YEAR.encode(), "--target", "0.47")
    assert told.exit_code == 0, told.output
    line = next(row for row in told.stdout.splitlines() if row.startswith("Hải Phòng\t2021\t"))
    assert line.split("\t")[2:10] == ["7,00", "10,00", "1,00", "2,40", "57,14", "8,57", "34,29", ""]
    assert any(row.startswith("Bạc Liêu\t2021-2022") for row in told.stdout.splitlines())
    assert "columns not used: Nguồn" in told.stdout
    assert "chỉ tiêu / target 47,00 %" in told.stdout
    whole = answer(at_once.compute("t.csv", BY_INDICATOR.encode(), "--json"))
    assert whole["units"]["t"]["years"]["2021"]["contribution_A"] == pytest.approx(2.4, abs=1e-12)


def test_a_refusal_of_the_service_names_the_cell_it_came_from(at_once: Office) -> None:
    rows = (("Năm", "Y", "K", "L", "beta"), (2020, 100, 200, 50, 0.6), (2021, 107, 0, 51, 60))
    told = at_once.compute("tinh.xlsx", spreadsheet(*rows))
    assert told.exit_code == 1
    cells = {tuple(line.split("\t")[:2]) for line in told.stderr.splitlines() if "\t" in line}
    assert cells == {("Số liệu!C3", "level_not_positive"), ("Số liệu!E3", "share_in_percent")}
    assert "write 0.6" in told.stderr
    bad = at_once.compute("t.csv", b"year;Y\n2020;1.234\n", "--json")
    assert bad.exit_code == 1
    assert json.loads(bad.stderr.splitlines()[0])["code"] == "number_ambiguous"


def test_the_other_engine_and_an_unknown_one(at_once: Office) -> None:
    told = at_once.compute("t.csv", BY_INDICATOR.encode(), "--engine", "TORNQVIST", "--json")
    assert answer(told)["contribution_unit"] == "log points"
    text = at_once.compute("t.csv", BY_INDICATOR.encode(), "--engine", "TORNQVIST")
    assert any(line.startswith("t\t2021-2022\t") for line in text.stdout.splitlines())
    told = at_once.compute("t.csv", BY_INDICATOR.encode(), "--engine", "MAGIC")
    assert told.exit_code == 1
    assert "VN-OFFICIAL, TORNQVIST" in told.stderr
    assert at_once.compute("t.csv", b"x", "--decimal", "semicolon").exit_code == 2


def test_a_large_table_is_followed_as_a_job(as_a_job: Office) -> None:
    told = as_a_job.compute("hai-tinh.csv", BY_YEAR.encode(), "--json")
    assert told.exit_code == 0, told.output
    assert set(answer(told)["units"]) == {"Hải Phòng", "Bạc Liêu"}
    refused = as_a_job.compute("x.csv", BY_YEAR.replace("220;", "-220;").encode())
    assert refused.exit_code == 1
    assert any(line.startswith("D4\tlevel_not_positive") for line in refused.stderr.splitlines())
