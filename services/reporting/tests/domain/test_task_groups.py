import pytest

from pq_reporting.domain.catalogue import INDICATORS
from pq_reporting.domain.groups import GROUPS, group_of


@pytest.mark.parametrize(
    ("indicator", "group"),
    [("ENT-RND", 1), ("TFP-SHARE", 1), ("COM-TV", 2), ("ENT-SUP", 3), ("CRT-9001-G", 3), ("HR-MGR", 4), ("STD-LAB", 5), ("RPT-ONTIME", None)],
)  # fmt: skip
def test_an_indicator_belongs_to_the_group_whose_tasks_bring_it(
    indicator: str, group: int | None
) -> None:
    assert group_of(indicator) == group


def test_every_indicator_but_that_of_reporting_itself_has_a_group() -> None:
    assert {one.code for one in INDICATORS if group_of(one.code) is None} == {"RPT-ONTIME"}
    assert list(GROUPS) == [1, 2, 3, 4, 5, 6]
