"""Many organisations from one table: each row is registered, found unchanged, or changed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.event import Mode
from pq_common.errors import NotPermitted
from pq_common.http.auth import Actor
from pq_common.http.imports import ImportKind, Outcome
from pq_common.tables_io.rows import Column
from pq_registry.api.schemas import Described
from pq_registry.operations.change_organisation import change_organisation
from pq_registry.operations.describing import codes_of
from pq_registry.operations.register_organisation import register_organisation
from pq_registry.storage import organisations
from pq_registry.storage.sealing import Sealer

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


@cache
def enterprise_imports(sealer: Sealer) -> ImportKind[Described]:
    """Return the import of organisations; rows are found again by their code."""

    async def apply(session: AsyncSession, actor: Actor, told: Described, mode: Mode) -> Outcome:
        now = datetime.now(UTC)
        if not actor.allows(told.place_id):
            raise NotPermitted(
                f"Địa bàn {told.place_id} ngoài phạm vi của bạn.",
                f"The place {told.place_id} is outside your scope.",
            )
        codes = codes_of(told.tax_code, sealer)
        known = await organisations.by_code(
            session, mode, tax_code=codes.tax_code, personal_key=codes.personal_key
        )
        if known is None:
            await register_organisation(session, told.told(), mode=mode, sealer=sealer, now=now)
            return "new"
        row = await organisations.lock(session, known.id)
        version = row.version
        await change_organisation(session, row, told.told(), sealer=sealer, now=now)
        return "unchanged" if row.version == version else "changed"

    return ImportKind(
        name="enterprises",
        columns=COLUMNS,
        parse=described,
        apply=apply,
        roles=("ministry-admin", "province-officer"),
    )
