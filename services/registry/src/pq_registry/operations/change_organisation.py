"""Change what is known of an organisation; a save that changes nothing leaves no trace."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.registry import EnterpriseChanged
from pq_common.dates import legal_day
from pq_registry.domain import status
from pq_registry.domain.errors import FactsRefused, OrganisationClosed
from pq_registry.domain.status import Status
from pq_registry.operations.announcing import announce, public_facts
from pq_registry.operations.describing import Description, codes_of, refuse_faults, write
from pq_registry.storage.sealing import Sealer
from pq_registry.storage.tables import Organisation


async def change_organisation(
    session: AsyncSession, row: Organisation, told: Description, *, sealer: Sealer, now: datetime
) -> Organisation:
    """Change the locked ``row`` and announce. Raises Invalid, FactsRefused, IllegalTransition, OrganisationClosed."""
    if Status(row.status) is Status.TERMINATED:
        raise OrganisationClosed.at(
            "/name" if row.tax_code_kind is None else "/tax_code",
            f"Tổ chức {row.id} đã chấm dứt tồn tại; không sửa được nữa.",
            f"Organisation {row.id} is terminated and cannot be changed.",
            successors=row.successors,
        )
    codes = codes_of(told.tax_code, sealer)
    if (codes.kind, codes.tax_code, codes.personal_key) != (
        row.tax_code_kind, row.tax_code, row.personal_code_key,
    ):  # fmt: skip
        raise FactsRefused.at(
            "/tax_code",
            "Mã số không đổi trong suốt đời tổ chức; hãy đăng ký tổ chức khác hoặc kiểm tra lại mã.",
            "A code never changes during an organisation's life; register another one, or check the code.",
        )
    refuse_faults(told, codes.kind, legal_day(now))
    status.check_transition(Status(row.status), told.status, at="/status")
    changed = write(row, told)
    if changed:
        row.version += 1
        data = EnterpriseChanged(enterprise=public_facts(row), changed=tuple(sorted(changed)))
        await announce(session, row, data, now)
    return row
