"""What certification refuses, as the sentence each error completes."""

from pq_common.errors import NotFound, RuleViolated


class CertificateNotFound(NotFound):
    code = "certificate_not_found"

    @classmethod
    def of(cls, certificate_id: str) -> "CertificateNotFound":
        return cls(
            f"Không có giấy chứng nhận {certificate_id} trong phạm vi của bạn.",
            f"There is no certificate {certificate_id} in your scope.",
        )


class AlreadyRecorded(RuleViolated):
    """The same number of the same body and scheme is recorded; ``duplicate_of`` names it."""

    code = "certificate_already_recorded"


class IllegalTransition(RuleViolated):
    code = "certificate_transition_illegal"


class FactsRefused(RuleViolated):
    """The dates or names contradict each other; every reason is listed."""

    code = "certificate_facts_refused"
