"""Put a kept run into the words of the contract: numbers as plain decimal strings, what is unknown as null."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from pq_common.contracts.tfp import (
    Assumption,
    PartOfResult,
    PeriodOfGrowth,
    Spread,
    TfpResult,
    Uncertainty,
    YearOfGrowth,
)
from pq_tfp.storage.tables import Run

YEARLY = (
    "g_Y", "g_K", "g_L", "g_A", "alpha", "beta", "contribution_K", "contribution_L", "contribution_A",
    "growth_share_K", "growth_share_L", "growth_share_A",
)  # fmt: skip
OF_PERIOD = (
    "g_Y", "g_K", "g_L", "g_A", "g_LP", "alpha", "beta", "growth_share_K", "growth_share_L",
    "growth_share_A",
)  # fmt: skip
OF_ASSUMPTION = ("value", "g_A", "growth_share_A", "change_pp")


def result_of(run: Run, published_at: datetime) -> TfpResult:
    """Return the run as events and readers carry it. A run kept by an earlier version has no headline, and says less."""
    growth, told = run.results["growth"], run.results.get("headline", {})
    return TfpResult(
        result_id=run.id,
        place_id=run.place_id,
        boundary=run.boundary,
        engine=run.engine,
        method_version=run.method_version,
        base_year=int(str(run.results["price_basis"]).removeprefix("constant-")),
        price_basis=run.results["price_basis"],
        vintage=run.vintage,
        share_method=run.results["share_method"],
        capital_method="declared stock",
        labour_unit=run.results["labour_unit"],
        years=tuple(_year(growth, told, index) for index in range(len(growth["years"]))),
        period=_period(run.results["period"], told),
        warnings=tuple(run.warnings),
        is_synthetic=run.is_synthetic,
        supersedes=run.supersedes,
        published_at=published_at,
        parts=_parts(told),
        reallocation=_decimal(told["split"]["reallocation"]) if told.get("split") else None,
        labour_productivity_unit=told.get("labour_productivity_unit"),
    )


def _decimal(value: float | None) -> Any:
    """Return plain decimal notation, never 1e-05; None stays None."""
    return None if value is None else format(Decimal(str(value)), "f")


def _year(growth: dict[str, Any], told: dict[str, Any], index: int) -> YearOfGrowth:
    year = growth["years"][index]
    return YearOfGrowth(
        year=year,
        reason=growth["reasons"][index],
        g_LP=_decimal(told["g_LP"][index]) if told else None,
        labour_productivity=_decimal(told.get("labour_productivity", {}).get(str(year))),
        **{name: _decimal(growth[name][index]) for name in YEARLY},
    )


def _period(period: dict[str, Any], told: dict[str, Any]) -> PeriodOfGrowth:
    return PeriodOfGrowth(
        first_year=period["first_year"],
        last_year=period["last_year"],
        reason=period["reason"],
        mean_of_annual_shares_A=_decimal(told.get("mean_of_annual_shares_A")),
        uncertainty=_uncertainty(told["uncertainty"]) if told.get("uncertainty") else None,
        **{name: _decimal(period[name]) for name in OF_PERIOD},
        **{
            f"contribution_{one}": _decimal(points)
            for one, points in told.get("contributions", {}).items()
        },
    )


def _uncertainty(said: dict[str, Any]) -> Uncertainty:
    share = said["growth_share_A"]
    return Uncertainty(
        draws=said["draws"],
        seed=said["seed"],
        delta=_decimal(said["delta"]),
        g_A=_spread(said["g_A"]),
        g_LP=_spread(said["g_LP"]),
        growth_share_A=None if share is None else _spread(share),
        growth_share_A_quantiles=tuple(map(_decimal, said["growth_share_A_quantiles"])),
        valid=_decimal(said["valid"]),
        assumptions=tuple(
            Assumption(
                assumption=row["assumption"],
                **{name: _decimal(row[name]) for name in OF_ASSUMPTION},
            )
            for row in said["assumptions"]
        ),
    )


def _spread(band: dict[str, float]) -> Spread:
    return Spread(**{name: _decimal(band[name]) for name in ("low", "mid", "high")})


def _parts(told: dict[str, Any]) -> tuple[PartOfResult, ...]:
    places, split = told.get("parts", ()), told.get("split")
    if len(places) < 2:
        return ()
    if split is None:
        return tuple(PartOfResult(place_id=place) for place in places)
    return tuple(
        PartOfResult(
            place_id=part["place_id"],
            weight=_decimal(part["weight"]),
            g_Y=_decimal(part["growth"]["g_Y"]),
            g_A=_decimal(part["growth"]["g_A"]),
            growth_share_A=_decimal(part["growth"]["growth_share_A"]),
            reason=part["growth"]["reason"],
        )
        for part in split["parts"]
    )
