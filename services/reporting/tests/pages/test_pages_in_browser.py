"""The pages in Debian's Chromium: nothing for axe to find, no sideways scroll, nothing refused by the policy.

Screenshots go to the folder that PQ_SCREENSHOTS names, or to the test's own temporary folder.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from pq_common.testing.parts import require
from pq_common.testing.report import used
from pq_common.testing.served import served

pytestmark = [pytest.mark.browser, pytest.mark.untraced]
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-default-apps", "--disable-sync", "--metrics-recording-only", "--no-first-run",
)  # fmt: skip
PAGES = {
    "overview": "/", "overview-en": "/en", "targets": "/chi-tieu", "targets-en": "/en/chi-tieu?mode=demo",
    "target": "/chi-tieu/hung-yen-2021-2030/HY-04", "target-en": "/en/chi-tieu/hung-yen-2021-2030/HY-07",
    "plan": "/chi-tieu/hai-phong-2021-2025", "plan-en": "/en/chi-tieu/hung-yen-2021-2030",
    "growth": "/nang-suat?mode=demo", "growth-en": "/en/nang-suat?mode=demo&dvhc=2021",
    "account": "/nang-suat/vn-31-2025?mode=demo", "account-en": "/en/nang-suat/vn-31-1997?mode=demo",
    "clause": "/chi-tieu/hai-phong-2021-2025/HP-01?mode=demo&ngay=2026-06-30",
    "levels": "/nang-suat/so-sanh?mode=demo&dvhc=2021", "missing": "/chi-tieu/none/N-1",
}  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = require("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        used("browser", f"Chromium {browser.version}")
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(told_once: str, app_of: Callable[..., FastAPI]) -> Iterator[str]:
    with served(app_of(told_once)) as address:
        yield address


@pytest.fixture
def said(chromium: Browser) -> list[str]:
    """What the browser complained of."""
    return []


@pytest.fixture
def page(chromium: Browser, said: list[str]) -> Iterator[Page]:
    with chromium.new_context(locale="vi-VN") as context:
        opened = context.new_page()
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        yield opened


def opened(page: Page, address: str, width: int) -> Page:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address, wait_until="networkidle")
    for details in page.query_selector_all("details"):
        details.evaluate("node => node.open = true")
    return page


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [1366, 390])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    page: Page, site: str, name: str, width: int, tmp_path: Path, said: list[str]
) -> None:
    opened(page, site + PAGES[name], width)
    found = Axe().run(page)
    folder = Path(os.environ.get("PQ_SCREENSHOTS", tmp_path))
    page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
    assert found.violations_count == 0, found.generate_report()
    for narrower in {width, 320}:
        page.set_viewport_size({"width": narrower, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= narrower
    assert [line for line in said if name != "missing" or "404" not in line] == []


def test_a_filter_chosen_is_in_the_address_and_empty_ones_are_not(page: Page, site: str) -> None:
    opened(page, f"{site}/chi-tieu", 1366)
    with page.expect_navigation():
        page.select_option("#f-status", "missed")
    assert page.url.endswith("/chi-tieu?trang_thai=missed") or page.url.endswith(
        "?trang_thai=missed"
    )


def test_without_script_the_form_still_works(chromium: Browser, site: str) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site}/chi-tieu")
        page.select_option("#f-status", "missed")
        with page.expect_navigation():
            page.click("form button")
        assert "trang_thai=missed" in page.url
        assert page.locator("table.brief tbody tr:not(.period)").count() == 2


def test_the_font_of_the_pages_is_ours(page: Page, site: str) -> None:
    opened(page, site, 1366)
    assert page.evaluate("document.fonts.check('600 16px \"Be Vietnam Pro\"')")


def test_a_keyboard_reaches_the_content_first(page: Page, site: str) -> None:
    opened(page, f"{site}/chi-tieu", 1366)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
