"""What the charts on productivity show: stacked contributions with a line of growth, by year or by place."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from markupsafe import Markup

from pq_reporting.pages.charts import COLOURS, INK, chart

LABEL: Final[dict[str, Any]] = {"type": "text", "dy": -15, "fontSize": 13, "fontWeight": 600, "color": INK}  # fmt: skip
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


@dataclass(frozen=True, slots=True)
class Bar:
    """One stack: contributions in points, growth in per cent, and what is written under it."""

    name: str
    under: str
    points: dict[str, Decimal]
    growth: Decimal
    growth_text: str


def by_year(bars: list[Bar], names: dict[str, str], *, title: str, axis: str, comma: bool, key: str) -> Markup:  # fmt: skip
    """Draw the years side by side; negative parts hang below zero, the line is growth."""
    slots = [f"{bar.name}\n{bar.under}" for bar in bars]
    x = {
        "field": "slot", "type": "ordinal", "sort": slots,
        "axis": {"title": None, "labelExpr": "split(datum.label, '\\n')", "ticks": False, "labelPadding": 6},
    }  # fmt: skip
    text = "replace(datum.label, '.', ',')" if comma else "datum.label"
    y = {"type": "quantitative", "axis": {"title": axis, "labelExpr": text, "tickCount": 5}}
    growth = [
        {"slot": slot, "growth": float(bar.growth), "text": bar.growth_text}
        for slot, bar in zip(slots, bars, strict=True)
    ]
    spec = {
        "$schema": SCHEMA, "width": 380, "height": 230,
        "layer": [
            {
                "data": {"values": _parts(slots, bars, names)},
                "mark": {"type": "bar", "stroke": "#fff", "strokeWidth": 1, "width": {"band": 0.62}},
                "encoding": {"x": x, "y": {"field": "points", **y}, "color": _colours(names), "order": {"field": "order"}},
            },
            {
                "data": {"values": growth},
                "encoding": {"x": x, "y": {"field": "growth", **y}},
                "layer": [
                    {"mark": {"type": "line", "color": INK, "strokeWidth": 2}},
                    {"mark": {"type": "point", "color": INK, "fill": "#fff", "size": 45, "strokeWidth": 2, "opacity": 1}},
                    {"mark": LABEL | {"stroke": "#fff", "strokeWidth": 5, "strokeJoin": "round"}, "encoding": {"text": {"field": "text"}}},
                    {"mark": LABEL, "encoding": {"text": {"field": "text"}}},
                ],
            },
        ],
    }  # fmt: skip
    return chart(spec, title=title, description=described(bars, names), key=key)


def by_place(bars: list[Bar], names: dict[str, str], *, title: str, axis: str, comma: bool, key: str) -> Markup:  # fmt: skip
    """Draw places under one another, a tick where growth stands; ``under`` stands at the end of the row."""
    slots = [bar.name for bar in bars]
    text = "replace(datum.label, '.', ',')" if comma else "datum.label"
    y = {"field": "slot", "type": "ordinal", "sort": slots, "axis": {"title": None, "labelLimit": 150, "ticks": False, "domain": False}}  # fmt: skip
    x = {"type": "quantitative", "axis": {"title": axis, "labelExpr": text, "tickCount": 5}}
    growth = [
        {"slot": bar.name, "growth": max(float(bar.growth), 0.0), "text": bar.under} for bar in bars
    ]
    spec = {
        "$schema": SCHEMA, "width": 290, "height": {"step": 30},
        "layer": [
            {
                "data": {"values": _parts(slots, bars, names)},
                "mark": {"type": "bar", "stroke": "#fff", "strokeWidth": 1, "height": {"band": 0.62}},
                "encoding": {"y": y, "x": {"field": "points", **x}, "color": _colours(names), "order": {"field": "order"}},
            },
            {
                "data": {"values": growth},
                "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 13, "fontWeight": 600, "color": INK},
                "encoding": {"y": y, "x": {"field": "growth", **x}, "text": {"field": "text"}},
            },
        ],
    }  # fmt: skip
    return chart(spec, title=title, description=described(bars, names), key=key)


def levels(bars: list[tuple[str, Decimal, str]], *, title: str, axis: str) -> Markup:
    """Draw levels under one another, each with its number at the end, a line where the reference stands."""
    names = [name for name, _, _ in bars]
    values = [{"name": name, "level": float(level), "text": text} for name, level, text in bars]
    y = {"field": "name", "type": "ordinal", "sort": names, "axis": {"title": None, "labelLimit": 150, "ticks": False, "domain": False}}  # fmt: skip
    x = {"field": "level", "type": "quantitative", "axis": {"title": axis, "tickCount": 5}}
    spec = {
        "$schema": SCHEMA, "width": 290, "height": {"step": 30}, "data": {"values": values},
        "layer": [
            {"mark": {"type": "bar", "color": COLOURS["A"], "height": {"band": 0.62}}, "encoding": {"y": y, "x": x}},
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 13, "fontWeight": 600, "color": INK},
                "encoding": {"y": y, "x": x, "text": {"field": "text"}},
            },
            {"data": {"values": [{}]}, "mark": {"type": "rule", "color": INK, "strokeDash": [4, 3]}, "encoding": {"x": {"datum": 100}}},
        ],
    }  # fmt: skip
    spoken = "; ".join(f"{name}: {text}" for name, _, text in bars) + "."
    return chart(spec, title=title, description=spoken, key="levels")


def described(bars: list[Bar], names: dict[str, str]) -> str:
    """Say the whole drawing in words: each stack with its growth and its parts."""
    return "; ".join(f"{bar.name}: {bar.growth_text}, {bar.under}" for bar in bars) + "."


def _parts(slots: list[str], bars: list[Bar], names: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"slot": slot, "part": names[part], "points": float(value), "order": order}
        for slot, bar in zip(slots, bars, strict=True)
        for order, (part, value) in enumerate(bar.points.items())
    ]


def _colours(names: dict[str, str]) -> dict[str, Any]:
    return {
        "field": "part", "type": "nominal",
        "scale": {"domain": list(names.values()), "range": [COLOURS[part] for part in names]},
    }  # fmt: skip
