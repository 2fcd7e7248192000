"""The comparison of places: nothing published first, then each place relative to the reference, who is compared, and what is doubted."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from services.reporting.tests.told_of_tfp import NOON, Said, compared, level, series, withdrawn

PATH = "/nang-suat/so-sanh"
DEMO = "?mode=demo&ngay=2026-06-30&dvhc=2021"
HAI_PHONG, HUNG_YEN = "vn-31-1997", "vn-33-1997"


@pytest.fixture
def heard(world: Any, client_of: Any) -> Any:
    async def ask(path: str, *said: Said) -> str:
        await world.hear(*said)
        async with client_of(world.api_url) as client:
            answer = await client.get(path)
            assert answer.status_code == 200, path
            return answer.content.decode("utf-8-sig")

    return ask


async def test_where_no_comparison_was_published_the_page_says_so(heard: Any) -> None:
    empty = compared(levels=(level(HAI_PHONG), level(HUNG_YEN)))
    for path in (f"{PATH}{DEMO}", f"{PATH}{DEMO.replace('2021', '34')}"):
        assert "Chưa có kết quả so sánh mức TFP nào được công bố" in await heard(path, empty)
    table = await heard(f"{PATH}.csv{DEMO}")
    assert len(table.splitlines()) == 1


async def test_places_stand_by_their_last_level_and_absent_years_are_a_dash(heard: Any) -> None:
    page = await heard(f"{PATH}{DEMO}", compared())
    assert "Mức TFP năm 2024: từ 50,0 đến 123,5 ở 3 địa bàn, Hải Phòng = 100" in page
    rows = [page.index(f"{name}</a>") for name in ("Hưng Yên", "Hải Phòng", "Thái Bình")]
    assert rows == sorted(rows)
    assert "<td>–</td><td>123,5</td>" in page
    assert "2023: 2; 2024: 3" in page


async def test_the_page_speaks_english_and_tells_every_warning(heard: Any) -> None:
    page = await heard(f"/en{PATH}{DEMO}", compared())
    assert "TFP level, 2024: 50.0 to 123.5 in 3 places, Hải Phòng = 100" in page
    assert "There is no spatial price index (SCOLI)" in page
    assert "Places whose series are incomplete are not in the table." in page
    assert "NEW_WARNING" in page


async def test_the_latest_publication_of_the_map_is_shown_and_no_other_mode(heard: Any) -> None:
    levels = (level(HAI_PHONG, y2025="1"), level(HUNG_YEN, y2025="0.9"))
    later = compared("c2", levels=levels, published_at=NOON + timedelta(days=1))
    page = await heard(f"{PATH}{DEMO}", later, compared())
    assert "năm 2025: từ 90,0 đến 100,0 ở 2 địa bàn" in page
    assert "địa bàn được so sánh: 2." in page
    assert "Chưa có kết quả" in await heard(f"{PATH}{DEMO.replace('demo', 'official')}")


async def test_a_series_withdrawn_since_is_named_on_the_page_and_in_the_table(heard: Any) -> None:
    page = await heard(f"{PATH}{DEMO}", compared(series=("k1",)), *withdrawn(series()))
    assert "đã được rút ngày" in page
    rows = list(csv.DictReader(io.StringIO(await heard(f"{PATH}.csv{DEMO}"))))
    assert [(row["place"], row["year"], row["relative"]) for row in rows][-1] == (
        "Hưng Yên (trước 1/7/2025)", "2024", "1.2345",
    )  # fmt: skip
    assert {row["withdrawn_series"] for row in rows} == {"k1"}
