"""``/``: where the programme stands, in one screen, and where to read more."""

from fastapi import APIRouter, Response

from pq_reporting.operations.judge_targets import Wanted
from pq_reporting.pages.asking import Lang, Page
from pq_reporting.pages.rendering import page
from pq_reporting.pages.sections import headline, sections_of, shares_of

router = APIRouter(include_in_schema=False)


@router.get("/")
async def overview_vi(asked: Page) -> Response:
    """Return the overview in Vietnamese."""
    return _overview(asked, "vi")


@router.get("/en")
async def overview_en(asked: Page) -> Response:
    """Return the overview in English."""
    return _overview(asked, "en")


def _overview(asked: Page, lang: Lang) -> Response:
    picture = asked.picture
    return page(
        "overview.html", asked, lang, "/",
        title=headline(picture.targets, lang), shares=shares_of(picture.targets, lang),
        sections=sections_of(picture, Wanted(), lang),
    )  # fmt: skip
