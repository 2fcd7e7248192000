"""What TFP may have said in these tests: accounts of growth, their publication, and series that were withdrawn."""

from datetime import UTC, datetime
from typing import Any

from pq_common.contracts.event import EventData, Mode
from pq_common.contracts.tfp import (
    Assumption,
    LevelOfPlace,
    PartOfResult,
    PeriodOfGrowth,
    Spread,
    TfpResult,
    TfpResultPublished,
    TfpSeries,
    TfpSeriesDeclared,
    TfpSeriesWithdrawn,
    Uncertainty,
    YearOfGrowth,
    YearValue,
)

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
Said = tuple[str, int, EventData, Mode]


MADE_OF = (
    PartOfResult(place_id="vn-30-1997", weight="0.326", g_Y="0.075", g_A="0.028", growth_share_A="0.381"),
    PartOfResult(place_id="vn-31-1997"),
)  # fmt: skip
SCIENCE = {
    "definitions": [
        {"definition": "STI_CORE", "points": "0.3", "points_band": {"low": "0.17", "mid": "0.31", "high": "0.56"},
         "growth_share": "0.031", "growth_share_band": {"low": "0.017", "mid": "0.03", "high": "0.06"}},
        {"definition": "STI_VNPI", "points": "4.9", "points_band": {"low": "-0.5", "mid": "4.8", "high": "7.2"}},
        {"definition": "STI_PLAN", "points": "4.61", "growth_share": "0.4524"},
    ],
    "unknown": ["c_LQ", "c_ICT", "c_DEM"],
}  # fmt: skip
SURE = Uncertainty(
    draws=10_000, seed=1, delta="0.06", valid="0.999",
    g_A=Spread(low="0.01", mid="0.045", high="0.07"), g_LP=Spread(low="0.08", mid="0.0905", high="0.1"),
    growth_share_A=Spread(low="0.08", mid="0.45", high="0.72"),
    growth_share_A_quantiles=("0.08", "0.3", "0.5", "0.72"),
    assumptions=(
        Assumption(assumption="BASE", value="0", g_A="0.0461", growth_share_A="0.4524", change_pp="0"),
        Assumption(assumption="K0", value="1", g_A="0.0461", growth_share_A="0.4524", change_pp="0"),
        Assumption(assumption="K0", value="0.5"),
        Assumption(assumption="NEW", value="0.123", g_A="0.05", growth_share_A="0.5", change_pp="0.4"),
    ),
)  # fmt: skip


def year_of_growth(year: int, *, falls: bool) -> YearOfGrowth:
    rates = {"g_K": "0.12", "g_L": "0.006", "alpha": "0.4", "beta": "0.6", "contribution_K": "4.8", "contribution_L": "0.36"}  # fmt: skip
    if falls:
        return YearOfGrowth(year=year, g_Y="-0.02", g_A="-0.0716", contribution_A="-7.16", reason="NEGATIVE_GROWTH", **rates)  # fmt: skip
    return YearOfGrowth(
        year=year, g_Y="0.1", g_A="0.0484", contribution_A="4.84", growth_share_A="0.484", growth_share_K="0.48",
        growth_share_L="0.036", g_LP="0.0934", labour_productivity="188.1", **rates,
    )  # fmt: skip


def account(
    key: str = "r1", *, share: str | None = "0.4524", sure: Uncertainty | None = SURE, whole: bool = True,
    first_year: int = 2021, last_year: int = 2025, **changes: Any,
) -> TfpResult:  # fmt: skip
    period = PeriodOfGrowth(
        first_year=first_year, last_year=last_year, g_Y="0.1019", g_K="0.1305", g_L="0.006", g_A="0.0461", g_LP="0.0953",
        growth_share_A=share, reason=None if share else "NEGATIVE_GROWTH", uncertainty=sure,
        **({} if sure is None else {
            "alpha": "0.4", "beta": "0.6", "contribution_K": "5.22", "contribution_L": "0.36", "contribution_A": "4.61",
            "growth_share_K": "0.5123", "growth_share_L": "0.0353", "mean_of_annual_shares_A": "0.484",
        }),
    )  # fmt: skip
    given: dict[str, Any] = {
        "result_id": key, "place_id": "vn-31-1997", "boundary": "2021", "engine": "VN-OFFICIAL", "method_version": "1",
        "base_year": 2010, "price_basis": "constant-2010", "vintage": "minh-hoa-2026", "capital_method": "declared stock",
        "share_method": "full labour income / value added", "labour_unit": "người", "is_synthetic": True,
        "years": tuple(year_of_growth(year, falls=year == 2021) for year in range(2021, 2026)),
        "period": period if whole else None, "published_at": NOON, "labour_productivity_unit": "triệu đồng/người",
    }  # fmt: skip
    return TfpResult.model_validate(given | changes)


def series(key: str = "k1", **changes: Any) -> TfpSeries:
    given: dict[str, Any] = {
        "series_id": key, "place_id": "vn-31-1997", "industry": "total", "measure": "K", "kind": "stock",
        "price_basis": "constant-2010", "unit": "tỷ đồng", "vintage": "v1", "source": "minh họa", "values": (),
        "recorded_at": NOON, "withdrawn_at": datetime(2026, 6, 9, 18, tzinfo=UTC),
    }  # fmt: skip
    return TfpSeries.model_validate(given | changes)


def published(result: TfpResult, mode: Mode = "demo") -> Said:
    return result.result_id, 1, TfpResultPublished(result=result), mode


def withdrawn(
    one: TfpSeries, mode: Mode = "demo", reason: str = "nhập nhầm cột của tỉnh khác"
) -> list[Said]:
    """Return what is said of a series that was declared, and then withdrawn."""
    before = one.model_copy(update={"withdrawn_at": None})
    return [
        (one.series_id, 1, TfpSeriesDeclared(series=before), mode),
        (one.series_id, 2, TfpSeriesWithdrawn(series=one, reason=reason), mode),
    ]


def level(place_id: str, **values: str) -> LevelOfPlace:
    """Return the levels of one place: ``y2024="0.7"``."""
    told = tuple(YearValue(year=int(name[1:]), value=value) for name, value in values.items())
    return LevelOfPlace(place_id=place_id, relative=told)


def compared(key: str = "c1", **changes: Any) -> Said:
    """Return a comparison of three places, one of them in its last year alone, as it was published."""
    told: dict[str, Any] = {
        "engine": "CCD", "place_id": "vn", "years": (), "period": None, "reference": "vn-31-1997",
        "levels": (
            level("vn-34-1997", y2023="0.512", y2024="0.5"),
            level("vn-31-1997", y2023="1", y2024="1"),
            level("vn-33-1997", y2024="1.2345"),
        ),
        "warnings": ("PLACE_LEFT_OUT", "NOT_SPATIALLY_DEFLATED", "NEW_WARNING"),
    }  # fmt: skip
    return published(account(key, **told | changes))


def accounts() -> list[TfpResult]:
    return [
        account(),
        account("r2", place_id="vn-31-2025", boundary="2025-07-01", parts=MADE_OF, reallocation="0.0012", sti=SCIENCE, warnings=("NOT_NESTED", "DEMAND_UNKNOWN")),
        account("r3", first_year=2021, last_year=2023, warnings=("K_LOOKS_LIKE_INVESTMENT", "NEW_CODE")),
        account("r4", place_id="vn-33-1997", share=None),
        account("r5", place_id="vn-95-1997", sure=None, engine="VN-OFFICIAL", share_method="other"),
        account("r6", place_id="vn-34-1997", whole=False),
    ]  # fmt: skip
