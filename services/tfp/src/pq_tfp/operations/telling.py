"""Put a kept run into the words of the contract: numbers as plain decimal strings, what is unknown as null."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from pq_common.contracts.tfp import (
    Assumption,
    ContributionOfScience,
    DefinitionOfScience,
    LevelOfPlace,
    PartOfResult,
    PeriodOfGrowth,
    PeriodOfLogGrowth,
    Spread,
    TfpResult,
    Uncertainty,
    YearOfGrowth,
    YearOfLogGrowth,
    YearValue,
)
from pq_tfp.domain.sti import DEFINITIONS
from pq_tfp.storage.runs import series_of
from pq_tfp.storage.tables import Run

YEARLY = (
    "g_Y", "g_K", "g_L", "g_A", "alpha", "beta", "contribution_K", "contribution_L", "contribution_A",
    "growth_share_K", "growth_share_L", "growth_share_A",
)  # fmt: skip
OF_PERIOD = (
    "g_Y", "g_K", "g_L", "g_A", "g_LP", "alpha", "beta", "growth_share_K", "growth_share_L",
    "growth_share_A",
)  # fmt: skip
LOG_YEARLY = (
    "dln_Y", "dln_K", "dln_L", "dln_A", "share_K", "share_L", "contribution_K", "contribution_L",
    "contribution_A", "growth_share_A",
)  # fmt: skip
LOG_PERIOD = ("dln_Y", "dln_A", "contribution_K", "contribution_L", "growth_share_A")
OF_ASSUMPTION = ("value", "g_A", "growth_share_A", "change_pp")


def result_of(run: Run, published_at: datetime) -> TfpResult:
    """Return the run as events and readers carry it. A run kept by an earlier version has no headline, and says less."""
    told = run.results.get("headline", {})
    return TfpResult(
        result_id=run.id,
        place_id=run.place_id,
        boundary=run.boundary,
        engine=run.engine,
        method_version=run.method_version,
        base_year=int(str(run.results["price_basis"]).rpartition("-")[2]),
        price_basis=run.results["price_basis"],
        vintage=run.vintage,
        share_method=run.results["share_method"],
        capital_method=_capital(run.results.get("capital_method")),
        labour_unit=run.results["labour_unit"],
        warnings=tuple(run.warnings),
        is_synthetic=run.is_synthetic,
        supersedes=run.supersedes,
        bundle_sha256=run.bundle_sha256,
        published_at=published_at,
        parts=_parts(told),
        reallocation=_decimal(told["split"]["reallocation"]) if told.get("split") else None,
        labour_productivity_unit=told.get("labour_productivity_unit"),
        sti=_science(run.results),
        series=tuple(sorted(series_of(run))),
        **_figures(run.engine, run.results, told),
    )


def _figures(engine: str, results: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """Return the figures under the names of their engine: rates, log points and levels are never in one table."""
    match engine:
        case "TORNQVIST":
            growth = results["growth"]
            log_years = (_log_year(results, at) for at in _shown(growth))
            return {
                "years": (),
                "log_years": tuple(log_years),
                "log_period": _log_period(results["period"]),
            }
        case "CCD":
            return {"years": (), "reference": results["reference"], "levels": _levels(results)}
        case _:
            growth = results["growth"]
            return {
                "years": tuple(_year(growth, told, index) for index in _shown(growth)),
                "period": _period(results["period"], told),
            }


def _shown(growth: dict[str, Any]) -> list[int]:
    """Return the positions of the years that have rates: one that begins or ends in a made-up value has none."""
    return [at for at, reason in enumerate(growth["reasons"]) if reason != "IMPUTED"]


def _capital(told: dict[str, Any] | None) -> str:
    """Return the method of capital in words; a run kept by an earlier version had a declared stock."""
    if told is None or told["method"] == "DECLARED":
        return "declared stock"
    return (
        f"perpetual inventory, delta {told['delta']}, K0 {told['K0_method']} of {told['K0_year']}, "
        f"timing {told['timing']}, {told['in_use']}"
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


UNTOLD = ("TERM_UNKNOWN", "DEMAND_UNKNOWN")


def _science(results: dict[str, Any]) -> ContributionOfScience | None:
    """Return the definitions that the run tells; a run kept by an earlier version has no point values, and tells none."""
    told = results.get("sti", {})
    if "point" not in told:
        return None
    bands, points = told["definitions"] or {}, told["point"]
    unknown = [one["field"] for one in results["notices"] if one["code"] in UNTOLD]
    return ContributionOfScience(
        definitions=tuple(
            DefinitionOfScience(
                definition=name,
                points=_decimal(points[name]["pp"]),
                points_band=_known_spread(bands.get(name, {}).get("pp")),
                growth_share=_decimal(points[name]["of_g_Y"]),
                growth_share_band=_known_spread(bands.get(name, {}).get("of_g_Y")),
            )
            for name in DEFINITIONS  # in their order: stored results keep none
        ),
        unknown=tuple(unknown),
    )


def _known_spread(band: dict[str, Any] | None) -> Spread | None:
    """Return a band whose ends are known: growth that carries no share has none."""
    return None if band is None or None in band.values() else _spread(band)


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


def _log_year(results: dict[str, Any], at: int) -> YearOfLogGrowth:
    growth = results["growth"]
    year = growth["years"][at]
    return YearOfLogGrowth(
        year=year,
        reason=growth["reasons"][at],
        A_index=_decimal(results["A_index"][str(year)]),
        **{name: _decimal(growth[name][at]) for name in LOG_YEARLY},
    )


def _log_period(period: dict[str, Any]) -> PeriodOfLogGrowth:
    return PeriodOfLogGrowth(
        first_year=period["first_year"],
        last_year=period["last_year"],
        reason=period["reason"],
        **{name: _decimal(period[name]) for name in LOG_PERIOD},
    )


def _levels(results: dict[str, Any]) -> tuple[LevelOfPlace, ...]:
    """Return each place's level in the years in which it is a member of the sample."""
    return tuple(
        LevelOfPlace(
            place_id=place_id,
            relative=tuple(
                YearValue(year=year, value=_decimal(value))
                for year, value in zip(results["years"], values, strict=True)
                if value is not None
            ),
        )
        for place_id, values in results["relative"].items()
    )
