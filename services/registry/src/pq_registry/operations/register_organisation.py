"""Register an organisation: once per code, announced, or not at all."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pq_common.contracts.registry import EnterpriseRegistered
from pq_common.dates import legal_day
from pq_registry.domain.errors import AlreadyRegistered
from pq_registry.operations.announcing import announce, public_facts
from pq_registry.operations.describing import Codes, Description, codes_of, refuse_faults, write
from pq_registry.storage import organisations
from pq_registry.storage.sealing import Sealer
from pq_registry.storage.tables import Organisation, PlainOrganisation


async def register_organisation(
    session: AsyncSession, told: Description, *, mode: str, sealer: Sealer, now: datetime
) -> Organisation:
    """Register and announce, or change nothing. Raises Invalid, FactsRefused, AlreadyRegistered.

    The duplicate check reads the table itself; a race is decided by its unique constraint.
    """
    codes = codes_of(told.tax_code, sealer)
    refuse_faults(told, codes.kind, legal_day(now))
    await _refuse_duplicate(session, mode, codes)
    row = PlainOrganisation(
        id=str(uuid7()), version=1, mode=mode, tax_code=codes.tax_code, tax_code_kind=codes.kind,
        personal_code_key=codes.personal_key, personal_code_sealed=codes.personal_sealed,
        roles=[], closed_on=None, closure_reason=None, successors=[], name="",
    )  # fmt: skip
    write(row, told)
    try:
        await organisations.insert(session, row)
    except IntegrityError as twin:  # out of the caller's sight, or registered in this moment
        raise AlreadyRegistered.at(
            "/tax_code",
            "Mã này đã được đăng ký; nếu bạn không thấy tổ chức thì địa bàn khác đã đăng ký.",
            "This code is registered already; where you do not see the organisation, another province registered it.",
        ) from twin
    await announce(session, row, EnterpriseRegistered(enterprise=public_facts(row)), now)
    return row


async def _refuse_duplicate(session: AsyncSession, mode: str, codes: Codes) -> None:
    twin = await organisations.by_code(
        session, mode, tax_code=codes.tax_code, personal_key=codes.personal_key
    )
    if twin is not None:
        raise AlreadyRegistered.at(
            "/tax_code",
            f"Mã này đã được đăng ký cho {twin.name} ({twin.id}).",
            f"This code is registered already, for {twin.name} ({twin.id}).",
            duplicate_of=twin.id,
        )
