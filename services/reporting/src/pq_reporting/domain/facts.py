"""What happened, as reporting heard it: deeds, certificates, published results. Frozen, and nothing inferred."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One reported activity. It happened on the day it ended."""

    activity_id: str
    place_id: str
    indicator: str
    ends_on: date
    quantity: Decimal
    subjects: frozenset[str] = frozenset()
    plan_code: str | None = None
    clause_codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Spell:
    """A status and the day it began to hold."""

    since: date
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One certificate with the history of its status; the interval is half-open."""

    certificate_id: str
    enterprise_id: str
    place_id: str
    scheme: str
    decided_on: date
    valid_from: date
    valid_before: date | None = None
    spells: tuple[Spell, ...] = ()

    def is_valid_on(self, day: date) -> bool:
        """Say whether it was in force: inside its dates and neither suspended nor ended."""
        if day < self.valid_from or (self.valid_before is not None and day >= self.valid_before):
            return False
        held = [spell.status for spell in self.spells if spell.since <= day]
        return not held or held[-1] == "active"


@dataclass(frozen=True, slots=True)
class Band:
    """The 5-95 % band of a rate."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Sureness:
    """How sure a published rate is: its band, the fraction of draws that carry it, and its quantiles at 5, 10, … 95 %."""

    band: Band
    valid: Decimal = Decimal(1)
    quantiles: tuple[Decimal, ...] = ()

    def times(self, factor: int) -> "Sureness":
        """Return the same in another unit: 100 for percent of fractions."""
        band = Band(self.band.low * factor, self.band.high * factor)
        return Sureness(band, self.valid, tuple(one * factor for one in self.quantiles))


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Growth over a period. Rates and the share are fractions; ``reason`` stands where there is no share.

    ``share_sure`` and ``labour_sure`` are None in results of before bands were published.
    """

    first_year: int
    last_year: int
    share: Decimal | None
    reason: str | None = None
    labour_productivity: Decimal | None = None
    share_sure: Sureness | None = None
    labour_sure: Sureness | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """Labour productivity of one year and its growth over the year before, a fraction."""

    value: Decimal
    growth: Decimal

    @property
    def before(self) -> Decimal:
        """Return the level of the year before."""
        return self.value / (1 + self.growth)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One published growth accounting of one place: the years it measured, and the period if it has one.

    ``shares`` are the TFP shares of single years, fractions, where growth carries one; ``levels`` stand in ``level_unit``.
    ``has_science`` where it tells what science, technology and innovation contributed.
    """

    result_id: str
    place_id: str
    years: frozenset[int]
    published_at: datetime
    period: Period | None = None
    shares: Mapping[int, Decimal] = field(default_factory=dict)
    levels: Mapping[int, Level] = field(default_factory=dict)
    level_unit: str = ""
    has_science: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that may count, already of one mode."""

    deeds: tuple[Deed, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    results: tuple[Result, ...] = ()
