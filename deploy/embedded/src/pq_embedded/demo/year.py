"""The whole demonstration as one value: the same seed and the same plans give the same year, to the byte."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from pq_common.contracts.plans import Plan
from pq_embedded.demo.activities import DemoActivity, activities
from pq_embedded.demo.cast import BY_SHORT
from pq_embedded.demo.certificates import DemoCertificate, certificates
from pq_embedded.demo.enterprises import DemoEnterprise, enterprises
from pq_embedded.demo.growth import DemoSeries, series
from pq_embedded.demo.tasks import DemoTaskReport, task_reports

SEED = 1322


@dataclass(frozen=True, slots=True)
class DemoYear:
    """Everything that the demonstration sends, in the order in which it is sent."""

    enterprises: tuple[DemoEnterprise, ...]
    certificates: tuple[DemoCertificate, ...]
    activities: tuple[DemoActivity, ...]
    task_reports: tuple[DemoTaskReport, ...]
    series: tuple[DemoSeries, ...]

    @property
    def results(self) -> tuple[tuple[str, str], ...]:
        """The places to compute and publish, each with its boundary: every old province, then the merged ones."""
        then = [(one.province.then_id, "2021") for one in self.series]
        now = dict.fromkeys((one.province.now_id, "2025-07-01") for one in self.series)
        return (*then, *now)

    @property
    def comparisons(self) -> tuple[tuple[str, str], ...]:
        """The place that all others are compared with on each map, with its boundary."""
        reference = BY_SHORT["HP"]
        return ((reference.then_id, "2021"), (reference.now_id, "2025-07-01"))

    @property
    def size(self) -> int:
        """How many commands the demonstration takes: one for all series, two for each result and comparison."""
        alone = (self.enterprises, self.certificates, self.activities, self.task_reports)
        return sum(map(len, alone)) + 1 + 2 * len((*self.results, *self.comparisons))


def plan_of(clause: str, plans: Sequence[Plan]) -> str:
    """Return the code of the plan that holds ``clause``. Raises LookupError: the demonstration promises none it lacks."""
    for plan in plans:
        if any(target.code == clause for target in plan.targets):
            return plan.code
    raise LookupError(clause)


def demo_year(plans: Sequence[Plan], *, seed: int = SEED) -> DemoYear:
    """Make the demonstration for these plans."""
    everyone = enterprises(Random(seed))
    return DemoYear(
        enterprises=tuple(everyone),
        certificates=tuple(certificates(Random(seed + 1), everyone)),
        activities=tuple(activities(everyone)),
        task_reports=tuple(task_reports(Random(seed + 2), plans)),
        series=tuple(series()),
    )
