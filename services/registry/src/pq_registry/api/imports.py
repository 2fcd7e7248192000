"""Many organisations from one table: each row is registered, found unchanged, or changed."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common import places
from pq_common.contracts.event import Mode
from pq_common.http.auth import Actor
from pq_common.http.imports import ImportKind, Outcome
from pq_common.http.placing import refuse_foreign
from pq_common.tables_io.rows import Column
from pq_registry.api.schemas import Described
from pq_registry.domain.status import Status
from pq_registry.operations.change_organisation import change_organisation
from pq_registry.operations.describing import Codes, Description, codes_of
from pq_registry.operations.register_organisation import register_organisation
from pq_registry.storage import organisations
from pq_registry.storage.organisations import Known
from pq_registry.storage.sealing import Sealer
from pq_registry.storage.tables import Organisation

COLUMNS = (
    Column("tax_code", ("Mã số thuế", "MST", "Mã số doanh nghiệp"), required=False),
    Column("name", ("Tên doanh nghiệp", "Tên tổ chức", "Tên")),
    Column("legal_form", ("Loại hình",)),
    Column("place_id", ("Tỉnh, thành phố", "Địa bàn")),
    Column("status", ("Trạng thái",), required=False),
    Column("valid_from", ("Có hiệu lực từ", "Từ ngày")),
    Column("commune", ("Xã, phường",), required=False),
    Column("address", ("Địa chỉ",), required=False),
    Column("industry_version", ("Phiên bản ngành",), required=False),
    Column("industry_code", ("Mã ngành chính",), required=False),
    Column("size_class", ("Quy mô",), required=False),
)


def described(row: Mapping[str, str | None]) -> Described:
    """Return the row as the caller of the API would have sent it; blank cells say nothing. Raises ValidationError."""
    said: dict[str, object] = {name: value for name, value in row.items() if value is not None}
    code = said.pop("industry_code", None)
    version = said.pop("industry_version", "VSIC2018")
    if code is not None:
        said["main_industry"] = {"version": version, "code": code}
    return Described.model_validate(said)


def completed(told: Described, row: Organisation) -> Description:
    """Return what is told of a known organisation; what is not mentioned is as recorded."""
    said = set(told.model_fields_set)
    if told.main_industry is not None:
        said |= {"industry_version", "industry_code"}
    recorded: dict[str, Any] = {
        field.name: getattr(row, field.name)
        for field in fields(Description)
        if field.name not in said
    }
    if "status" in recorded:
        recorded["status"] = Status(row.status)
    return replace(told.told(), **recorded)


async def known_as(
    session: AsyncSession, told: Described, codes: Codes, mode: Mode
) -> Known | None:
    """Return the organisation that the row means: by its code, or without one by name, form and place."""
    if codes.kind is None:
        return await organisations.without_code(
            session, mode, name=told.name, legal_form=told.legal_form, place_id=told.place_id
        )
    return await organisations.by_code(
        session, mode, tax_code=codes.tax_code, personal_key=codes.personal_key
    )


@cache
def enterprise_imports(sealer: Sealer) -> ImportKind[Described]:
    """Return the import of organisations; rows are found again by their code, or by name where none has one."""

    async def apply(session: AsyncSession, actor: Actor, told: Described, mode: Mode) -> Outcome:
        now = datetime.now(UTC)
        if places.exists(told.place_id):  # one that never was is refused with the other facts
            refuse_foreign(actor, told.place_id)
        known = await known_as(session, told, codes_of(told.tax_code, sealer), mode)
        if known is None:
            await register_organisation(session, told.told(), mode=mode, sealer=sealer, now=now)
            return "new"
        row = await organisations.lock(session, known.id)
        version = row.version
        await change_organisation(session, row, completed(told, row), sealer=sealer, now=now)
        return "unchanged" if row.version == version else "changed"

    return ImportKind(
        name="enterprises",
        columns=COLUMNS,
        parse=described,
        apply=apply,
        roles=("ministry-admin", "province-officer"),
    )
