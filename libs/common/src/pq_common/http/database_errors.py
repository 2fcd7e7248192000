"""What PostgreSQL says, in terms of what the caller may do: correct it, send it again, or nothing."""

from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pq_common.db.transient import is_transient
from pq_common.errors import Invalid, NotFound, PqError, RuleViolated
from pq_common.http.bodies import TextUnstorable
from pq_common.http.refusals import Unavailable


class AlreadyThere(RuleViolated):
    """Another row has this identity already: 409."""

    code = "already_exists"
    title_vi, title_en = "Đã tồn tại", "Already exists"


class StillReferred(RuleViolated):
    """The row it points to is missing, or other rows still point to it: 409."""

    code = "reference_broken"
    title_vi, title_en = "Liên kết không đúng", "Broken reference"


class Busy(Unavailable):
    """Another request changed or holds the same rows; sent again, this one may pass: 503."""

    code = "busy_try_again"
    title_vi, title_en = "Đang bận, hãy gửi lại", "Busy, try again"


_AGAIN: Final = frozenset({"40001", "40P01", "55P03", "57014"})
_AWAY: Final = ("08", "53", "57P", "25P03")


def refusal_of(error: SQLAlchemyError) -> PqError | None:
    """Return what to tell the caller, or None when it is a fault of ours."""
    if isinstance(error, PoolTimeout | InterfaceError):
        return away()
    if not isinstance(error, DBAPIError):
        return None
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if error.connection_invalidated or (state.startswith(_AWAY) and state not in _AGAIN):
        return away()
    if not state and is_transient(error):  # not PostgreSQL's word but the driver's
        return away()
    if state in _AGAIN:
        return Busy(
            "Có yêu cầu khác đang sửa cùng dữ liệu: hãy gửi lại đúng yêu cầu này.",
            "Another request is changing the same rows: send this same request again.",
            retry_after_s=1,
        )
    return _refused_value(state, str(error.orig))


def away() -> Unavailable:
    """Return the refusal for a database that cannot be reached."""
    return Unavailable(
        "Cơ sở dữ liệu tạm thời không sẵn sàng: hãy gửi lại đúng yêu cầu này sau ít giây.",
        "The database is not available just now: send this same request again in a few seconds.",
        retry_after_s=2,
    )


def _refused_value(state: str, said: str) -> PqError | None:
    # PostgreSQL's own sentence names columns and repeats values; it goes to nobody.
    if state == "23505":
        return AlreadyThere("Bản ghi này đã có.", "There is such a record already.")
    if state == "23503":
        return StillReferred(
            "Bản ghi được nhắc tới không có, hoặc còn bản ghi khác dùng nó.",
            "The record it refers to is missing, or other records still refer to it.",
        )
    if state in ("23514", "23502", "22003", "22007", "22008", "22001"):
        return Invalid(
            "Giá trị nằm ngoài phạm vi cho phép.", "A value is outside of what can be kept."
        )
    if state in ("22021", "22P05"):
        return TextUnstorable(
            "Chuỗi có ký tự không lưu được.", "A text has a character that cannot be stored."
        )
    if state == "42501" and "row-level security" in said:
        # The second wall: to this caller the place does not exist.
        return NotFound(
            "Không có trong phạm vi của bạn.", "There is nothing like that in your scope."
        )
    return None
