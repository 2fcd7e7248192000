"""What the TFP service says: series that were declared, and results that a person has published."""

from datetime import date, datetime
from typing import ClassVar

from pydantic import Field

from pq_common.contracts.event import DecimalText, EventData, Shape, StateData


class Spread(Shape):
    """The median of the draws with their 5-95 % band, fractions."""

    low: DecimalText
    mid: DecimalText
    high: DecimalText


class Assumption(Shape):
    """What one changed assumption does to the figures of the period, all others held; ``BASE`` is the figure itself."""

    assumption: str = Field(examples=["BASE", "alpha", "delta", "K0", "deflator"])
    value: DecimalText = Field(
        description="of alpha, delta; factor of K0; step of the deflator's growth"
    )
    g_A: DecimalText | None = None
    growth_share_A: DecimalText | None = None
    change_pp: DecimalText | None = Field(default=None, description="of g_A, percentage points")


class Uncertainty(Shape):
    """How sure the figures of the period are: bands by Monte Carlo, and one assumption changed at a time.

    A declared stock of capital is redrawn from the investment it implies at ``delta``. ``valid`` is the fraction of draws whose
    growth carries a share; the band of the share speaks of those alone.
    """

    draws: int
    seed: int
    delta: DecimalText
    g_A: Spread
    g_LP: Spread
    growth_share_A: Spread | None = None
    growth_share_A_quantiles: tuple[DecimalText, ...] = Field(
        default=(),
        description="of the share, at 5, 10, … 95 %: where a target lies among the draws",
    )
    valid: DecimalText
    assumptions: tuple[Assumption, ...] = ()


class PartOfResult(Shape):
    """One place whose levels were summed; ``weight`` is its share of value added in the year the period grows out of."""

    place_id: str
    weight: DecimalText | None = None
    g_Y: DecimalText | None = None
    g_A: DecimalText | None = None
    growth_share_A: DecimalText | None = None
    reason: str | None = None


class YearOfGrowth(Shape):
    """Growth accounting of one year. Rates are fractions (0.07 = 7 %), contributions percentage points."""

    year: int
    g_Y: DecimalText
    g_K: DecimalText
    g_L: DecimalText
    g_A: DecimalText
    alpha: DecimalText
    beta: DecimalText
    contribution_K: DecimalText
    contribution_L: DecimalText
    contribution_A: DecimalText
    growth_share_A: DecimalText | None = Field(
        default=None, description="fraction; null with a reason"
    )
    reason: str | None = Field(default=None, examples=["NEGATIVE_GROWTH", "GROWTH_TOO_SMALL"])
    growth_share_K: DecimalText | None = None
    growth_share_L: DecimalText | None = None
    g_LP: DecimalText | None = Field(default=None, description="growth of labour productivity")
    labour_productivity: DecimalText | None = Field(
        default=None, description="output over persons employed, in ``labour_productivity_unit``"
    )


class PeriodOfGrowth(Shape):
    """The same over a period, from compound rates and period means of the shares; never a mean of yearly shares.

    ``first_year`` and ``last_year`` are growth years, both included: 2021-2025 grows out of 2020.
    """

    first_year: int
    last_year: int
    g_Y: DecimalText
    g_K: DecimalText
    g_L: DecimalText
    g_A: DecimalText
    growth_share_A: DecimalText | None = None
    reason: str | None = None
    g_LP: DecimalText | None = Field(
        default=None, description="growth of labour productivity, compound, fraction per year"
    )
    alpha: DecimalText | None = None
    beta: DecimalText | None = None
    contribution_K: DecimalText | None = Field(default=None, description="percentage points a year")
    contribution_L: DecimalText | None = None
    contribution_A: DecimalText | None = None
    growth_share_K: DecimalText | None = None
    growth_share_L: DecimalText | None = None
    mean_of_annual_shares_A: DecimalText | None = Field(
        default=None, description="what older reports print; it is not the share of the period"
    )
    uncertainty: Uncertainty | None = None


class YearOfLogGrowth(Shape):
    """Growth accounting of one year under engine TORNQVIST: log points, contributions too."""

    year: int
    dln_Y: DecimalText
    dln_K: DecimalText
    dln_L: DecimalText
    dln_A: DecimalText
    share_K: DecimalText
    share_L: DecimalText
    contribution_K: DecimalText
    contribution_L: DecimalText
    contribution_A: DecimalText
    growth_share_A: DecimalText | None = Field(
        default=None, description="fraction; null with a reason"
    )
    A_index: DecimalText = Field(description="1 in the year before the first growth year")
    reason: str | None = None


class PeriodOfLogGrowth(Shape):
    """The same over a period: log points per year, additive over years; both growth years included."""

    first_year: int
    last_year: int
    dln_Y: DecimalText
    dln_A: DecimalText
    contribution_K: DecimalText
    contribution_L: DecimalText
    growth_share_A: DecimalText | None = None
    reason: str | None = None


class YearValue(Shape):
    """One value of one year."""

    year: int
    value: DecimalText


class LevelOfPlace(Shape):
    """Productivity of one place relative to the reference, in the years in which its figures were complete."""

    place_id: str
    relative: tuple[YearValue, ...]


class DefinitionOfScience(Shape):
    """What science, technology and innovation contributed to growth under one definition. Points are percentage points a year."""

    definition: str = Field(description="open list: STI_CORE, STI_VNPI, STI_PLAN")
    points: DecimalText
    points_band: Spread | None = Field(default=None, description="percentage points a year")
    growth_share: DecimalText | None = Field(default=None, description="of the growth of output")
    growth_share_band: Spread | None = None


class ContributionOfScience(Shape):
    """Every definition, always together; ``NOT_NESTED`` among the warnings of the result when narrow ≤ central ≤ broad fails."""

    definitions: tuple[DefinitionOfScience, ...]
    unknown: tuple[str, ...] = Field(
        default=(),
        description="terms counted as 0 for want of series: c_ICT, c_KQ, c_LQ, c_RE, c_DEM",
    )


class TfpResult(Shape):
    """A published result. ``place_id`` is the place on the boundary ``boundary`` (2021, 2025-07-01, …)."""

    result_id: str
    place_id: str
    boundary: str
    engine: str = Field(examples=["VN-OFFICIAL"])
    method_version: str
    base_year: int
    price_basis: str = Field(examples=["constant-2010"])
    vintage: str
    share_method: str
    capital_method: str
    labour_unit: str
    years: tuple[YearOfGrowth, ...]
    period: PeriodOfGrowth | None = None
    log_years: tuple[YearOfLogGrowth, ...] = Field(
        default=(), description="filled by engine TORNQVIST, which leaves years and period empty"
    )
    log_period: PeriodOfLogGrowth | None = None
    reference: str | None = Field(
        default=None, description="engine CCD: the place that the others are relative to"
    )
    levels: tuple[LevelOfPlace, ...] = Field(
        default=(),
        description="engine CCD, which leaves years and period empty: who is in the sample, and how productive",
    )
    warnings: tuple[str, ...] = ()
    is_synthetic: bool = False
    supersedes: str | None = None
    bundle_sha256: str | None = Field(
        default=None, description="of the canonical bundle: who recomputes it gets the same"
    )
    published_at: datetime
    parts: tuple[PartOfResult, ...] = Field(
        default=(), description="the predecessors whose levels were summed; empty where none were"
    )
    reallocation: DecimalText | None = Field(
        default=None, description="g_A of the period less the weighted g_A of the parts, fraction"
    )
    labour_productivity_unit: str | None = Field(default=None, examples=["triệu đồng/người"])
    sti: ContributionOfScience | None = Field(
        default=None, description="where research spending was declared and the run asked for it"
    )
    series: tuple[str, ...] = Field(
        default=(),
        description="ids of the series it was computed from, ascending; empty where the publication did not tell them",
    )


class TfpSeries(Shape):
    """One measure of one place in one vintage, with every value as declared. A revision is another series of another vintage."""

    series_id: str
    place_id: str
    industry: str = Field(description="total, or a code of the economic classification")
    measure: str = Field(description="open list: Y, K, L, VA, labour_income, I, P_I, …")
    item: str = Field(default="", description="the asset or the group of workers; empty for all")
    kind: str = Field(description="flow, stock, index or share")
    price_basis: str | None = Field(default=None, examples=["constant-2010", "current"])
    unit: str
    definition: str | None = Field(default=None, examples=["ICLS-19"])
    breaks: tuple[int, ...] = Field(
        default=(), description="the first years under a new definition: growth into them is broken"
    )
    vintage: str
    released_on: date | None = Field(default=None, description="when the source published it")
    source: str
    values: tuple[YearValue, ...]
    is_synthetic: bool = False
    recorded_at: datetime
    withdrawn_at: datetime | None = Field(
        default=None, description="declared in error: do not compute from it any more"
    )
    withdrawal_reason: str | None = None


class TfpSeriesDeclared(EventData):
    TYPE: ClassVar[str] = "pq.tfp.tfp-series.declared.v1"
    series: TfpSeries


class TfpSeriesWithdrawn(EventData):
    TYPE: ClassVar[str] = "pq.tfp.tfp-series.withdrawn.v1"
    series: TfpSeries
    reason: str


class TfpSeriesState(StateData):
    TYPE: ClassVar[str] = "pq.tfp.tfp-series.state.v1"
    series: TfpSeries


class TfpResultPublished(EventData):
    TYPE: ClassVar[str] = "pq.tfp.tfp-result.published.v1"
    result: TfpResult


class TfpResultState(StateData):
    TYPE: ClassVar[str] = "pq.tfp.tfp-result.state.v1"
    result: TfpResult
