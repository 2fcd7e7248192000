"""Activities in as a table: the form that a province fills in, a row for each activity."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pq_common import places
from pq_common.contracts.event import Mode
from pq_common.errors import FieldError, Invalid, PqError
from pq_common.http.auth import Actor
from pq_common.http.imports import ImportKind, Outcome
from pq_common.http.placing import refuse_foreign
from pq_common.tables_io.numbers import number
from pq_common.tables_io.rows import Column
from pq_support_grants.api.activity_bodies import ActivityFacts, Code, EvidenceIn, Quantity
from pq_support_grants.operations.report_activity import report_activity
from pq_support_grants.storage import activities

COLUMNS: Final = (
    Column("place_id", ("Địa bàn", "Tỉnh, thành phố", "Mã địa bàn")),
    Column("indicator", ("Chỉ tiêu", "Mã chỉ tiêu")),
    Column("title", ("Tên hoạt động", "Nội dung")),
    Column("starts_on", ("Ngày bắt đầu", "Từ ngày")),
    Column("ends_on", ("Ngày kết thúc", "Đến ngày"), required=False),
    Column("quantity", ("Số lượng",)),
    Column("unit", ("Đơn vị tính",)),
    Column("plan_code", ("Mã kế hoạch", "Kế hoạch"), required=False),
    Column("clause_codes", ("Mục tiêu", "Mã mục tiêu"), required=False),
    Column("task_code", ("Nhiệm vụ", "Mã nhiệm vụ"), required=False),
    Column("channel", ("Kênh",), required=False),
    Column("subjects", ("Đối tượng", "Mã đối tượng"), required=False),
    Column("evidence", ("Minh chứng", "Số hiệu minh chứng")),
    Column("evidence_kind", ("Loại minh chứng",), required=False),
    Column("evidence_issued_on", ("Ngày minh chứng",), required=False),
)
_VN_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")


def iso_day(text: Any) -> Any:
    """Return 8/9/2025, as forms are filled in, as 2025-09-08; leave anything else to be judged."""
    found = _VN_DAY.fullmatch(text) if isinstance(text, str) else None
    return f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}" if found else text


def one_number(text: Any) -> Any:
    """Return the number of a cell as a decimal string. Raises Invalid for what is none, or could be two."""
    read = number(text, pointer="/quantity") if isinstance(text, str) else None
    return text if read is None else format(read, "f")


def several(text: Any) -> Any:
    """Return what one cell lists, parted by semicolons."""
    return [part.strip() for part in text.split(";") if part.strip()] if text else []


Day = Annotated[date, BeforeValidator(iso_day)]
Several = Annotated[list[Code], BeforeValidator(several)]


class ActivityLine(BaseModel):
    """One row of the form. A blank end is the day of the start; a blank kind of evidence a decision."""

    model_config = ConfigDict(extra="forbid")

    place_id: Code
    indicator: Code
    title: Annotated[str, Field(min_length=1, max_length=1000)]
    starts_on: Day
    ends_on: Day | None = None
    quantity: Annotated[Quantity, BeforeValidator(one_number)]
    unit: Code
    plan_code: Code | None = None
    clause_codes: Several = []
    task_code: Code | None = None
    channel: Annotated[str, Field(max_length=400)] | None = None
    subjects: Several = []
    evidence: Annotated[str, Field(min_length=1, max_length=1000)]
    evidence_kind: Code = "decision"
    evidence_issued_on: Day | None = None

    @model_validator(mode="after")
    def _find_place(self) -> "ActivityLine":
        self.place_id = place_of(self.place_id, self.starts_on)
        return self

    def facts(self) -> ActivityFacts:
        """Return the activity that the row describes."""
        proof = EvidenceIn(
            kind=self.evidence_kind, reference=self.evidence, issued_on=self.evidence_issued_on
        )
        said = self.model_dump(exclude={"evidence", "evidence_kind", "evidence_issued_on"})
        return ActivityFacts(
            **{**said, "ends_on": self.ends_on or self.starts_on}, evidence=[proof]
        )


def place_of(text: str, day: date) -> str:
    """Return the place meant by an id, by the official code of that day, or by its name. Raises Invalid."""
    if places.exists(text):
        return text
    try:
        found = (
            [places.resolve(text, day)]
            if re.fullmatch("[0-9]{2}", text)
            else places.find(text, day)
        )
    except PqError as reason:
        raise _no_place(reason.message_vi, reason.message_en) from None
    if len(found) != 1:
        raise _no_place(
            f"Không rõ địa bàn {text!r} vào ngày {day}: ghi mã định danh như vn-33-2025.",
            f"It is not clear which place {text!r} was on {day}: give an id such as vn-33-2025.",
        )
    return found[0].id


async def apply(session: AsyncSession, actor: Actor, facts: ActivityFacts, mode: Mode) -> Outcome:
    """Report the activity, unless one with the very same facts is on record."""
    refuse_foreign(actor, facts.place_id)
    activity = facts.told(str(uuid7()), mode)
    if await activities.is_on_record(session, activity, mode):
        return "unchanged"
    await report_activity(session, activity, mode=mode, now=datetime.now(UTC))
    return "new"


def parse(values: Mapping[str, str | None]) -> ActivityFacts:
    """Return the activity of one row. Raises ValidationError, Invalid."""
    given = {name: value for name, value in values.items() if value is not None}
    return ActivityLine.model_validate(given).facts()


ACTIVITIES: Final = ImportKind(
    name="activities",
    columns=COLUMNS,
    parse=parse,
    apply=apply,
    roles=("ministry-admin", "province-officer"),
)


def _no_place(vi: str, en: str) -> Invalid:
    return Invalid(vi, en, errors=[FieldError("/place_id", "place_unknown", vi, en)])
