"""Growth accounting over HTTP: the official engine and the international one, by ``engine``, never in one answer."""

from pq_tfp.api.compute import international, official
from pq_tfp.api.compute.engine import Engine, Route
from pq_tfp.api.compute.figures import AccountingAnswer, PanelAnswer
from pq_tfp.domain import accounting, tornqvist

DESCRIPTION = (
    "Split growth into what each input and total factor productivity add, for each year and for the period. "
    "VN-OFFICIAL: G_A = G_Y − alpha·G_K − beta·G_L on discrete rates, contributions in percentage points. "
    "TORNQVIST: any number of inputs, log rates, two-period mean shares, contributions in log points. "
    "One unit by series, or many by `panel`; errors name field, unit and year."
)

ROUTE = Route(
    name="accounting",
    summary="Growth accounting",
    description=DESCRIPTION,
    engines={
        accounting.ENGINE: Engine(asked=official.OfficialRequest, call=official.account),
        tornqvist.ENGINE: Engine(asked=international.TornqvistRequest, call=international.account),
    },
    answer=AccountingAnswer | PanelAnswer,
)
