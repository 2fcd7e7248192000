"""The engines on plain JSON, stateless and free for everybody: a published table can be typed in and compared."""

from dataclasses import asdict

import numpy as np
from fastapi import APIRouter

from pq_tfp.api.schemas import AccountingAnswer, AccountingRequest
from pq_tfp.domain import accounting
from pq_tfp.domain.accounting import Growth, Inputs
from pq_tfp.operations.compute_run import growth_years

router = APIRouter(prefix="/compute", tags=["compute"])
NOT_FIGURES = {"years", "reasons"}


def _by_year(series: dict[str, float]) -> dict[int, float]:
    return {int(year): value for year, value in series.items()}


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


@router.post("/accounting", operation_id="computeAccounting", summary="Official growth accounting")
def compute_accounting(told: AccountingRequest) -> AccountingAnswer:
    """Compute G_A = G_Y − alpha·G_K − beta·G_L for each year and the whole period; errors name field and year."""
    beta = _by_year(told.beta)
    alpha = (
        _by_year(told.alpha)
        if told.alpha is not None
        else {year: 1 - share for year, share in beta.items()}
    )
    inputs = Inputs(_by_year(told.Y), _by_year(told.K), _by_year(told.L), alpha, beta)
    grown = accounting.account(inputs)
    period = accounting.account_period(inputs, grown.years[0] - 1, grown.years[-1])
    return AccountingAnswer(
        engine=accounting.ENGINE,
        method_version=accounting.METHOD_VERSION,
        price_basis=told.price_basis,
        years=_rows(grown),
        period=growth_years(period),
        warnings=list(accounting.warnings_of(inputs)),
    )
