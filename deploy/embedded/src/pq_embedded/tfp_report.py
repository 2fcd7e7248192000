"""The answer of the accounting engines as a table for people: rounded here and nowhere else."""

from collections.abc import Iterator, Mapping
from typing import Any

from pq_embedded.console import Voice
from pq_tfp.domain.presentation import rounded_shares

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "VN-OFFICIAL": ("g_Y %", "g_K %", "g_L %", "g_A %"),
    "TORNQVIST": ("Δln Y %", "Δln A %"),
}
RATES: Mapping[str, tuple[str, ...]] = {
    "VN-OFFICIAL": ("g_Y", "g_K", "g_L", "g_A"),
    "TORNQVIST": ("dln_Y", "dln_A"),
}
SHARE = "growth_share_"


def report(voice: Voice, answer: Mapping[str, Any]) -> None:
    """Show a row per unit and year, then the period, the notices and what a target meets; ``--json`` gives the answer itself."""
    if voice.as_json:
        voice.result(answer, "")
        return
    engine = answer["engine"]
    units: Mapping[str, Any] = answer.get("units") or {"": answer}
    names = _inputs(next(iter(units.values())))
    columns = ("đơn vị / place", "năm / year", *HEADINGS[engine], *(f"{n}: tỷ trọng % / share" for n in names), "ghi chú / note")  # fmt: skip
    rows = [row for unit, figures in units.items() for row in _rows(unit, figures, engine, names)]
    voice.say(
        f"{engine}, {answer['price_basis']}, tỷ trọng lao động / labour share: {answer['share_method']}"
    )
    voice.table(columns, rows)
    for notice in answer["notices"]:
        where = " ".join(
            str(notice[part]) for part in ("unit", "field", "year") if notice[part] is not None
        )
        voice.say(f"{notice['code']}: {where}")
    for unit, figures in units.items():
        _say_target(voice, unit, figures)


def _inputs(figures: Mapping[str, Any]) -> list[str]:
    period = figures["period"]
    return [name.removeprefix(SHARE) for name in period if name.startswith(SHARE)]


def _rows(
    unit: str, figures: Mapping[str, Any], engine: str, names: list[str]
) -> Iterator[tuple[str, ...]]:
    period = figures["period"]
    span = f"{period['first_year']}-{period['last_year']}"
    for label, row in (*figures["years"].items(), (span, period)):
        rates = (_percent(row.get(name)) for name in RATES[engine])
        yield (unit, label, *rates, *_shares(row, names), row.get("reason") or "")


def _shares(row: Mapping[str, Any], names: list[str]) -> list[str]:
    told = {name: row[f"{SHARE}{name}"] for name in names if row.get(f"{SHARE}{name}") is not None}
    if len(told) < len(names):
        return ["" for _ in names]
    return [_comma(str(share)) for share in rounded_shares(told).values()]


def _percent(value: float | None) -> str:
    return "" if value is None else _comma(f"{100 * value:.2f}")


def _comma(text: str) -> str:
    return text.replace(".", ",")


def _say_target(voice: Voice, unit: str, figures: Mapping[str, Any]) -> None:
    sure = figures.get("uncertainty")
    if not sure or not sure["target"]:
        return
    target, band = sure["target"], sure["target"]["band"]
    words = {
        "met": "đạt / met",
        "not met": "không đạt / not met",
        "not decidable": "chưa kết luận được / not decidable",
    }
    chance = target["probability"]
    told = f"xác suất / probability {_percent(chance)} %, " if chance is not None else ""
    voice.say(
        f"{unit}: chỉ tiêu / target {_percent(target['target'])} %: {words[target['verdict']]} "
        f"({told}5-95 %: {_percent(band['low'])} … {_percent(band['high'])} %)"
    )
