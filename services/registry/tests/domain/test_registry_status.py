"""What may follow what: every pair of statuses is decided by the table."""

import itertools

import pytest

from pq_registry.domain.errors import IllegalTransition
from pq_registry.domain.status import (
    NAMES_VI,
    TRANSITIONS,
    Status,
    check_transition,
    may_receive_new_support,
)

REFUSED = [
    (before, after)
    for before, after in itertools.permutations(Status, 2)
    if after not in TRANSITIONS[before]
]


@pytest.mark.parametrize("after", [status for status in Status if status is not Status.TERMINATED])
def test_the_terminated_stay_terminated(after: Status) -> None:
    with pytest.raises(IllegalTransition, match="cannot go from TERMINATED"):
        check_transition(Status.TERMINATED, after)


@pytest.mark.parametrize(("before", "after"), REFUSED)
def test_what_the_table_does_not_name_is_refused_in_both_languages(
    before: Status, after: Status
) -> None:
    with pytest.raises(IllegalTransition) as refused:
        check_transition(before, after)
    assert NAMES_VI[before] in refused.value.message_vi
    assert NAMES_VI[after] in refused.value.message_vi


@pytest.mark.parametrize("before", Status)
def test_what_the_table_names_is_allowed_and_so_is_staying(before: Status) -> None:
    for after in (*TRANSITIONS[before], before):
        check_transition(before, after)


@pytest.mark.parametrize("status", Status)
def test_only_the_active_may_receive_new_support(status: Status) -> None:
    assert may_receive_new_support(status) is (status is Status.ACTIVE)
