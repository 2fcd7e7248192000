"""What the TFP service says: results that a person has published."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from pq_common.contracts.event import DecimalText, EventData, Shape, StateData


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
    warnings: tuple[str, ...] = ()
    is_synthetic: bool = False
    supersedes: str | None = None
    published_at: datetime


class TfpResultPublished(EventData):
    TYPE: ClassVar[str] = "pq.tfp.tfp-result.published.v1"
    result: TfpResult


class TfpResultState(StateData):
    TYPE: ClassVar[str] = "pq.tfp.tfp-result.state.v1"
    result: TfpResult
