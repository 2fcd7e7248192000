"""Growth accounting over HTTP: the official engine and the international one, by ``engine``, never in one answer."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import ConfigDict, Field

from pq_tfp.api.compute.child import Tell
from pq_tfp.api.compute.engine import Engine, Route
from pq_tfp.api.compute.shapes import Asked, Contract, Series, noticed, yearly
from pq_tfp.domain import accounting
from pq_tfp.domain.accounting import Growth, Inputs
from pq_tfp.domain.axes import Notice

NOT_FIGURES = {"years", "reasons"}
OFFICIAL_EXAMPLE: Any = {
    "engine": "VN-OFFICIAL",
    "price_basis": "constant-2010",
    "Y": {"2020": 100.0, "2021": 107.0},
    "K": {"2020": 200.0, "2021": 220.0},
    "L": {"2020": 50.0, "2021": 50.5},
    "beta": {"2021": 0.6},
}


class OfficialRequest(Asked):
    """Levels by year and the income share of labour (fractions); alpha is 1 − beta where it is not given."""

    model_config = ConfigDict(json_schema_extra={"examples": [OFFICIAL_EXAMPLE]})

    engine: Literal["VN-OFFICIAL"] = "VN-OFFICIAL"
    price_basis: Annotated[str, Field(pattern="^constant-(19|20)[0-9]{2}$")]
    Y: Series
    K: Series
    L: Series
    beta: Series
    alpha: Series | None = None


class AccountingAnswer(Contract):
    """Rates as fractions, contributions in percentage points, shares of growth as fractions or null with a reason."""

    contribution_unit: Literal["percentage points", "log points"]
    years: dict[str, dict[str, float | str | None]]
    period: dict[str, float | int | str | None]


def official(told: OfficialRequest, tell: Tell) -> AccountingAnswer:
    """Compute G_A = G_Y − alpha·G_K − beta·G_L for each year and the whole period."""
    beta = yearly(told.beta)
    alpha = yearly(told.alpha) if told.alpha else {year: 1 - share for year, share in beta.items()}
    inputs = Inputs(yearly(told.Y), yearly(told.K), yearly(told.L), alpha, beta)
    grown = accounting.account(inputs)
    period = accounting.account_period(inputs, grown.years[0] - 1, grown.years[-1])
    return AccountingAnswer(
        engine=accounting.ENGINE,
        method_version=accounting.METHOD_VERSION,
        price_basis=told.price_basis,
        base_year=int(told.price_basis.removeprefix("constant-")),
        contribution_unit="percentage points",
        years=_rows(grown),
        period={**asdict(period), "first_year": period.first_year + 1},
        **noticed(Notice(code) for code in accounting.warnings_of(inputs)),
    )


def _rows(grown: Growth) -> dict[str, dict[str, float | str | None]]:
    """Return one row a year, unrounded; NaN becomes null beside its reason."""
    columns = {name: value for name, value in asdict(grown).items() if name not in NOT_FIGURES}
    return {
        str(year): {
            **{
                name: None if np.isnan(values[index]) else float(values[index])
                for name, values in columns.items()
            },
            "reason": grown.reasons[index],
        }
        for index, year in enumerate(grown.years)
    }


ROUTE = Route(
    name="accounting",
    summary="Growth accounting",
    description="Split growth into capital, labour and total factor productivity, for each year and the whole period.",
    engines={accounting.ENGINE: Engine(asked=OfficialRequest, call=official)},
    answer=AccountingAnswer,
)
