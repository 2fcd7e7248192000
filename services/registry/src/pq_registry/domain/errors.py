"""What the registry refuses, as the sentence each error completes."""

from pq_common.errors import Gone, NotFound, RuleViolated


class OrganisationNotFound(NotFound):
    code = "organisation_not_found"

    @classmethod
    def of(cls, organisation_id: str) -> "OrganisationNotFound":
        return cls(
            f"Không có tổ chức {organisation_id} trong phạm vi của bạn.",
            f"There is no organisation {organisation_id} in your scope.",
        )


class OrganisationClosed(Gone):
    code = "organisation_closed"


class AlreadyRegistered(RuleViolated):
    """The same tax code is registered already; ``duplicate_of`` names the record."""

    code = "organisation_already_registered"


class IllegalTransition(RuleViolated):
    code = "organisation_transition_illegal"


class FactsRefused(RuleViolated):
    """The facts contradict each other or the day; every reason is listed."""

    code = "organisation_facts_refused"
