"""One unit or a panel of them becomes yearly series, each checked, linked and filled as the request says, before any engine sees it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field

from pq_common.errors import FieldError
from pq_tfp.api.compute.names import refuse_unnamed, twice_faults
from pq_tfp.api.compute.shapes import (
    Asked,
    Declared,
    Panel,
    PriceBasis,
    Rows,
    Series,
    ShortText,
    Year,
    table_faults,
    yearly,
)
from pq_tfp.domain import guards
from pq_tfp.domain.axes import Notice, axes_faults, placed, refuse
from pq_tfp.domain.errors import SeriesRefused

A = TypeVar("A")
T = TypeVar("T")
VOLUMES = frozenset({"Y", "K", "I", "II", "M", "GO"})
"""Money at constant prices; their price basis must be told. Persons, hours and joules have none."""
STOCKS = frozenset({"K"})


class FiguresPanel(Panel):
    """Many units: ``y`` holds Y, ``x`` the inputs, ``z`` everything else under its own key (beta, share_K, cost_K, VA, CE …)."""

    z: dict[ShortText, Rows] = Field(default={})


class Earlier(Asked):
    """The same series in an earlier base year, vintage or definition, to be linked in front over the years both have."""

    price_basis: PriceBasis | None = None
    vintage: ShortText | None = None
    values: Series


class Figures(Asked):
    """What the accounting engines share: levels of one unit by year, or a panel; and what the numbers alone cannot show."""

    price_basis: PriceBasis | None = Field(
        default=None, description="Of every volume that does not declare its own"
    )
    declared: dict[ShortText, Declared] = Field(
        default={}, description="Unit, price basis, kind and vintage by series", max_length=50
    )
    vintages: dict[ShortText, dict[Year, ShortText]] = Field(
        default={}, description="Where the years of one series are of several vintages"
    )
    earlier: dict[ShortText, Earlier] = Field(
        default={}, description="Linked in front of the series over the years both have"
    )
    breaks: dict[ShortText, list[int]] = Field(
        default={},
        description="The first years of a new definition, by series",
        examples=[{"L": [2021]}],
    )
    fill: Literal["GEOMETRIC_FILL"] | None = Field(
        default=None, description="Fill years missing inside a series; they carry no annual TFP"
    )
    nation_g_Y: Series | None = Field(
        default=None, description="Growth of the nation, fractions, to compare with"
    )
    first_year: Annotated[int, Field(ge=1900, le=2099)] | None = Field(
        default=None, description="First growth year of the period: 2021-2025 grows out of 2020"
    )
    last_year: Annotated[int, Field(ge=1900, le=2099)] | None = None
    panel: FiguresPanel | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """The series of one unit as sent; no name where there is no panel."""

    name: str | None
    series: Mapping[str, dict[int, float]]


@dataclass(frozen=True, slots=True)
class Ready:
    """The series of one unit, linked and filled: ``imputed`` years were made up."""

    series: dict[str, dict[int, float]]
    imputed: frozenset[int]
    linked: dict[str, guards.Linked]
    notices: list[Notice]


def units_of(told: Figures, single: Mapping[str, Series | None]) -> list[Unit]:
    """Return the units of the request: its panel's, or the one whose series are in ``single``. Raises SeriesRefused."""
    given = {name: yearly(values) for name, values in single.items() if values is not None}
    if told.panel is None:
        return [Unit(None, given)]
    if given:
        said = (
            "Gửi panel hoặc từng chuỗi, không gửi cả hai.",
            "Send a panel or single series, not both.",
        )
        refuse([placed(name, None, None, "panel_and_series", said) for name in given])
    panel, axes = told.panel, told.panel.axes
    refuse(axes_faults(axes, minimum=1))
    refuse(twice_faults((panel.y, panel.x, panel.z)))
    tables = {**panel.y, **panel.x, **panel.z}
    refuse(table_faults(tables, axes))
    return [
        Unit(unit, {name: _row(table[at], panel.years) for name, table in tables.items()})
        for at, unit in enumerate(panel.units)
    ]


def each(units: Iterable[Unit], do: Callable[[Unit], T]) -> dict[str | None, T]:
    """Return what ``do`` makes of each unit. Raises SeriesRefused with the faults of all, each naming its unit."""
    made: dict[str | None, T] = {}
    found: list[FieldError] = []
    for unit in units:
        try:
            made[unit.name] = do(unit)
        except SeriesRefused as refusal:
            found += [placed_in(fault, unit.name) for fault in refusal.errors]
    refuse(found)
    return made


def each_named(items: Mapping[str, A], do: Callable[[str, A], T]) -> dict[str, T]:
    """Return what ``do`` makes of each item. Raises SeriesRefused with the faults of all."""
    made: dict[str, T] = {}
    found: list[FieldError] = []
    for name, item in items.items():
        try:
            made[name] = do(name, item)
        except SeriesRefused as refusal:
            found += refusal.errors
    refuse(found)
    return made


def of_unit(notices: Iterable[Notice], unit: str | None) -> list[Notice]:
    """Return the notices with the unit named."""
    return [Notice(n.code, n.field, unit if n.unit is None else n.unit, n.year) for n in notices]


def ready(unit: Unit, told: Figures, *, levels: Iterable[str]) -> Ready:
    """Return the series with ``levels`` linked and filled, and what is suspicious in them. Raises SeriesRefused."""
    series, linked = dict(unit.series), {}
    imputed: set[int] = set()
    names = [name for name in levels if series.get(name)]
    refuse(
        [
            fault
            for name, by_year in told.vintages.items()
            for fault in guards.vintage_faults(name, {int(y): v for y, v in by_year.items()})
        ]
    )
    for name in names:
        if name in told.earlier:
            refuse(_mixture_faults(told, name))
            linked[name] = guards.link_bases(name, yearly(told.earlier[name].values), series[name])
            series[name] = linked[name].values
        if told.fill is not None:
            filled = guards.geometric_fill(name, series[name])
            series[name], imputed = filled.values, imputed | filled.imputed
    notices = guards.ends_early({name: series[name] for name in names}) if names else []
    return Ready(series, frozenset(imputed), linked, notices)


def check_options(told: Figures, series: Iterable[str], *, levels: Iterable[str]) -> None:
    """Refuse an option about a series that the request does not have: it would be left out in silence. Raises SeriesRefused.

    ``levels`` are those that may be linked to an earlier one.
    """
    known = set(series)
    said = (("declared", told.declared), ("vintages", told.vintages), ("breaks", told.breaks))
    refuse_unnamed({option: list(names) for option, names in said}, known)
    refuse_unnamed({"earlier": told.earlier}, known.intersection(levels))


def check_declared(told: Figures, volumes: Iterable[str]) -> None:
    """Refuse mixed or undeclared price bases of ``volumes``, and a capital that is declared a flow. Raises SeriesRefused."""
    bases = {name: basis_of(told, name) for name in sorted(VOLUMES.intersection(volumes))}
    found = guards.price_basis_faults(bases) if bases else []
    for name in STOCKS & told.declared.keys():
        if told.declared[name].kind == "flow":
            said = (
                f"{name} khai là lưu lượng (đầu tư); cần vốn tích lũy: hãy tính bằng compute/capital-stock.",
                f"{name} is declared a flow (investment); a stock is needed: compute it by compute/capital-stock.",
            )
            found.append(placed(name, None, None, "capital_is_a_stock", said))
    nation = yearly(told.nation_g_Y or {})
    refuse(found + guards.unit_faults("nation_g_Y", nation, unit="fraction", kind="growth"))


def basis_of(told: Figures, name: str) -> str | None:
    """Return the price basis of a series: its own, or that of all."""
    own = told.declared.get(name)
    return own.price_basis if own is not None and own.price_basis else told.price_basis


def _mixture_faults(told: Figures, name: str) -> list[FieldError]:
    """Refuse to link current prices with constant ones: their ratio is a price index, not a change of base."""
    bases = {told.earlier[name].price_basis or basis_of(told, name), basis_of(told, name)}
    if name not in VOLUMES or len(bases) == 1 or "current" not in bases:
        return []
    listed = ", ".join(sorted(map(str, bases)))
    said = (
        f"{name} có cả giá hiện hành và giá so sánh ({listed}); không nối được.",
        f"{name} is told in current and in constant prices ({listed}); they cannot be linked.",
    )
    return [placed(name, None, None, "price_basis_mixed", said)]


def common(told: Figures) -> dict[str, Any]:
    """Return what the contract of the answer repeats of the declarations."""
    basis, labour, output = basis_of(told, "Y"), told.declared.get("L"), told.declared.get("Y")
    return {
        "price_basis": basis,
        "base_year": int(basis[-4:]) if basis and basis.startswith("constant-") else None,
        "labour_unit": labour.unit if labour else None,
        "vintage": output.vintage if output else None,
        "declared": told.declared,
    }


def _row(row: list[float | None], years: list[int]) -> dict[int, float]:
    return {year: value for year, value in zip(years, row, strict=True) if value is not None}


def placed_in(fault: FieldError, unit: str | None) -> FieldError:
    """Return the fault with the unit after the field in its pointer, and before its sentences."""
    if unit is None:
        return fault
    field, _, rest = fault.pointer.removeprefix("/").partition("/")
    escaped = unit.replace("~", "~0").replace("/", "~1")
    where = f"/{field}/{escaped}" + (f"/{rest}" if rest else "")
    return FieldError(
        where, fault.code, f"{unit}: {fault.message_vi}", f"{unit}: {fault.message_en}"
    )
