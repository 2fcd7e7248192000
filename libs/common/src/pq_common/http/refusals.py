"""Refusals that only the door knows: malformed requests, preconditions, sizes, rates, an unreachable database."""

from pq_common.errors import Invalid, PqError


class BadRequest(PqError):
    """The request cannot be read as what it claims to be: 400."""

    code = "bad_request"
    title_vi, title_en = "Yêu cầu không đọc được", "Bad request"


class UnknownParameter(BadRequest):
    """The query has a parameter that this operation does not know: 400."""

    code = "query_parameter_unknown"
    title_vi, title_en = "Tham số không có", "Unknown query parameter"


class RepeatedParameter(BadRequest):
    """A query parameter that takes one value was given several times: 400."""

    code = "query_parameter_repeated"
    title_vi, title_en = "Tham số lặp lại", "Repeated query parameter"


class CursorInvalid(Invalid):
    """The cursor was not made by this list, or by this list with other filters: 422."""

    code = "cursor_invalid"
    title_vi, title_en = "Con trỏ trang không đúng", "Invalid cursor"


class JsonTooDeep(BadRequest):
    """The JSON text nests deeper than any form of ours: 400."""

    code = "json_too_deep"
    title_vi, title_en = "JSON lồng quá sâu", "JSON nested too deeply"


class NoSuchPath(PqError):
    """No operation has this path: 404."""

    code = "path_unknown"
    title_vi, title_en = "Không có địa chỉ này", "No such address"


class MethodNotAllowed(PqError):
    """The path exists, not with this method: 405."""

    code = "method_not_allowed"
    title_vi, title_en = "Phương thức không dùng được", "Method not allowed"


class PreconditionFailed(PqError):
    """The thing has changed since the caller read it: 412."""

    code = "precondition_failed"
    title_vi, title_en = "Dữ liệu đã thay đổi", "Precondition failed"


class BodyTooLarge(PqError):
    """The body is larger than the limit: 413."""

    code = "body_too_large"
    title_vi, title_en = "Nội dung quá lớn", "Body too large"


class MediaTypeUnsupported(PqError):
    """The body is of a kind that this operation does not read: 415."""

    code = "media_type_unsupported"
    title_vi, title_en = "Kiểu nội dung không hỗ trợ", "Unsupported media type"


class PreconditionRequired(PqError):
    """A change must say which version it changes: 428."""

    code = "precondition_required"
    title_vi, title_en = "Thiếu điều kiện", "Precondition required"


class TooManyRequests(PqError):
    """The caller asks faster than the limit allows: 429."""

    code = "too_many_requests"
    title_vi, title_en = "Quá nhiều yêu cầu", "Too many requests"


class Unavailable(PqError):
    """Something we need is away or busy; the same request may succeed soon: 503."""

    code = "unavailable"
    title_vi, title_en = "Tạm thời chưa phục vụ được", "Temporarily unavailable"
