"""Pages without a browser: structure, words, headers, and that nothing is said in one language only."""

import csv
import io
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from pq_reporting.operations.judge_targets import Question, Wanted
from pq_reporting.pages import messages
from pq_reporting.pages.asking import Asked
from pq_reporting.pages.assets import FONTS, address, asset
from pq_reporting.pages.files import harmless
from pq_reporting.pages.rendering import page
from pq_reporting.pages.sections import fair_length

PAGES = (
    "/",
    "/en",
    "/chi-tieu",
    "/en/chi-tieu",
    "/chi-tieu/hai-phong-2021-2025",
    "/en/chi-tieu/hung-yen-2021-2030",
    "/nang-suat",
    "/en/nang-suat",
    "/chi-tieu/hung-yen-2021-2030/HY-04",
    "/en/chi-tieu/hung-yen-2021-2030/HY-07",
)
TEMPLATES = Path(messages.__file__).parent


class Outline(HTMLParser):
    """What a test asks of a page: tags with attributes, and ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize(
    "query", ["?mode=x", "?dvhc=1900", "?ngay=31/12", "?nhom=9", "?trang_thai=x"]
)
async def test_a_filter_that_says_what_it_cannot_is_refused(
    client: AsyncClient, query: str
) -> None:
    answer = await client.get(f"/chi-tieu{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_place_that_never_was_is_refused_by_the_name_of_the_pages_filter(
    client: AsyncClient,
) -> None:
    refused = (await client.get("/chi-tieu?dia_ban=33")).json()
    pointers = [fault["pointer"] for fault in refused["errors"]]
    assert (refused["code"], pointers) == ("place_filter_unknown", ["#query/dia_ban"])


async def test_a_target_that_is_not_there_gets_a_page_that_says_so(client: AsyncClient) -> None:
    answer = await client.get("/chi-tieu/none/N-1")
    assert (answer.status_code, "Không có trang này" in answer.text) == (404, True)


async def test_an_old_address_of_an_asset_is_not_there(client: AsyncClient) -> None:
    assert (await client.get("/static/000000000000/pq.css")).status_code == 404
    assert (await client.get("/static/000000000000/secret.py")).status_code == 422


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_whole(client: AsyncClient, path: str) -> None:
    answer = await client.get(path)
    page = Outline(answer.text)
    ids = [one["id"] for _, one in page.tags if "id" in one]
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert len(page.all("h1")) == 1
    assert len(ids) == len(set(ids))
    assert page.all("html")[0]["lang"] == ("en" if path.startswith("/en") else "vi")
    assert not [
        one for _, one in page.tags if "style" in one or any(name.startswith("on") for name in one)
    ]
    labelled = {one["for"] for one in page.all("label")}
    fields = [
        one for tag in ("select", "input") for one in page.all(tag) if one.get("type") != "hidden"
    ]
    assert all(one["id"] in labelled for one in fields)
    assert all(
        set((one["aria-labelledby"] or "").split()) <= set(ids)
        for one in page.all("svg")
        if "aria-labelledby" in one
    )
    assert {one.get("hreflang") for one in page.all("link")} >= {"vi", "en"}


async def test_every_address_on_the_pages_leads_somewhere(client: AsyncClient) -> None:
    for path in ("/", "/en/chi-tieu", "/chi-tieu?mode=demo&dvhc=then"):
        page = Outline((await client.get(path)).text)
        hrefs = {one["href"] or "" for tag in ("a", "link") for one in page.all(tag)}
        for href in sorted(href for href in hrefs if href.startswith("/"))[:60]:
            assert (await client.get(href)).status_code in (200, 307), href


async def test_a_silent_target_says_so_and_shows_no_zero(client: AsyncClient) -> None:
    text = (await client.get("/chi-tieu?ke_hoach=hai-phong-2021-2025")).text
    row = text[text.index("HP-01") : text.index("</tr>", text.index("HP-01"))]
    assert "Chưa báo cáo" in row
    assert not re.search(r"<b>0", row)


async def test_a_plan_with_one_number_is_as_visible_as_one_with_many(client: AsyncClient) -> None:
    page = Outline((await client.get("/chi-tieu/hai-phong-2021-2025")).text)
    assert len([one for one in page.all("h4") if one["id"]]) == 6
    assert len([one for one in page.all("span") if one.get("class") == "what"]) == 18
    together = (await client.get("/chi-tieu")).text
    mine = together[together.index("Thành phố Hải Phòng</span>, 2021") :]
    mine = mine[: mine.index("</section>")]
    assert (mine.count("HP-01</span>"), mine.count("<i>(")) == (1, 18)


async def test_a_plan_that_is_not_there_gets_a_page_that_says_so(client: AsyncClient) -> None:
    answer = await client.get("/en/chi-tieu/none")
    assert (answer.status_code, "There is no plan of that code" in answer.text) == (404, True)


async def test_filters_of_the_list_leave_nothing_out_of_a_plan(client: AsyncClient) -> None:
    path = "/chi-tieu/hung-yen-2021-2030?ngay=2025-12-31"
    whole = (await client.get(path)).text
    filtered = (await client.get(f"{path}&trang_thai=missed&nhom=2")).text
    assert whole.count('<th scope="row">') == filtered.count('<th scope="row">') == 5


@pytest.mark.parametrize(
    ("counts", "most", "length"),
    [([], 10, 10), ([3, 3], 10, 10), ([33, 2, 3], 20, 15), ([9, 9, 9], 10, 3), ([5] * 30, 10, 1)],
)
def test_no_plan_is_favoured_when_all_do_not_fit(counts: list[int], most: int, length: int) -> None:
    assert fair_length(counts, most) == length


@given(st.lists(st.integers(0, 60), min_size=1, max_size=40), st.integers(40, 200))
def test_lists_cut_to_a_fair_length_fit_and_waste_no_room(counts: list[int], most: int) -> None:
    length = fair_length(counts, most)
    shown = sum(min(count, length) for count in counts)
    assert shown <= most
    assert shown == sum(counts) or sum(min(count, length + 1) for count in counts) > most


async def test_what_is_cut_is_said_and_led_to_and_the_pressing_stays(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pq_reporting.pages.target_pages.ROWS_AT_ONCE", 5)
    text = (await client.get("/chi-tieu?ngay=2025-12-31")).text
    mine = text[text.index("Tỉnh Hưng Yên</span>") :]
    mine = mine[: mine.index("</section>")]
    assert "Còn 3 chỉ tiêu không hiện ở đây." in mine
    assert mine.count("HY-04</span>") == 1
    assert 'href="/chi-tieu/hung-yen-2021-2030?ngay=2025-12-31"' in mine


async def test_the_texts_of_plans_are_escaped_and_their_readings_shown(client: AsyncClient) -> None:
    assert "Tỷ trọng TFP &lt;47%&gt;" in (await client.get("/chi-tieu")).text
    plan = "/chi-tieu/hung-yen-2021-2030"
    for path, shown in (
        (f"{plan}/HY-06", "phấn đấu"),
        (f"{plan}/HY-01", "khi Trung ương mở khóa"),
        (f"{plan}/HY-01", "Đúng 20."),
        (f"{plan}/HY-01", "đơn vị chủ trì, calendar"),
        (plan, "in “KD”, đọc là “KH”"),
        (plan, "Hỗ trợ 2-3 đơn vị."),
    ):
        assert shown in (await client.get(path)).text, shown


async def test_the_headline_is_computed_from_what_is_shown(client: AsyncClient) -> None:
    whole = (await client.get("/chi-tieu?ngay=2025-12-31")).text.replace("\u00a0", " ")
    assert "1/8 chỉ tiêu đạt hoặc đúng tiến độ; 2 chậm hoặc không đạt; 3 chưa báo cáo" in whole
    late = (await client.get("/en/chi-tieu?ngay=2025-12-31&trang_thai=missed")).text.replace(
        "\u00a0", " "
    )
    assert "0 of 2 targets met or on track; 2 behind or not met; 0 not reported" in late


async def test_then_and_now_stand_beside_each_other_and_then_alone_on_request(
    client: AsyncClient,
) -> None:
    now = (await client.get("/chi-tieu?ngay=2025-12-31")).text
    assert "Nay, tỉnh Hưng Yên:</strong> 7 lớp" in now
    one = (await client.get("/chi-tieu/hung-yen-2021-2030/HY-04?ngay=2025-12-31")).text
    assert "Thái Bình (trước 1/7/2025): khoảng 9 lớp" in one
    assert (
        "Nay, tỉnh Hưng Yên" not in (await client.get("/chi-tieu?ngay=2025-12-31&dvhc=then")).text
    )


async def test_demonstration_figures_are_marked_on_every_page_and_official_ones_are_not(
    client: AsyncClient,
) -> None:
    for path in PAGES:
        marked = (await client.get(f"{path}?mode=demo")).text
        assert 'class="demo"' in marked
        assert "<title>[D" in marked
        assert 'class="banner"' in marked
        assert 'class="banner"' not in (await client.get(path)).text


@pytest.mark.parametrize("path", ["/", "/chi-tieu"])
@pytest.mark.parametrize(("lang", "root"), [("vi", ""), ("en", "/en")])
def test_official_figures_stay_until_the_way_back_is_taken(lang: str, root: str, path: str) -> None:
    """An empty address would be this very page, query and all."""
    question = Question(date(2025, 12, 31), "2025-07-01", "official")
    as_of = SimpleNamespace(last_occurred_at=None)
    picture: Any = SimpleNamespace(question=question, as_of=as_of)
    asked = Asked(picture, Wanted(), "34", "demo", day_given=False)
    text = bytes(
        page("missing.html", asked, lang, path, title="x", why="not_found_why").body
    ).decode()
    here = root + (path if path != "/" or not root else "")
    footer = text[text.index("<footer") :]
    assert [link["href"] for link in Outline(footer).all("a")] == [here]
    nav = text[text.index("<nav") : text.index("</nav>")]
    kept = [link["href"] for link in Outline(nav).all("a") if link["href"] != "/reporting/docs"]
    assert all(str(href).endswith("?mode=official") for href in kept), kept


async def test_the_same_figures_can_be_taken_away(client: AsyncClient) -> None:
    answer = await client.get("/chi-tieu.csv?ngay=2025-12-31&ke_hoach=hung-yen-2021-2030")
    rows = {
        row["code"]: row for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    }
    assert (rows["HY-04"]["actual"], rows["HY-04"]["status"]) == ("5", "missed")
    assert (rows["HY-30"]["actual"], rows["HY-30"]["actual_kind"]) == ("", "missing")
    json = await client.get("/chi-tieu.json?ngay=2025-12-31&dvhc=2021", follow_redirects=True)
    assert (json.json()["boundary"], len(json.json()["items"])) == ("2021", 8)


@pytest.mark.parametrize(
    ("cell", "kept"),
    [("=1+1", "'=1+1"), ("@x", "'@x"), ("-3.5", "-3.5"), ("-x", "'-x"), (None, ""), ("3", "3")],
)
def test_no_cell_is_run_as_a_formula(cell: Any, kept: str) -> None:
    assert harmless(cell) == kept


async def test_before_anything_is_heard_the_pages_say_so(world: Any, client_of: Any) -> None:
    async with client_of(world.api_url) as client:
        for path in ("/", "/chi-tieu", "/en/chi-tieu"):
            text = (await client.get(path)).text
            assert "pq load plans" in text
        assert "Chưa nhận được báo cáo nào" in (await client.get("/")).text


def test_every_sentence_exists_in_both_languages_and_is_used() -> None:
    templates = "".join(
        path.read_text(encoding="utf-8")
        for path in TEMPLATES.rglob("*")
        if path.suffix in (".html", ".py")
    )
    for table in (
        messages.TEXTS,
        messages.STATES,
        messages.KINDS,
        messages.LABELS,
        messages.NOT_SAID,
    ):
        assert all(one.vi.strip() and one.en.strip() for one in table.values())
    unused = [
        key
        for key in messages.TEXTS
        if templates.count(f'"{key}"') + templates.count(f"'{key}'") < 2
    ]
    assert [key for key in unused if not key.startswith("boundary_")] == []


def test_style_and_script_keep_to_their_budgets_and_bring_nothing_from_elsewhere() -> None:
    style, script = asset("pq.css"), asset("pq.js")
    assert len(style) <= 15_000
    assert len(script) <= 10_000
    assert b"http" not in style + script


def test_words_that_the_style_sheet_puts_beside_narrow_rows_are_those_of_the_pages() -> None:
    style = asset("pq.css").decode()
    for name, key in (("said", "promised"), ("got", "actual"), ("need", "needed")):
        said = re.findall(rf'--{name}:"([^"]+)"', style)
        assert said == [messages.TEXTS[key].vi, messages.TEXTS[key].en]


def test_fonts_are_reached_by_their_digest() -> None:
    style = asset("pq.css")
    assert all(address(font).encode() in style for font in FONTS)


def _luminance(colour: str) -> float:
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_and_marks_stand_out_from_their_ground() -> None:
    style = asset("pq.css").decode()
    tokens = dict(re.findall(r"--([a-z]+):(#[0-9a-f]{6})", style))
    for name in ("ink", "muted", "link", "good", "late", "bad", "quiet", "open"):
        assert _contrast(tokens[name], "#ffffff") >= 4.5, name
        assert _contrast(tokens[name], tokens["page"]) >= 4.5, name
    assert _contrast("#4d3500", tokens["amber"]) >= 4.5
    for mark in ("#2b8a55", "#4c9a8a", "#c46a0a", tokens["bad"]):
        assert _contrast(mark, "#ffffff") >= 3, mark


async def test_the_day_asked_about_is_today_unless_said(client: AsyncClient) -> None:
    text = (await client.get("/reporting/v1/targets")).json()
    assert date.fromisoformat(text["on"]) >= date(2026, 1, 1)
