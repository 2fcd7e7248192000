"""Vega-Lite on the server: a specification becomes one SVG with a title and a description, kept by its content.

No chart script reaches a browser, and no mark of the drawing speaks for itself: the table beside it does.
"""

import json
import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

import vl_convert
from markupsafe import Markup, escape

FONT: Final = "Be Vietnam Pro"
INK, MUTED, LINE = "#16202a", "#4a5765", "#d3dce6"
COLOURS: Final = {"K": "#7b8794", "L": "#c4661f", "A": "#0b4f8a"}
KEPT = 256
CONFIG: Final[dict[str, Any]] = {
    "background": None,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 13, "titleFontSize": 13, "labelColor": INK, "titleColor": MUTED, "titleFontWeight": 400,
        "gridColor": "#e9eef3", "domainColor": LINE, "tickColor": LINE, "labelAngle": 0,
    },
    "legend": {"labelFontSize": 13, "labelColor": INK, "symbolType": "square", "orient": "top", "title": None},
    "aria": False,
}  # fmt: skip
_ROOT = re.compile(r'<svg [^>]*?viewBox="([^"]+)"[^>]*>')
_SPOKEN = re.compile(r' (?:role|aria-[a-z]+|class|pointer-events)="[^"]*"')


def chart(spec: dict[str, Any], *, title: str, description: str, key: str) -> Markup:
    """Return the drawing of ``spec`` as an image named by ``title``; ``key`` tells its ids from others on the page."""
    box, body = _drawn(json.dumps(spec | {"config": CONFIG}, sort_keys=True, ensure_ascii=False))
    return Markup(  # noqa: S704 - drawn here from a specification of ours, its words escaped
        f'<svg class="chart" role="img" aria-labelledby="t-{key} d-{key}" viewBox="{box}">'
        f'<title id="t-{key}">{escape(title)}</title><desc id="d-{key}">{escape(description)}</desc>{body}</svg>'
    )


@lru_cache(maxsize=KEPT)
def _drawn(spec: str) -> tuple[str, str]:
    """Draw once per content: about 50 ms of processor, and most of a second for the first."""
    _fonts()
    svg = str(vl_convert.vegalite_to_svg(spec))
    root = _ROOT.match(svg)
    if root is None:
        raise ValueError("the drawing does not begin with an svg that has a viewBox")
    return root[1], _SPOKEN.sub("", svg[root.end() :].removesuffix("</svg>"))


@cache
def _fonts() -> None:
    """Give the renderer the font of the pages: it measures labels with it."""
    vl_convert.register_font_directory(str(files("fontpkg_be_vietnam_pro").joinpath("files")))
