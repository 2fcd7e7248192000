"""Many certificates from one table; a row on record changes nothing, one that says other facts of it is refused."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from pq_certification.api.schemas import NewCertificate
from pq_certification.domain.schemes import find_scheme, number_key
from pq_certification.operations.record_certificate import (
    already_recorded,
    differing,
    record_certificate,
)
from pq_certification.storage import certificates
from pq_common import places
from pq_common.contracts.event import Mode
from pq_common.http.auth import Actor
from pq_common.http.imports import ImportKind, Outcome
from pq_common.http.placing import refuse_foreign
from pq_common.tables_io.rows import Column

COLUMNS = (
    Column("enterprise_id", ("Mã tổ chức", "Mã doanh nghiệp")),
    Column("place_id", ("Tỉnh, thành phố", "Địa bàn")),
    Column("scheme", ("Tiêu chuẩn",)),
    Column("edition", ("Phiên bản",), required=False),
    Column("body_id", ("Tổ chức chứng nhận",)),
    Column("number", ("Số giấy chứng nhận", "Số")),
    Column("decided_on", ("Ngày quyết định",)),
    Column("printed_from", ("Hiệu lực từ", "Ngày cấp")),
    Column("printed_to", ("Hiệu lực đến", "Ngày hết hạn"), required=False),
    Column("scope_text", ("Phạm vi",), required=False),
)


def described(row: Mapping[str, str | None]) -> NewCertificate:
    """Return the row as the caller of the API would have sent it; of what may be absent a blank cell says that there is none.

    Raises ValidationError.
    """
    may_be_absent = {column.name for column in COLUMNS if not column.required}
    return NewCertificate.model_validate(
        {name: value for name, value in row.items() if value is not None or name in may_be_absent}
    )


async def apply(session: AsyncSession, actor: Actor, told: NewCertificate, mode: Mode) -> Outcome:
    """Record the certificate unless it is there. Raises FactsRefused, PlaceOutOfScope, AlreadyRecorded."""
    if places.exists(told.place_id):
        refuse_foreign(actor, told.place_id)
    scheme = find_scheme(told.scheme)
    twin = await certificates.twin(
        session,
        mode,
        body_id=told.body_id,
        number_key=number_key(told.number),
        scheme=scheme.name if scheme else told.scheme,
    )
    if twin is not None:
        other = [name for name in differing(told.told(), twin) if name in told.model_fields_set]
        if other:
            raise already_recorded(twin, other)
        return "unchanged"
    await record_certificate(session, told.told(), mode=mode, now=datetime.now(UTC))
    return "new"


CERTIFICATES = ImportKind(
    name="certificates",
    columns=COLUMNS,
    parse=described,
    apply=apply,
    roles=("ministry-admin", "province-officer"),
)
