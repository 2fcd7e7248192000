"""The targets as a table for a spreadsheet, in both languages, with the reason beside every figure that is none."""

import csv
import io
from collections.abc import Iterable

from pq_reporting.domain.figure import Figure
from pq_reporting.domain.wording import plan_value
from pq_reporting.operations.judge_targets import JudgedTarget, Picture

COLUMNS = (
    "plan", "code", "place_id", "indicator", "name_vi", "name_en", "first_year", "last_year", "plan_value_vi",
    "unit", "actual_kind", "actual", "actual_year", "needed_kind", "needed", "status", "word_vi", "word_en",
    "reason_vi", "reason_en", "successor_place_id", "successor_kind", "successor", "judged_on", "boundary", "mode",
    "sentence", "withdrawn_series",
)  # fmt: skip
RISKY = ("=", "+", "-", "@", "\t", "\r")


def csv_of(targets: Iterable[JudgedTarget], picture: Picture) -> bytes:
    """Return the table, UTF-8 with a mark so that spreadsheets read the letters right."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for target in targets:
        writer.writerow([harmless(value) for value in _cells(target, picture)])
    return out.getvalue().encode("utf-8-sig")


def harmless(value: object) -> str:
    """Keep a spreadsheet from running a text that looks like a formula; a negative number is a number."""
    text = "" if value is None else str(value)
    if text.startswith(RISKY) and not text[1:].replace(".", "", 1).isdigit():
        return f"'{text}"
    return text


def _cells(target: JudgedTarget, picture: Picture) -> list[object]:
    said, verdict, measure, question = target.said, target.verdict, target.measure, picture.question
    beside = target.beside
    successor = (beside.place_id, *_figure(beside.figure)) if beside else (None, None, None)
    return [
        target.plan.code, said.code, said.place_id, said.indicator, said.name_vi, said.name_en,
        said.span.first_year, said.span.last_year, plan_value(target.clause).vi, measure.actual.unit or said.unit,
        *_figure(measure.actual), measure.year, *_figure(verdict.needed), verdict.status.value,
        verdict.word.vi, verdict.word.en, verdict.reason.vi, verdict.reason.en, *successor,
        question.on.isoformat(), question.boundary, question.mode, said.sentence,
        " ".join(one.series_id for one in picture.withdrawn(measure.sources)),
    ]  # fmt: skip


def _figure(figure: Figure) -> tuple[str, str | None]:
    return figure.kind.value, None if figure.value is None else f"{figure.value:f}"
