"""Pages on productivity: absences with their reason first, then every figure under its own name, on both maps."""

import csv
import html
import io
import re
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from httpx import AsyncClient, Response
from hypothesis import given
from hypothesis import strategies as st

from pq_reporting.domain.numbers import adding_up
from pq_reporting.domain.productivity import capital_deepening
from pq_reporting.pages.charts import chart
from pq_reporting.pages.growth_charts import Bar, by_place, by_year

DEMO = "?mode=demo&ngay=2026-06-30"
HP, NOW = f"/nang-suat/vn-31-1997{DEMO}", f"/nang-suat/vn-31-2025{DEMO}"
CLAUSE = f"/chi-tieu/hai-phong-2021-2025/HP-01{DEMO}"
NAMES = {"K": "Vốn", "L": "Lao động", "A": "TFP"}


class Words(HTMLParser):
    """The text of a page as it is read, and its tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(text)
        self.text = re.sub(r"\s+", " ", " ".join(self.said))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said.append(data)


async def words(client: AsyncClient, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, path
    return Words(answer.text).text


@pytest.mark.parametrize("query", ["?ky=2021", "?ky=2021-25", "?dvhc=1900"])
async def test_a_filter_that_says_what_it_cannot_is_refused(
    client: AsyncClient, query: str
) -> None:
    answer = await client.get(f"/nang-suat{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize(
    "path",
    [
        "/nang-suat/vn-31-1997",  # nothing official was published
        f"/nang-suat/vn-30-1997{DEMO}",
        f"/nang-suat/nowhere{DEMO}",
        f"/nang-suat/vn-34-1997{DEMO}",  # published without a period
        f"{HP}&ky=2019-2020",
    ],
)
async def test_a_place_without_a_result_gets_a_page_that_says_so(
    client: AsyncClient, path: str
) -> None:
    answer = await client.get(path)
    assert (answer.status_code, "Chưa có kết quả TFP nào" in answer.text) == (404, True)


async def test_where_nothing_was_published_the_list_says_so_and_still_names_the_targets(
    client: AsyncClient,
) -> None:
    text = await words(client, "/nang-suat")
    assert "Chưa có kết quả tính TFP nào được công bố" in text
    assert "HP-01" in text


async def test_a_year_of_decline_has_points_and_no_share_and_says_why(client: AsyncClient) -> None:
    text = await words(client, HP)
    assert "2021 −2,0% +4,8 +0,4 −7,2 – Tăng trưởng âm, không tính tỷ trọng. –" in text


async def test_a_period_without_a_share_says_why_in_its_title(client: AsyncClient) -> None:
    text = await words(client, f"/nang-suat/vn-33-1997{DEMO}")
    assert "Hưng Yên (trước 1/7/2025), 2021–2025: Tăng trưởng âm, không tính tỷ trọng." in text


async def test_a_result_of_before_bands_shows_what_it_has_and_a_dash_for_the_rest(
    client: AsyncClient,
) -> None:
    text = await words(client, f"/nang-suat/vn-95-1997{DEMO}")
    assert "Tỷ trọng TFP 45,2% Khoảng 5–95% –" in text
    assert "Con số này chắc đến đâu" not in text
    assert "Cách xác định hệ số lao động other" in text


async def test_the_share_of_the_period_and_the_mean_of_the_years_have_names_of_their_own(
    client: AsyncClient,
) -> None:
    text = await words(client, HP)
    assert "(tỷ số của hai đại lượng giai đoạn) 45,2%" in text
    assert "không phải tỷ trọng giai đoạn) 48,4%" in text


async def test_contributions_make_the_growth_and_labour_productivity_is_taken_apart(
    client: AsyncClient,
) -> None:
    text = await words(client, HP)
    assert "Vốn 13,1% 0,40 +5,2 51,3% Lao động 0,6% 0,60 +0,4 3,5%" in text
    assert "Năng suất các nhân tố tổng hợp (TFP) 4,6% – +4,6 45,2% GRDP 10,2% – +10,2 100,0%" in text  # fmt: skip
    assert "+9,6 = +5,0 (tăng vốn trên một lao động) +4,6 (TFP)" in text


async def test_a_figure_tells_how_sure_it_is_and_what_each_assumption_does(
    client: AsyncClient,
) -> None:
    text = await words(client, HP)
    assert "khoảng 5–95%: 8,0% đến 72,0% . Khoảng 5–95% từ 10.000 lần mô phỏng" in text
    assert "khấu hao 6,0%" in text
    assert "Số công bố 4,6% 45,2% 0,0 Vốn ban đầu nhân 0,5 – – – NEW 0,123 5,0% 50,0% +0,4" in text


async def test_a_merged_place_names_its_parts_and_the_reallocation(client: AsyncClient) -> None:
    text = await words(client, NOW)
    assert "Hải Dương (trước 1/7/2025) 32,6% 7,5% 2,8% 38,1%" in text
    assert "Hải Phòng (trước 1/7/2025) – – – –" in text
    assert "Tái phân bổ giữa các địa bàn: +0,12 điểm phần trăm mỗi năm" in text


async def test_without_series_the_narrow_definitions_say_why_they_have_no_figure(
    client: AsyncClient,
) -> None:
    for path in (HP, CLAUSE):
        text = await words(client, path)
        assert re.search(
            r"STI_CORE .*?Chưa tính: chưa có chuỗi chi nghiên cứu.*? – – – – STI_VNPI .*?Chưa tính.*? – – – – "
            r"STI_PLAN .*? \+4,61 \+1,00 đến \+7,00 45,2% 8,0% đến 72,0%", text,
        )  # fmt: skip
        assert "NOT_NESTED" not in text


async def test_all_three_definitions_stand_together_with_their_bands_and_a_warning_when_out_of_order(
    client: AsyncClient,
) -> None:
    text = await words(client, NOW)
    assert re.search(
        r"STI_CORE .*?Phần vốn công nghệ thông tin tính là 0.*? \+0,30 \+0,17 đến \+0,56 3,1% 1,7% đến 6,0% "
        r"STI_VNPI .*?Tác động của cầu tính là 0.*? \+4,90 −0,50 đến \+7,20 – – "
        r"STI_PLAN .*? \+4,61 – 45,2% – Lưu ý: thứ tự hẹp ≤ giữa ≤ rộng không giữ", text,
    )  # fmt: skip
    assert "Chưa tính" not in text
    english = await words(client, f"/en{NOW}")
    assert "narrow ≤ central ≤ broad does not hold" in english
    assert "−0.50 to +7.20" in english


def lines_of(answer: Response) -> list[dict[str, str]]:
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_a_table_of_a_place_that_has_no_result_is_the_page_that_says_so(
    client: AsyncClient,
) -> None:
    answer = await client.get(f"/nang-suat/vn-30-1997.csv{DEMO}")
    assert (answer.status_code, "Chưa có kết quả TFP nào" in answer.text) == (404, True)
    assert lines_of(await client.get("/nang-suat.csv")) == []


async def test_the_account_of_a_place_is_taken_away_as_published(client: AsyncClient) -> None:
    answer = await client.get(f"/nang-suat/vn-31-2025.csv{DEMO}")
    period, *years = lines_of(answer)
    assert (
        answer.headers["content-disposition"]
        == 'attachment; filename="vn-31-2025-2026-06-30-demo.csv"'
    )
    assert (period["row"], period["first_year"], period["last_year"]) == ("period", "2021", "2025")
    assert (period["g_A"], period["g_A_low"], period["growth_share_A_high"]) == (
        "0.0461",
        "0.01",
        "0.72",
    )
    assert (period["STI_CORE_points"], period["STI_CORE_points_high"]) == ("0.3", "0.56")
    assert (period["STI_VNPI_points_low"], period["STI_VNPI_growth_share"]) == ("-0.5", "")
    assert (period["made_of"], period["warnings"]) == (
        "vn-30-1997 vn-31-1997",
        "NOT_NESTED DEMAND_UNKNOWN",
    )
    assert [(one["row"], one["first_year"]) for one in years] == [
        ("year", str(y)) for y in range(2021, 2026)
    ]
    assert (years[0]["growth_share_A"], years[0]["reason"]) == ("", "NEGATIVE_GROWTH")
    assert {one["mode"] for one in years} == {"demo"}
    assert {one["is_synthetic"] for one in years} == {"True"}


async def test_the_list_is_taken_away_with_the_filters_of_the_page(client: AsyncClient) -> None:
    old = lines_of(await client.get(f"/nang-suat.csv{DEMO}&dvhc=2021"))
    assert {one["place_id"] for one in old if one["row"] == "period"} == {
        "vn-31-1997",
        "vn-33-1997",
        "vn-95-1997",
    }
    one_place = lines_of(
        await client.get(f"/nang-suat.csv{DEMO}&dvhc=2021&dia_ban=vn-31-1997&ky=2021-2023")
    )
    assert {
        (one["result_id"], one["last_year"]) for one in one_place if one["row"] == "period"
    } == {("r3", "2023")}
    for path in (f"/nang-suat{DEMO}&dvhc=2021", NOW):
        link = re.search(r'href="(/nang-suat[^"]*\.csv[^"]*)"', (await client.get(path)).text)
        assert link is not None
        assert lines_of(await client.get(html.unescape(link[1])))


async def test_the_method_is_told_with_every_choice(client: AsyncClient) -> None:
    text = await words(client, HP)
    for said in (
        "VN-OFFICIAL", "Phiên bản phương pháp 1", "minh-hoa-2026", "constant-2010", "người",
        "thu nhập đầy đủ của người lao động", "Địa giới khi hứa", "Dữ liệu minh họa, không phải số thống kê", "r1",
    ):  # fmt: skip
        assert said in text, said
    warned = await words(client, f"{HP}&ky=2021-2023")
    assert "biến động trên 30% một năm" in warned
    assert "NEW_CODE" in warned


async def test_one_map_at_a_time_and_one_period_at_a_time(client: AsyncClient) -> None:
    now = await words(client, f"/nang-suat{DEMO}")
    then = await words(client, f"/nang-suat{DEMO}&dvhc=2021")
    assert "ở 1 địa bàn, 2021–2025; 1/1 chỉ tiêu chưa đủ căn cứ" in now
    assert "Hải Dương (trước 1/7/2025) + Hải Phòng (trước 1/7/2025)" in now
    assert "ở 2 địa bàn" in then
    early = await words(client, f"/en/nang-suat{DEMO}&dvhc=2021&ky=2021-2023")
    assert "45.2% to 45.2% of growth in 1 places, 2021–2023" in early
    nobody = await words(client, f"/nang-suat{DEMO}&dia_ban=vn-33-2025")
    assert "Chưa có kết quả tính TFP nào" in nobody


async def test_a_sentence_that_can_be_read_in_two_ways_is_shown_with_both(
    client: AsyncClient,
) -> None:
    text = await words(client, CLAUSE)
    assert "Đọc từng chữ: TFP là một phần của quy mô GRDP trong GRDP Không áp dụng Không có con số này." in text  # fmt: skip
    assert "GRDP tăng 10,19% mỗi năm, TFP góp 4,61 điểm; 4,61 / 10,19 = 45,2%." in text
    assert "Định nghĩa STI_PLAN" in text
    silent = await words(client, "/chi-tieu/hai-phong-2021-2025/HP-01")
    assert "Đóng góp của TFP chia cho tăng trưởng GRDP." in silent


async def test_the_promise_is_the_old_places_and_todays_stands_beside_it(
    client: AsyncClient,
) -> None:
    text = await words(client, CLAUSE)
    assert "HP-01: Tỷ trọng TFP <47%>. Chưa đủ căn cứ" in text
    assert "mức này nằm trong khoảng nên chưa kết luận được" in text
    assert "địa bàn mới không mang lời hứa này" in text
    assert "Địa giới khi hứa (trước 1/7/2025)" in text
    assert "Địa giới nay (từ 1/7/2025)" in text
    assert "chỉ để so sánh" in text
    alone = await words(client, f"{CLAUSE}&dvhc=2021")
    assert "địa bàn mới không mang lời hứa này" not in alone
    assert "Riêng năm 2025 (không phải cả giai đoạn): 48,4%" in alone


async def test_other_targets_carry_none_of_it(client: AsyncClient) -> None:
    text = await words(client, f"/chi-tieu/hung-yen-2021-2030/HY-04{DEMO}")
    assert "STI_PLAN" not in text


async def test_the_english_pages_say_the_same(client: AsyncClient) -> None:
    text = await words(client, f"/en{CLAUSE}")
    assert "GRDP grew 10.19% a year, TFP gave 4.61 points" in text
    assert "it lies inside the band, so nothing can be concluded." in text
    assert "TFP contributed 45.2% of GRDP growth in 2021–2025" in await words(client, f"/en{HP}")


@pytest.mark.parametrize("path", [f"/nang-suat{DEMO}", HP, NOW, CLAUSE, f"/en{CLAUSE}"])
async def test_a_page_with_charts_is_whole_marked_and_within_its_budget(
    client: AsyncClient, path: str
) -> None:
    answer = await client.get(path)
    page = Words(answer.text)
    ids = [one["id"] for _, one in page.tags if "id" in one]
    charts = [one for tag, one in page.tags if tag == "svg" and one.get("class") == "chart"]
    assert len(ids) == len(set(ids))
    assert charts
    for one in charts:
        assert one["role"] == "img"
        assert set((one["aria-labelledby"] or "").split()) <= set(ids)
    assert not [one for _, one in page.tags if "style" in one]
    assert 'class="demo"' in answer.text
    assert len(answer.content) <= 80_000


def bars() -> list[Bar]:
    points = {"K": Decimal("4.8"), "L": Decimal("-0.4"), "A": Decimal("-7.2")}
    return [Bar(name, "TFP –", points, Decimal("-2.8"), "−2,8%") for name in ("2021", "Bạc <Liêu>")]


@pytest.mark.parametrize("draw", [by_year, by_place])
def test_a_chart_says_in_words_what_it_draws_and_nothing_in_it_speaks_for_itself(
    draw: object,
) -> None:
    assert callable(draw)
    svg = str(draw(bars(), NAMES, title="A < B", axis="Điểm", comma=True, key="k"))
    assert svg.startswith('<svg class="chart" role="img" aria-labelledby="t-k d-k" viewBox="0 0 ')
    assert '<title id="t-k">A &lt; B</title>' in svg
    assert "2021: −2,8%, TFP –; Bạc &lt;Liêu&gt;: −2,8%, TFP –." in svg
    inner = svg[svg.index("</desc>") :]
    assert not re.search(r" (role|aria-[a-z]+|style|class)=", inner)
    assert "Be Vietnam Pro" in inner
    assert svg == str(draw(bars(), NAMES, title="A < B", axis="Điểm", comma=True, key="k"))


def test_negative_parts_hang_below_zero() -> None:
    svg = str(by_year(bars()[:1], NAMES, title="t", axis="x", comma=True, key="k"))
    tops = [float(y) for y in re.findall(r'<path d="M[-\d.]+,([-\d.]+)h', svg)]
    assert len({round(top) for top in tops}) >= 2


def test_a_specification_that_is_none_is_an_error_and_no_empty_picture() -> None:
    with pytest.raises(ValueError, match="Vega-Lite"):
        chart({"mark": "no such mark"}, title="t", description="d", key="k")


@given(
    st.lists(st.decimals(-50, 50, places=4), min_size=1, max_size=5), st.decimals(-1, 1, places=4)
)
def test_rounded_parts_make_the_rounded_whole(parts: list[Decimal], off: Decimal) -> None:
    whole = sum(parts, Decimal(0)) + off
    found = adding_up(parts, whole)
    assert sum(found) == adding_up([whole], whole)[0]
    assert all(abs(one - part) <= Decimal("1.2") for one, part in zip(found, parts, strict=True))


def test_capital_deepening_with_tfp_is_growth_less_labour() -> None:
    more = capital_deepening(Decimal("5.1"), Decimal("0.4"), Decimal("0.006"))
    assert more == Decimal("4.86")
