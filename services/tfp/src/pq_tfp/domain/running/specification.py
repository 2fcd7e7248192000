"""What a run is asked to do: every parameter with its default, as it is stored with the result and read back from it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, Literal

from pq_tfp.domain import headline
from pq_tfp.domain.labour_share import Method
from pq_tfp.domain.uncertainty import DRAWS, SEED, Widths

Engine = Literal[
    "VN-OFFICIAL", "TORNQVIST", "CCD", "MALMQUIST", "HM_BJUREK", "FARE_PRIMONT",
]  # fmt: skip
FRONTIERS: Final = frozenset({"MALMQUIST", "HM_BJUREK", "FARE_PRIMONT"})
COMPARING: Final = FRONTIERS | {"CCD"}
ShareMethod = Method | Literal["LABOUR_INCOME", "GIVEN"]
FirstStock = Literal["STEADY", "STEADY_N", "FIXED_RATIO", "KY", "BENCH"]
DELTA = 0.05
"""Of a stock built here: the single aggregate rate most used for Viet Nam; studies take 0.04 to 0.08."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareChoice:
    """How the income share of labour is found. ``theta``: pay of the self-employed over that of employees, for SELF_WAGE."""

    method: ShareMethod = "LABOUR_INCOME"
    theta: float = 1.0
    at_factor_cost: bool = False
    beta: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CapitalChoice:
    """A declared stock, or one by perpetual inventory. ``delta`` a fraction a year, ``deltas`` of single assets."""

    method: Literal["DECLARED", "PIM"] = "DECLARED"
    delta: float | None = None
    deltas: Mapping[str, float] = field(default_factory=dict)
    K0_method: FirstStock = "STEADY_N"
    n: int = 5
    growth: float | None = None
    kappa: float = 2.5
    timing: Literal["END", "MID"] = "END"
    in_use: Literal["END_OF_YEAR", "YEAR_AVERAGE"] = "END_OF_YEAR"

    @property
    def rate(self) -> float:
        """Return δ as told, else the default: of a declared stock the one at which its investment is implied."""
        if self.delta is not None:
            return self.delta
        return headline.DELTA if self.method == "DECLARED" else DELTA


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """The Monte Carlo: how many draws, from which seed, how wide."""

    draws: int = DRAWS
    seed: int = SEED
    widths: Widths = field(default_factory=Widths)


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """What to compute: a place on a boundary, from one vintage of each measure.

    ``first_year`` and ``last_year`` are growth years, both included, as plans count them: 2021-2025 grows out of 2020.
    ``vintages`` names another vintage for single measures; each measure has one. ``targets`` are shares of growth, fractions.
    ``places`` are for the engines that compare places, ``reference`` for CCD and ``replications`` of the bootstrap for MALMQUIST alone.
    """

    place_id: str
    boundary: str
    vintage: str
    industry: str = "total"
    first_year: int | None = None
    last_year: int | None = None
    engine: Engine = "VN-OFFICIAL"
    vintages: Mapping[str, str] = field(default_factory=dict)
    base_year: int | None = None
    share: ShareChoice = field(default_factory=ShareChoice)
    capital: CapitalChoice = field(default_factory=CapitalChoice)
    labour: Literal["persons", "hours"] = "persons"
    labour_quality: bool = False
    fill_gaps: bool = False
    confidence: Confidence = field(default_factory=Confidence)
    targets: tuple[float, ...] = ()
    sti: bool = False
    ict_assets: tuple[str, ...] = ("ict",)
    places: tuple[str, ...] = ()
    reference: str | None = None
    replications: int = 0


def parameters_of(wanted: Specification) -> dict[str, Any]:
    """Return every parameter, defaults included, as plain values; ``specification_from`` reads them back."""
    return asdict(wanted)


def specification_from(told: Mapping[str, Any]) -> Specification:
    """Return the specification that ``parameters_of`` wrote. Raises KeyError, TypeError for anything else."""
    known = {one.name for one in fields(Specification)}
    plain = {name: value for name, value in told.items() if name in known}
    confidence = dict(plain.pop("confidence"))
    widths: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list | tuple) else value
        for name, value in confidence.pop("widths").items()
    }
    return Specification(
        **{
            **plain,
            "share": ShareChoice(**plain["share"]),
            "capital": CapitalChoice(**plain["capital"]),
            "targets": tuple(plain["targets"]),
            "ict_assets": tuple(plain["ict_assets"]),
            "places": tuple(plain["places"]),
        },
        confidence=Confidence(**confidence, widths=Widths(**widths)),
    )
