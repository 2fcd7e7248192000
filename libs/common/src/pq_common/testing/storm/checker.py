"""The only judge of a storm: from what was acknowledged, logged, sent, numbered and applied, what went wrong.

Pure functions over lists, so that planted violations can show that each kind of fault is seen.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Logged(NamedTuple):
    """An event of the journal, in the order of ``seq``."""

    number: int
    account: str
    version: int
    amount: int


class Seen(NamedTuple):
    """A version of an account, where it was seen: on the bus, in the feed, or applied."""

    account: str
    version: int


@dataclass(frozen=True, slots=True)
class History:
    """Everything a storm left behind."""

    wanted: int
    acknowledged: Sequence[tuple[int, str, int]]
    log: Sequence[Logged]
    on_bus: Sequence[Seen]
    feed: Sequence[tuple[int, Seen]]
    applied: Sequence[Seen]
    totals: dict[str, tuple[int, int]]
    accounts: dict[str, tuple[int, int]]
    parked: int = 0
    gaps: int = 0


@dataclass(slots=True)
class Verdict:
    """The counts of the last line, and a sentence for every kind of fault found."""

    written: int
    lost: int = 0
    applied_twice: int = 0
    out_of_order: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Say whether every promise was kept."""
        return not (self.lost or self.applied_twice or self.out_of_order or self.faults)


def check(history: History) -> Verdict:
    """Compare what was promised with what is there."""
    verdict = Verdict(written=len({event.number for event in history.log}))
    logged = Counter(Seen(event.account, event.version) for event in history.log)
    _check_writing(history, logged, verdict)
    for where, seen in (
        ("on the bus", history.on_bus),
        ("in the feed", [one for _, one in history.feed]),
        ("in the projection", history.applied),
    ):
        _check_arrival(where, Counter(seen), logged, verdict)
    applied = Counter(history.applied)
    verdict.applied_twice += sum(times - 1 for times in applied.values())
    verdict.out_of_order += inversions(history.applied)
    verdict.out_of_order += inversions(dict.fromkeys(history.on_bus))
    verdict.out_of_order += inversions(one for _, one in history.feed)
    _check_feed(history, verdict)
    _check_sums(history, verdict)
    return verdict


def inversions(seen: Iterable[Seen]) -> int:
    """Count the versions that do not directly follow the one seen before them of the same account."""
    last: dict[str, int] = defaultdict(int)
    wrong = 0
    for account, version in seen:
        wrong += version != last[account] + 1
        last[account] = max(last[account], version)
    return wrong


def _check_writing(history: History, logged: Counter[Seen], verdict: Verdict) -> None:
    in_log = {(event.number, event.account, event.version) for event in history.log}
    if missing := set(history.acknowledged) - in_log:
        verdict.lost += len(missing)
        verdict.faults.append(f"{len(missing)} acknowledged writes are not in the journal")
    if verdict.written != history.wanted:
        verdict.faults.append(f"{verdict.written} of {history.wanted} events were written")
    if len(history.log) != verdict.written:
        verdict.faults.append(f"{len(history.log) - verdict.written} events were written twice")
    if twice := sum(times - 1 for times in logged.values()):
        verdict.faults.append(f"{twice} versions were given twice")


def _check_arrival(
    where: str, seen: Counter[Seen], logged: Counter[Seen], verdict: Verdict
) -> None:
    if missing := logged.keys() - seen.keys():
        verdict.lost += len(missing)
        verdict.faults.append(f"{len(missing)} events are not {where}")
    if invented := seen.keys() - logged.keys():
        verdict.faults.append(f"{len(invented)} events {where} were never committed")


def _check_feed(history: History, verdict: Verdict) -> None:
    positions = [position for position, _ in history.feed]
    if positions != list(range(1, len(positions) + 1)):
        verdict.faults.append("the feed has gaps")
    if history.parked or history.gaps:
        verdict.faults.append(f"{history.parked} events parked, {history.gaps} gaps recorded")


def _check_sums(history: History, verdict: Verdict) -> None:
    folded: dict[str, tuple[int, int]] = {}
    for event in history.log:
        total, count = folded.get(event.account, (0, 0))
        folded[event.account] = (total + event.amount, count + 1)
    for name, sums in (("projection", history.totals), ("aggregates", history.accounts)):
        wrong = {k for k in folded.keys() | sums.keys() if folded.get(k) != sums.get(k)}
        if wrong:
            verdict.faults.append(
                f"the {name} differ from a fold over the journal: {len(wrong)} accounts"
            )
