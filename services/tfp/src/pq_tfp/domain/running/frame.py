"""The inputs of an engine, of the whole and of each part it was summed from: Y, K, L and β by year, with what was noticed on the way."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from pq_common import places
from pq_tfp.domain.axes import Notice, refuse
from pq_tfp.domain.errors import fault
from pq_tfp.domain.guards import (
    break_notices,
    ends_early,
    faster_than_nation,
    geometric_fill,
    optional_or_persons,
)
from pq_tfp.domain.running.flows import Years
from pq_tfp.domain.running.specification import Specification
from pq_tfp.domain.running.stock import Capital, capital_of, memory_notices
from pq_tfp.domain.running.supply import Level, Supply, base_faults, constant_faults
from pq_tfp.domain.running.weights import Shares, needed, shares_of
from pq_tfp.domain.series import Yearly, common_years
from pq_tfp.domain.store.linking import Link
from pq_tfp.domain.store.stored import Stored


@dataclass(frozen=True, slots=True)
class One:
    """What one place puts into an engine: by year, consecutive years."""

    Y: Years
    K: Years
    L: Years
    beta: Years


@dataclass(frozen=True, slots=True)
class Frame:
    """The whole and its parts (empty for a place that no merger made), the years, and all that goes into the output contract."""

    whole: One
    parts: dict[str, One]
    years: tuple[int, ...]
    price_basis: str
    output: Level
    labour: Level
    share: Shares
    capital: Capital
    imputed: frozenset[int]
    links: tuple[Link, ...]
    notices: tuple[Notice, ...]
    supply: Supply
    series: tuple[Stored, ...]

    @property
    def contract(self) -> dict[str, Any]:
        """Return what every output tells of its inputs."""
        return {
            "base_year": int(self.price_basis.rpartition("-")[2]),
            "price_basis": self.price_basis,
            "labour_unit": self.labour.unit,
            "labour_measure": self.labour.measure,
            "output_unit": self.output.unit,
            "share_method": self.share.method,
            "share": self.share.told,
            "capital_method": self.capital.told,
            "imputed_years": sorted(self.imputed),
            "links": [asdict(link) for link in self.links],
        }


def frame(series: Sequence[Stored], wanted: Specification) -> Frame:
    """Return the inputs that ``wanted`` asks for, summed from what is stored. Raises SeriesRefused with every fault."""
    _refuse_other_boundary(wanted)
    supply = Supply(series, wanted.place_id, industry=wanted.industry, base_year=wanted.base_year)
    labour, fallen = _labour(supply, wanted)
    declared = _totals_declared(supply, wanted)
    measures = [("Y", ""), *((("K", ""),) if declared else ()), (labour, "")]
    measures += [(name, "") for name in needed(wanted.share) if (name, "") not in measures]
    refuse(supply.missing(measures))
    alike = constant_faults(supply.bases(["Y", "K"] if declared else ["Y"]))
    refuse(supply.mixed(measures) + alike)
    Y, L = supply.level("Y"), supply.level(labour)
    refuse(base_faults(Y.basis, wanted.base_year))
    capital = capital_of(supply, wanted.capital, Y)
    refuse([] if declared else constant_faults([Y.basis, capital.basis or Y.basis]))
    share = shares_of(supply, wanted.share, series, sorted(set(Y.whole) | set(L.whole)))
    whole = One(Y.whole, capital.whole, L.whole, share.whole)
    parts = {
        part: One(Y.parts[part], capital.parts[part], L.parts[part], share.parts[part])
        for part in (supply.parts if supply.parts != (wanted.place_id,) else ())
    }
    imputed: frozenset[int] = frozenset()
    if wanted.fill_gaps:
        whole, imputed = _filled(whole)
        parts = {part: _filled(one)[0] for part, one in parts.items()}
    told = {"Y": whole.Y, "K": whole.K, "L": whole.L}
    years = tuple(common_years(told))
    notices = (
        *fallen, *capital.notices, *memory_notices(capital, wanted.first_year or years[1]), *share.notices, *ends_early(told),
        *break_notices("L", years[1:], L.breaks), *break_notices("Y", years[1:], Y.breaks),
        *_against_nation(supply, whole.Y),
    )  # fmt: skip
    return Frame(
        whole=whole, parts=parts, years=years, price_basis=str(Y.basis), output=Y, labour=L,
        share=share, capital=capital, imputed=imputed, links=(*Y.links, *L.links),
        notices=notices, supply=supply, series=tuple(series),
    )  # fmt: skip


def _refuse_other_boundary(wanted: Specification) -> None:
    boundary = places.boundary(wanted.boundary)
    if wanted.place_id == places.NATION or wanted.place_id in boundary.places:
        return
    who = places.describe(wanted.place_id)
    vi = f"{who} không có trên bộ địa giới {wanted.boundary}."
    en = f"{who} is not on the boundary {wanted.boundary}."
    refuse([fault("boundary", None, "place_not_on_boundary", vi, en)])


def _labour(supply: Supply, wanted: Specification) -> tuple[str, list[Notice]]:
    """Return the measure of labour: hours where they are asked for and complete, else persons, which is noted."""
    if wanted.labour == "persons":
        return "L", []
    if not supply.has("H"):
        return "L", [Notice("FALLS_BACK_TO_PERSONS", "H")]
    hours, persons = supply.level("H"), supply.level("L") if supply.has("L") else None
    lacking = optional_or_persons(hours.whole, sorted(persons.whole if persons else ()), field="H")
    return ("L", lacking) if lacking else ("H", [])


def _totals_declared(supply: Supply, wanted: Specification) -> bool:
    """Tell whether K is one declared series: assets told one by one are asked for by their names."""
    return wanted.capital.method == "DECLARED" and (supply.has("K") or not supply.items("K"))


def _filled(one: One) -> tuple[One, frozenset[int]]:
    filled = {name: geometric_fill(name, getattr(one, name)) for name in ("Y", "K", "L")}
    made_up = frozenset().union(*(series.imputed for series in filled.values()))
    return replace(one, **{name: series.values for name, series in filled.items()}), made_up


def _against_nation(supply: Supply, Y: Yearly) -> list[Notice]:
    nation = supply.own(places.NATION, "Y")
    if nation is None or supply.place_id == places.NATION:
        return []
    return faster_than_nation(_growth(Y), _growth(nation.values))


def _growth(levels: Yearly) -> Years:
    return {y: levels[y] / levels[y - 1] - 1 for y in levels if y - 1 in levels}
