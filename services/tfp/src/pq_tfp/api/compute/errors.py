"""What the door of the engines refuses; what the figures themselves are refused for is ``SeriesRefused``."""

from pq_common.errors import Invalid
from pq_common.http.refusals import BodyTooLarge


class ComputationTooLarge(BodyTooLarge):
    """The computation needs more memory or more steps than one request may have: 413. An engine may raise it."""

    code = "computation_too_large"
    title_vi, title_en = "Phép tính quá lớn", "Computation too large"


class ComputationTooLong(Invalid):
    """The computation was ended after the longest time a job may have: 422 in the job's error."""

    code = "computation_too_long"
    title_vi, title_en = "Phép tính quá lâu", "Computation too long"


class ComputationBroken(RuntimeError):
    """A fault of ours inside a call; the message is its traceback."""
