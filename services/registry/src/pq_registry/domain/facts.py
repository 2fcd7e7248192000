"""What may be said of an organisation at one time, and the reasons to refuse it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pq_common import places
from pq_common.errors import FieldError
from pq_registry.domain.status import Status


class LegalForm(StrEnum):
    """Legal forms; branches and offices are dependent units and never counted as enterprises."""

    TNHH1 = "TNHH1"
    TNHH2 = "TNHH2"
    CTCP = "CTCP"
    CTHD = "CTHD"
    DNTN = "DNTN"
    HTX = "HTX"
    LHHTX = "LHHTX"
    THT = "THT"
    HKD = "HKD"
    CN = "CN"
    VPDD = "VPDD"
    TCKHCN = "TCKHCN"
    DVSN = "DVSN"
    HH = "HH"


CODE_KINDS: dict[LegalForm, frozenset[str | None]] = {
    **{form: frozenset({"ORG10"}) for form in LegalForm},
    LegalForm.THT: frozenset({"ORG10", None}),
    LegalForm.HKD: frozenset(
        {"PERSON12", "ORG10", None}
    ),  # ORG10: not yet matched since 2025-07-01
    LegalForm.CN: frozenset({"DEP13"}),
    LegalForm.VPDD: frozenset({"DEP13"}),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """One organisation as described on ``valid_from``. ``code_kind`` is ORG10, DEP13, PERSON12 or None: no code."""

    code_kind: str | None
    name: str
    legal_form: LegalForm
    place_id: str
    status: Status
    valid_from: date
    closed_on: date | None = None


def _fault(pointer: str, code: str, vietnamese: str, english: str) -> FieldError:
    return FieldError(pointer, code, vietnamese, english)


def _place_faults(facts: Facts) -> list[FieldError]:
    if not places.exists(facts.place_id):
        return [
            _fault(
                "/place_id", "place_unknown",
                f"Không có đơn vị hành chính {facts.place_id!r}; mã có dạng vn-33-2025.",
                f"There is no place {facts.place_id!r}; an id reads like vn-33-2025.",
            )
        ]  # fmt: skip
    if places.place(facts.place_id) not in places.contemporary(facts.valid_from):
        return [
            _fault(
                "/place_id", "place_not_of_that_day",
                f"{places.describe(facts.place_id)} không tồn tại ngày {facts.valid_from:%d/%m/%Y}.",
                f"{places.describe(facts.place_id)} did not exist on {facts.valid_from.isoformat()}.",
            )
        ]  # fmt: skip
    return []


def faults(facts: Facts, *, today: date) -> list[FieldError]:
    """List every reason to refuse; an empty list means acceptable."""
    found = _place_faults(facts)
    if not facts.name.strip():
        found.append(
            _fault("/name", "name_empty", "Tên không được để trống.", "The name is empty.")
        )
    if facts.code_kind not in (kinds := CODE_KINDS[facts.legal_form]):
        wanted_vi = " hoặc ".join(sorted(kind or "không có mã" for kind in kinds))
        wanted_en = " or ".join(sorted(kind or "none" for kind in kinds))
        found.append(
            _fault(
                "/tax_code", "code_kind_wrong",
                f"Loại hình {facts.legal_form} cần mã loại {wanted_vi}, nhận được {facts.code_kind or 'không có mã'}.",
                f"Legal form {facts.legal_form} needs a code of kind {wanted_en}, not {facts.code_kind or 'none'}.",
            )
        )  # fmt: skip
    if facts.valid_from > today:
        found.append(
            _fault(
                "/valid_from", "day_in_future",
                f"Ngày {facts.valid_from:%d/%m/%Y} chưa đến.", f"{facts.valid_from.isoformat()} has not come yet.",
            )
        )  # fmt: skip
    if (facts.status is Status.TERMINATED) != (facts.closed_on is not None):
        found.append(
            _fault(
                "/closed_on", "closing_day_and_status_disagree",
                "Tổ chức chấm dứt tồn tại phải có ngày chấm dứt, và chỉ khi đó.",
                "A terminated organisation has a closing day, and only then.",
            )
        )  # fmt: skip
    return found
