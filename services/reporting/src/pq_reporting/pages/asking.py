"""The address of a page is its state: filters in Vietnamese names, defaults left out, empty ones ignored."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Literal, get_args
from urllib.parse import urlencode

from fastapi import Depends, Query, Request

from pq_common.contracts.event import Mode
from pq_common.dates import legal_day
from pq_common.errors import FieldError, Invalid
from pq_common.http.placing import known_place
from pq_common.http.session import PublicSession
from pq_reporting.domain.boundaries import Boundary
from pq_reporting.domain.status import Status
from pq_reporting.operations.judge_targets import Picture, Question, Wanted, judge_targets

Map = Literal["34", "then", "2021"]
MAPS: dict[str, Boundary] = {"34": "2025-07-01", "then": "as_reported", "2021": "2021"}
PERIOD = re.compile(r"[0-9]{4}-[0-9]{4}")
Lang = Literal["vi", "en"]
Text = Annotated[str, Query(max_length=80)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for, already read, and the picture that answers it."""

    picture: Picture
    wanted: Wanted
    dvhc: str
    default_mode: Mode
    day_given: bool
    period: str = ""

    def query(self, **changes: str) -> str:
        """Return the query of the same page with some filters changed; defaults are left out."""
        wanted, question = self.wanted, self.picture.question
        said = {
            "ke_hoach": wanted.plan or "",
            "dia_ban": wanted.place or "",
            "nhom": str(wanted.group or ""),
            "trang_thai": wanted.status.value if wanted.status else "",
            "dvhc": "" if self.dvhc == "34" else self.dvhc,
            "mode": "" if question.mode == self.default_mode else question.mode,
            "ky": self.period,
            "ngay": question.on.isoformat() if self.day_given else "",
        } | changes
        given = urlencode({name: value for name, value in said.items() if value})
        return f"?{given}" if given else ""

    def api_query(self) -> str:
        """Return the same question as ``/reporting/v1`` understands it."""
        wanted, question = self.wanted, self.picture.question
        said = {
            "plan": wanted.plan, "place": wanted.place, "group": wanted.group, "status": wanted.status,
            "boundary": question.boundary, "mode": question.mode, "on": question.on.isoformat(), "limit": 500,
        }  # fmt: skip
        return urlencode({name: value for name, value in said.items() if value is not None})


async def ask(
    request: Request,
    session: PublicSession,
    *,
    ke_hoach: Text = "",
    dia_ban: Text = "",
    nhom: Text = "",
    trang_thai: Text = "",
    dvhc: Text = "",
    mode: Text = "",
    ngay: Text = "",
    ky: Text = "",
) -> Asked:
    """Read the address. Raises Invalid where a filter says what it cannot."""
    state = request.app.state
    default: Mode = state.settings.mode
    dvhc = one_of("dvhc", dvhc or "34", tuple(MAPS))
    chosen: Mode = (
        "demo" if one_of("mode", mode or default, get_args(Mode)) == "demo" else "official"
    )
    question = Question(_day(ngay) or legal_day(datetime.now(UTC)), MAPS[dvhc], chosen)
    wanted = Wanted(
        plan=ke_hoach or None,
        place=known_place(dia_ban, name="dia_ban") if dia_ban else None,
        status=Status(one_of("trang_thai", trang_thai, tuple(Status))) if trang_thai else None,
        group=int(one_of("nhom", nhom, tuple("123456"))) if nhom else None,
    )
    picture = await judge_targets(session, question, pictures=state.pictures)
    return Asked(picture, wanted, dvhc, default, bool(ngay), _period(ky))


Page = Annotated[Asked, Depends(ask, scope="function")]


def one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    """Return the value if it is known. Raises Invalid."""
    if value not in known:
        raise _refusal(name, value, ", ".join(known))
    return value


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _refusal("ngay", text, "2025-12-31") from None


def _period(text: str) -> str:
    if text and not PERIOD.fullmatch(text):
        raise _refusal("ky", text, "2021-2025")
    return text


def _refusal(name: str, value: str, right: str) -> Invalid:
    vi = f"Bộ lọc {name} không nhận {value!r}; giá trị đúng: {right}."
    en = f"The filter {name} does not take {value!r}; right values: {right}."
    return Invalid(vi, en, errors=[FieldError(f"#query/{name}", "filter_invalid", vi, en)])
