"""A result whose series was withdrawn says so wherever it is used: which, since when, why, and that it stands; elsewhere nothing is said."""

import csv
import io
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from typing import Any

import pytest
from httpx import AsyncClient
from services.reporting.tests.told_of_tfp import account, published, series, withdrawn

DEMO = "?mode=demo&ngay=2026-06-30"
LIST, THEN, NOW = (f"/nang-suat{one}{DEMO}" for one in ("", "/vn-31-1997", "/vn-31-2025"))
CLAUSE = f"/chi-tieu/hai-phong-2021-2025/HP-01{DEMO}"
API = "/reporting/v1/targets/hai-phong-2021-2025/HP-01?on=2026-06-30&boundary=2025-07-01&mode="
MARK = "Có chuỗi số liệu đã rút"
REASON = "nhập nhầm cột <K>"
SAID = (
    "Chuỗi số liệu giá trị tài sản cố định (K) của Hải Phòng (trước 1/7/2025), kỳ công bố v1, đã được rút ngày 10/06/2026, "
    f"lý do: “{REASON}”. Kết quả đã công bố vẫn có hiệu lực cho đến khi có kết quả mới thay thế."
)
ENGLISH = (
    "The series stock of fixed assets (K) of Hải Phòng (trước 1/7/2025), vintage v1, was withdrawn on 10 June 2026, "
    f"with the reason “{REASON}”. The published result stands until a new one supersedes it."
)


class Notes(HTMLParser):
    """The texts of a page that are notes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.notes: list[str] = []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "p":
            self._inside = ("role", "note") in attrs
            self.notes += [""] if self._inside else []

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "p"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.notes[-1] += data


async def notes(client: AsyncClient, path: str) -> list[str]:
    """Return the notes of a page without their heads."""
    answer = await client.get(path)
    assert answer.status_code == 200, path
    return [re.sub(r"\s+", " ", one).split(": ", 1)[1] for one in Notes(answer.text).notes]


@pytest.fixture
async def doubted(told: Any, client_of: Any) -> AsyncIterator[AsyncClient]:
    """A reader of a world in which the results of Hải Phòng, old and new, were computed from a series withdrawn since."""
    then = account("s1", series=("k1", "y1"), supersedes="r1")
    now = account(
        "s2", place_id="vn-31-2025", boundary="2025-07-01", series=("k1", "k2"), supersedes="r2"
    )
    await told.hear(published(then), published(now), *withdrawn(series(), reason=REASON))
    async with client_of(told.api_url) as stranger:
        yield stranger


async def test_where_nothing_was_withdrawn_nothing_is_said(client: AsyncClient) -> None:
    for path in (LIST, f"{LIST}&dvhc=2021", THEN, NOW, CLAUSE):
        assert "đã rút" not in (text := (await client.get(path)).text), path
        assert "đã được rút" not in text, path
    told = (await client.get(f"{API}demo")).json()
    assert (told["target"]["withdrawn_series"], told["records"][0]["withdrawn_series"]) == ([], [])
    assert told["target"]["successor"]["withdrawn_series"] == []


async def test_the_other_mode_and_other_targets_are_told_nothing(doubted: AsyncClient) -> None:
    official = (await doubted.get(f"{API}official")).json()["target"]
    assert official["withdrawn_series"] == []
    for path in (CLAUSE.replace("demo", "official"), CLAUSE.replace("HP-01", "HP-99")):
        assert "đã được rút" not in (await doubted.get(path)).text, path
    assert await notes(doubted, f"/chi-tieu/hung-yen-2021-2030/HY-04{DEMO}") == []


@pytest.mark.parametrize("path", [THEN, NOW, f"{CLAUSE}&dvhc=2021"])
async def test_the_page_says_which_since_when_why_and_that_the_result_stands(
    doubted: AsyncClient, path: str
) -> None:
    assert await notes(doubted, path) == [SAID]
    assert await notes(doubted, f"/en{path}") == [ENGLISH]
    assert "<K>" not in (await doubted.get(path)).text


async def test_the_page_of_a_target_says_it_of_the_figure_of_either_map(
    doubted: AsyncClient,
) -> None:
    assert await notes(doubted, CLAUSE) == [SAID, SAID]


async def test_the_list_marks_the_place_and_the_table_names_the_series(
    doubted: AsyncClient,
) -> None:
    assert (await doubted.get(LIST)).text.count(MARK) == 1
    taken = (await doubted.get(f"/nang-suat.csv{DEMO}&dvhc=2021")).content.decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(taken))
    assert {row["result_id"]: row["withdrawn_series"] for row in rows} == {
        "s1": "k1", "r4": "", "r5": "",
    }  # fmt: skip
    taken = (await doubted.get(f"/chi-tieu.csv{DEMO}&dvhc=2021")).content.decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(taken))
    assert {row["code"]: row["withdrawn_series"] for row in rows if row["withdrawn_series"]} == {
        "HP-01": "k1"
    }


async def test_the_interface_says_it_with_the_moment_and_which_record_it_is_of(
    doubted: AsyncClient,
) -> None:
    told = (await doubted.get(f"{API}demo")).json()
    (gone,) = told["target"]["withdrawn_series"]
    text = gone.pop("text")
    assert gone == {
        "series_id": "k1", "place_id": "vn-31-1997", "industry": "total", "measure": "K", "item": "", "vintage": "v1",
        "withdrawn_at": "2026-06-09T18:00:00Z", "reason": REASON,
    }  # fmt: skip
    assert SAID.startswith(text["vi"])
    assert ENGLISH.startswith(text["en"])
    assert [(one["id"], one["withdrawn_series"]) for one in told["records"]] == [("s1", ["k1"])]
    assert [one["series_id"] for one in told["target"]["successor"]["withdrawn_series"]] == ["k1"]
    assert told["target"]["actual"]["kind"] == "number", "the result stands"
