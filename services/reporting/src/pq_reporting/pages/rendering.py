"""Templates to bytes, with the headers every page has; nothing on a page comes from elsewhere or from a style attribute."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from fastapi import Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from pq_common.dates import VN
from pq_reporting.domain.numbers import day
from pq_reporting.domain.status import Status
from pq_reporting.pages.asking import Asked
from pq_reporting.pages.assets import address
from pq_reporting.pages.messages import TEXTS

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@cache
def environment() -> Environment:
    """Return the templates; autoescaped, and a name that is missing is an error."""
    made = Environment(
        loader=PackageLoader("pq_reporting.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(address=address, statuses=tuple(Status))
    return made


def speaks(lang: str) -> Callable[[str], str]:
    """Return the function that templates call ``t``."""
    return lambda key: TEXTS[key].in_(lang)


def page(
    template: str, asked: Asked, lang: str, path: str, *, status: int = 200, **values: Any
) -> Response:
    """Return a page. ``path`` is its Vietnamese address; the English one stands under ``/en``."""
    question = asked.picture.question
    body = environment().get_template(template).render(
        t=speaks(lang), lang=lang, root="/en" if lang == "en" else "", path=path, asked=asked,
        is_demo=question.mode == "demo", judged_on=day(question.on, lang), heard=_heard(asked, lang), **values,
    )  # fmt: skip
    return Response(
        body,
        status_code=status,
        media_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": CSP, "Content-Language": lang},
    )


def _heard(asked: Asked, lang: str) -> str:
    last: datetime | None = asked.picture.as_of.last_occurred_at
    if last is None:
        return TEXTS["heard_nothing"].in_(lang)
    local = last.astimezone(VN)
    return f"{TEXTS['heard'].in_(lang)} {local:%H:%M} {day(local.date(), lang)}"
