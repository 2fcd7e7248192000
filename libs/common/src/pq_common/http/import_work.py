"""Check and apply a sent table: every row in a savepoint, the whole in one transaction with its receipt."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.db.session import Database, set_scope
from pq_common.errors import FieldError, PqError
from pq_common.http import job_store
from pq_common.http.database_errors import refusal_of
from pq_common.http.imports import ImportKind, actor_from
from pq_common.http.job_runner import Lost, Progress, Work
from pq_common.http.job_store import Claim
from pq_common.http.problems import mask
from pq_common.http.refusals import Unavailable
from pq_common.http.validation import faults_of, shown
from pq_common.tables_io.reading import read
from pq_common.tables_io.rows import Records, Row, cell_order

TELL_EVERY: Final = 100
CELLS_SHOWN: Final = 10
REFUSED: Final = "refused"


@dataclass(slots=True)
class _Checked:
    """One row on its way: its command, or its faults; in the end what became of it."""

    row: Row
    command: Any = None
    faults: tuple[FieldError, ...] = ()
    status: str = REFUSED


@dataclass(slots=True)
class _Table:
    """A file on its way."""

    records: Records
    rows: list[_Checked] = field(default_factory=list)

    @property
    def refused(self) -> int:
        return sum(1 for row in self.rows if row.faults)


class _Undone(Exception):
    """Leaves the transaction so that nothing of it stays."""


def import_work(kind: ImportKind[Any], *, max_rows: int) -> Work:
    """Return the work of ``JobRunner`` for this import: ``{kind.job_kind: import_work(kind, max_rows=…)}``."""

    async def work(database: Database, claim: Claim, progress: Progress) -> None:
        async with job_store.runners_session(database) as session:
            file = await job_store.file_of(session, claim.id)
        if file is None:
            raise LookupError("the job has no file")
        found = await asyncio.to_thread(read, file.content, kind.columns, max_rows=max_rows)
        table = _Table(found, [_checked(kind, row) for row in found.rows])
        progress.total, progress.refused = len(table.rows), table.refused
        await progress.tell()
        if not await _apply(database, claim, kind, table, progress):
            await _keep_refusal(database, claim, table)

    return work


async def _apply(
    database: Database, claim: Claim, kind: ImportKind[Any], table: _Table, progress: Progress
) -> bool:
    """Apply the table and close the job in one transaction. Returns False when nothing was kept."""
    order, actor = claim.request, actor_from(claim.request["actor"])
    try:
        async with database.sessions.begin() as session:
            await set_scope(session, actor.scope, actor=actor.id)
            for index, checked in enumerate(table.rows, start=1):
                if not checked.faults:
                    await _apply_one(session, kind, checked, claim)
                progress.done, progress.refused = index, table.refused
                if index % TELL_EVERY == 0:
                    await progress.tell()
            if order["dry_run"] or (table.refused and order["policy"] == "all-or-nothing"):
                raise _Undone
            await _close(session, claim, table, applied=True)
    except _Undone:
        return False
    return True


async def _apply_one(
    session: AsyncSession, kind: ImportKind[Any], checked: _Checked, claim: Claim
) -> None:
    actor = actor_from(claim.request["actor"])
    try:
        async with session.begin_nested():
            outcome = await kind.apply(session, actor, checked.command, claim.request["mode"])
        checked.status = outcome
    except PqError as refusal:
        checked.faults = _faults(refusal)
    except SQLAlchemyError as reason:
        refusal_found = refusal_of(reason)
        if refusal_found is None or isinstance(refusal_found, Unavailable):
            raise  # not the row's fault: the job is tried again
        checked.faults = _faults(refusal_found)


async def _keep_refusal(database: Database, claim: Claim, table: _Table) -> None:
    async with job_store.runners_session(database) as session:
        await _close(session, claim, table, applied=False)


async def _close(session: AsyncSession, claim: Claim, table: _Table, *, applied: bool) -> None:
    await job_store.keep_rows(
        session,
        [_kept(claim, number, checked) for number, checked in enumerate(table.rows, start=1)],
    )
    counts = {"total": len(table.rows), "done": len(table.rows), "refused": table.refused}
    if not await job_store.finish(session, claim, _answer(claim, table, applied), counts=counts):
        raise Lost(str(claim.id))


def _answer(claim: Claim, table: _Table, applied: bool) -> dict[str, Any]:
    statuses = Counter(checked.status for checked in table.rows)
    request = claim.request
    return {
        "applied": applied,
        "dry_run": request["dry_run"],
        "policy": request["policy"],
        "mode": request["mode"],
        "sha256": request["sha256"],
        "encoding": table.records.encoding,
        "rows": len(table.rows),
        **{name: statuses.get(name, 0) for name in ("new", "changed", "unchanged", REFUSED)},
        "ignored_columns": table.records.ignored_columns,
        "faults": _summary(table),
    }


def _summary(table: _Table) -> list[dict[str, Any]]:
    """Say the same fault of many rows once, with a count and the first cells."""
    groups: dict[tuple[str | None, str], list[tuple[str, FieldError]]] = {}
    for checked in table.rows:
        for fault in checked.faults:
            column = _column(fault)
            cell = checked.row.cells.get(column or "", f"{checked.row.number}")
            groups.setdefault((column, fault.code), []).append((cell, fault))
    summed = sorted(groups.items(), key=lambda group: -len(group[1]))
    return [
        {
            "column": column,
            "code": code,
            "count": len(found),
            "cells": sorted((cell for cell, _ in found), key=cell_order)[:CELLS_SHOWN],
            "message_vi": mask(found[0][1].message_vi),
            "message_en": mask(found[0][1].message_en),
        }
        for (column, code), found in summed
    ]


def _checked(kind: ImportKind[Any], row: Row) -> _Checked:
    try:
        return _Checked(row, command=kind.parse(row.values))
    except ValidationError as reason:
        found = reason.errors(include_url=False)
        located = [{**finding, "loc": ("body", *finding["loc"])} for finding in found]
        return _Checked(row, faults=tuple(faults_of(located)))
    except PqError as refusal:
        return _Checked(row, faults=_faults(refusal))


def _faults(refusal: PqError) -> tuple[FieldError, ...]:
    whole = FieldError("", refusal.code, refusal.message_vi, refusal.message_en)
    return refusal.errors or (whole,)


def _column(fault: FieldError) -> str | None:
    return fault.pointer.removeprefix("/").partition("/")[0] or None


def _kept(claim: Claim, number: int, checked: _Checked) -> Mapping[str, Any]:
    row = checked.row
    first = min(row.cells.values(), key=cell_order, default=None)
    return {
        "job_id": claim.id,
        "row_no": number,  # rows of several sheets share one count; the cell says where
        "sheet": row.sheet,
        "cell": first,
        "status": checked.status,
        "errors": [_error(row, fault) for fault in checked.faults] or None,
    }


def _error(row: Row, fault: FieldError) -> dict[str, Any]:
    column = _column(fault)
    value = row.values.get(column or "")
    return {
        "column": column,
        "cell": row.cells.get(column or ""),
        "value": None if value is None else mask(shown(value).strip("“”")),
        "code": fault.code,
        "message_vi": mask(fault.message_vi),
        "message_en": mask(fault.message_en),
    }


def parsed_by(model: Any) -> Any:
    """Return a ``parse`` that gives the row's values to this pydantic model; blanks are left out."""

    def parse(values: Mapping[str, str | None]) -> Any:
        return model.model_validate({k: v for k, v in values.items() if v is not None})

    return parse
