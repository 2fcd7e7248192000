"""Figures of growth in words: rates, points with their sign, shares, bands, and the reason where there is none."""

from decimal import Decimal

from pq_common import places
from pq_common.contracts.tfp import PeriodOfGrowth, Spread, TfpResult, YearOfGrowth
from pq_reporting.domain.boundaries import TODAY
from pq_reporting.domain.numbers import adding_up, figures
from pq_reporting.domain.productivity import REASONS
from pq_reporting.pages.growth_messages import TEXTS
from pq_reporting.pages.sections import capital

PARTS = ("K", "L", "A")
NONE = "–"


def place_text(said: TfpResult) -> str:
    """Return the place with the dates that tell it from its namesakes."""
    return capital(places.describe(said.place_id))


def short_name(place_id: str) -> str:
    """Return the name alone, as the place bore it when it began or when the plans did; on one map no two are alike."""
    span = places.span(place_id)
    return places.name_on(place_id, max(span.valid_from, places.boundary("2021").since))


def percent(fraction: str | None, lang: str, *, places_: int = 1) -> str:
    """Write a fraction in per cent, always with its decimals so that columns align; a dash where it is not known."""
    if fraction is None:
        return NONE
    return f"{figures(100 * Decimal(fraction), lang, places=places_, fixed=True)}%"


def points_text(value: str | None, lang: str, *, factor: int = 1, places_: int = 1) -> str:
    """Write points of growth with their sign, as contributions are read."""
    if value is None:
        return NONE
    text = figures(factor * Decimal(value), lang, places=places_, fixed=True)
    return text if text.startswith("−") or not text.strip("0,.") else f"+{text}"


def share_text(one: PeriodOfGrowth | YearOfGrowth, lang: str) -> str:
    """Write the share of TFP; where there is none the reason is told beside."""
    return percent(one.growth_share_A, lang)


def band_text(band: Spread | None, lang: str) -> str:
    """Write a band as its two ends."""
    if band is None:
        return NONE
    word = "to" if lang == "en" else "đến"
    return f"{percent(band.low, lang)} {word} {percent(band.high, lang)}"


def points_band(band: Spread | None, lang: str, *, factor: int = 1, places_: int = 1) -> str:
    """Write a band of points as its two ends."""
    if band is None:
        return NONE
    low, high = (
        points_text(one, lang, factor=factor, places_=places_) for one in (band.low, band.high)
    )
    return f"{low} {'to' if lang == 'en' else 'đến'} {high}"


def reason_text(reason: str | None, lang: str) -> str | None:
    """Return why there is no share."""
    if reason is None:
        return None
    return REASONS[reason].in_(lang) if reason in REASONS else reason


def boundary_text(boundary: str, lang: str) -> str:
    """Name the map a result stands on."""
    known = {"2021": "old_map", TODAY: "new_map"}
    return TEXTS[known[boundary]].in_(lang) if boundary in known else boundary


def rounded_points(one: PeriodOfGrowth | YearOfGrowth) -> dict[str, Decimal] | None:
    """Return the contributions so rounded that they make the rounded growth; None where one was not told."""
    told = [getattr(one, f"contribution_{name}") for name in PARTS]
    return None if None in told else _making(told, 100 * Decimal(one.g_Y))


def _making(told: list[str], whole: Decimal, *, factor: int = 1) -> dict[str, Decimal]:
    """Round the parts to a whole; the figure of TFP is the headline and stays, capital and labour give way."""
    capital_, labour, tfp = (factor * Decimal(value) for value in told)
    (headline,), (rounded,) = adding_up([tfp], tfp), adding_up([whole], whole)
    rest = adding_up([capital_, labour], rounded - headline)
    return dict(zip(PARTS, (*rest, headline), strict=True))


def points_of(one: PeriodOfGrowth | YearOfGrowth, lang: str) -> dict[str, str]:
    known = rounded_points(one)
    if known is None:
        return dict.fromkeys(PARTS, NONE)
    return {name: points_text(str(value), lang) for name, value in known.items()}


def shares_of(one: PeriodOfGrowth | YearOfGrowth, lang: str) -> dict[str, str]:
    told = [getattr(one, f"growth_share_{name}") for name in PARTS]
    if None in told:
        return dict.fromkeys(PARTS, NONE) | {"A": share_text(one, lang)}
    rounded = _making(told, Decimal(100), factor=100)
    return {name: percent(str(value / 100), lang) for name, value in rounded.items()}
