"""What the services are told: the demonstration's own shapes written as the bodies of their requests."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from pq_common.places import NATION
from pq_embedded.demo import innovation
from pq_embedded.demo.activities import DemoActivity
from pq_embedded.demo.certificates import DemoCertificate
from pq_embedded.demo.enterprises import DemoEnterprise
from pq_embedded.demo.growth import PRICES_OF, DemoSeries, Year
from pq_embedded.demo.innovation import Line
from pq_embedded.demo.tasks import DemoTaskReport

MODE = "demo"
VINTAGE = "minh-hoa-2026"
SIZES = ((10, "micro"), (100, "small"), (200, "medium"))
"""Upper bounds of staff in industry (Decree 80/2021, Article 5); the registry is told the class, not the figures."""


def enterprise(one: DemoEnterprise) -> dict[str, Any]:
    """Return the registration of an enterprise that existed before the demonstration begins."""
    size = next((name for most, name in SIZES if one.employees <= most), "large")
    return {
        "tax_code": one.tax_code,
        "name": one.name,
        "legal_form": one.legal_form,
        "place_id": one.province.then_id,
        "valid_from": str(date(2011, 1, 3) + timedelta(days=7 * one.number)),
        "main_industry": {"version": "VSIC2018", "code": one.industry},
        "size_class": size,
        "is_fdi": False,
        "is_synthetic": True,
        "mode": MODE,
    }


def certificate(one: DemoCertificate, holder: str) -> dict[str, Any]:
    """Return a certificate of the enterprise registered under ``holder``."""
    return {
        "enterprise_id": holder,
        "place_id": one.enterprise.province.place_on(one.decided_on),
        "scheme": one.scheme,
        "edition": one.edition,
        "body_id": f"to-chuc-minh-hoa-{one.body}",
        "number": one.number,
        "is_accredited": True,
        "decided_on": str(one.decided_on),
        "printed_from": str(one.printed_from),
        "printed_to": str(one.printed_to),
        "is_synthetic": True,
        "mode": MODE,
    }


def activity(
    one: DemoActivity, plan_code: str | None, enterprises: Sequence[str]
) -> dict[str, Any]:
    """Return an activity with its evidence; the place is the one that existed when it began."""
    proof = {"kind": one.proof, "reference": f"MH-{one.key}", "issued_on": str(one.ends_on)}
    return {
        "place_id": one.province.place_on(one.starts_on),
        "indicator": one.indicator,
        "title": one.title,
        "starts_on": str(one.starts_on),
        "ends_on": str(one.ends_on),
        "quantity": str(one.quantity),
        "unit": one.unit,
        "subjects": [*one.subjects, *enterprises],
        "plan_code": plan_code,
        "clause_codes": list(one.clauses),
        "evidence": [proof],
        "is_synthetic": True,
        "mode": MODE,
    }


def task_report(one: DemoTaskReport) -> dict[str, Any]:
    """Return the report on one task."""
    proof = {"kind": "decision", "reference": f"MH-{one.key}", "issued_on": str(one.reported_on)}
    return {
        "state": one.state,
        "reported_on": str(one.reported_on),
        "note": one.note,
        "decision": one.decision,
        "evidence": [proof] if one.state == "done" else [],
        "mode": MODE,
    }


def series(one: DemoSeries) -> Iterator[dict[str, Any]]:
    """Return what official growth accounting needs, million đồng and persons, and what the definitions of STI need beside it."""
    constant, place = f"constant-{PRICES_OF}", one.province.then_id
    for measure, kind, prices, value in (
        ("Y", "flow", constant, _output),
        ("K", "stock", constant, _capital),
        ("L", "stock", None, _labour),
        ("VA", "flow", "current", _output),
        ("labour_income", "flow", "current", one.labour_income),
    ):
        yield _series(place, _line(one, measure, kind, prices, value))
    yield from (_series(place, line) for line in innovation.lines(one))


def national_series() -> Iterator[dict[str, Any]]:
    """Return the series of the nation."""
    return (_series(NATION, line) for line in innovation.national())


def table(series: Iterable[Mapping[str, Any]]) -> bytes:
    """Return series as the CSV of an import: a row for each, a column for each year."""
    rows = [{**one, **one["values"]} for one in series]
    named = [name for name in rows[0] if name not in ("values", "mode") and not name.isdigit()]
    years = sorted({name for row in rows for name in row if name.isdigit()})
    text = io.StringIO()
    writer = csv.DictWriter(text, [*named, *years], extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def run(place_id: str, boundary: str) -> dict[str, Any]:
    """Ask for the accounting of a place; a merged one is summed from its predecessors' levels."""
    return {
        "place_id": place_id,
        "boundary": boundary,
        "vintage": VINTAGE,
        "first_year": 2021,  # the period of the plans
        "last_year": 2025,
        "capital": {"method": "DECLARED", "deltas": innovation.DEPRECIATION},
        "sti": True,
        "mode": MODE,
    }


def comparison(reference: str, boundary: str) -> dict[str, Any]:
    """Ask how productive the places of a map are, relative to one of them."""
    return {
        "place_id": NATION, "engine": "CCD", "boundary": boundary, "reference": reference,
        "vintage": VINTAGE, "sti": False, "mode": MODE,
    }  # fmt: skip


def _output(year: Year) -> int:
    return year.output


def _capital(year: Year) -> int:
    return year.capital


def _labour(year: Year) -> int:
    return year.labour


def _line(
    one: DemoSeries, measure: str, kind: str, prices: str | None, value: Callable[[Year], int]
) -> Line:
    unit = innovation.PERSONS if measure == "L" else innovation.MONEY
    return Line(measure, kind, prices, unit, {year.year: value(year) for year in one.years})


def _series(place_id: str, line: Line) -> dict[str, Any]:
    return {
        "place_id": place_id,
        "industry": line.industry,
        "measure": line.measure,
        "item": line.item,
        "kind": line.kind,
        "price_basis": line.price_basis,
        "unit": line.unit,
        "vintage": VINTAGE,
        "source": "Dữ liệu minh họa / synthetic",
        "values": {str(year): str(value) for year, value in line.values.items()},
        "is_synthetic": True,
        "mode": MODE,
    }
