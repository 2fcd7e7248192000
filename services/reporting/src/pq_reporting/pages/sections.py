"""What a page prints of one plan: who set it, what became of the place, its targets by period, its tasks by group."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pq_common import places
from pq_common.contracts.plans import Plan
from pq_reporting.domain.boundaries import TODAY
from pq_reporting.domain.groups import GROUPS
from pq_reporting.domain.numbers import day
from pq_reporting.domain.status import Status
from pq_reporting.operations.judge_targets import JudgedTarget, Picture, TaskLine, Wanted
from pq_reporting.pages.messages import STATES, TEXTS
from pq_reporting.pages.rows import Fact, Row, row_of, slip_text, years_of

GOOD = (Status.MET, Status.ON_TRACK)
BAD = (Status.LATE, Status.MISSED)
PRESSING = (
    Status.MISSED, Status.LATE, Status.NOT_DECIDABLE, Status.UNREPORTED, Status.NOT_COMPARABLE, Status.NOT_DUE,
    Status.ON_TRACK, Status.MET, Status.NOT_APPLICABLE, Status.SUPPRESSED,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """One task on a page."""

    code: str
    letter: str | None
    name: str
    state: str
    word: str
    brief: str
    sentence: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The tasks under one of the six headings of the decision."""

    number: int
    name: str
    is_inferred: bool
    tasks: tuple[TaskRow, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """So many targets in one state; ``start`` and ``width`` are its part of a bar of 100."""

    status: str
    word: str
    number: int
    start: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One plan on a page."""

    code: str
    title: str
    facts: str
    place: str
    now: str | None
    years: str
    shares: tuple[Share, ...]
    target_count: int
    task_count: int
    task_words: str
    slips: tuple[Fact, ...]
    source: str
    left_out: int
    periods: tuple[tuple[str, tuple[Row, ...]], ...]
    groups: tuple[Group, ...]


ROWS_AT_ONCE = 100
"""So many targets the list of all plans shows before every plan is cut to the same length; a plan's own page shows all of its own."""


def fair_length(counts: Iterable[int], most: int = ROWS_AT_ONCE) -> int:
    """Return the greatest length to which lists are cut so that together they hold at most ``most``, and none is favoured.

    At least one of each stays, whatever ``most`` says.
    """
    left, lengths = most, sorted(counts)
    for place, length in enumerate(lengths):
        share = left // (len(lengths) - place)
        if length > share:
            return max(share, 1)
        left -= length
    return most


def most_pressing(targets: list[JudgedTarget], length: int) -> list[JudgedTarget]:
    """Return that many targets in the order of the text, those kept first that are missed, late or undecided."""
    ranked = sorted(targets, key=lambda one: PRESSING.index(one.verdict.status))
    kept = {id(one) for one in ranked[:length]}
    return [one for one in targets if id(one) in kept]


def sections_of(
    picture: Picture, wanted: Wanted, lang: str, *, at_once: int | None = None
) -> list[Section]:
    """Return the plans that have anything to show; filters by state ask for targets alone. ``at_once`` bounds the targets shown."""
    found = []
    counts = Counter(one.plan.code for one in picture.targets if wanted.target_fits(one))
    length = None if at_once is None else fair_length(counts.values(), at_once)
    for held in picture.plans:
        targets = [
            one
            for one in picture.targets
            if one.plan.code == held.plan.code and wanted.target_fits(one)
        ]
        lines = [
            line
            for line in picture.tasks
            if line.plan.code == held.plan.code and wanted.task_fits(line) and wanted.status is None
        ]
        whole = wanted.status is None and wanted.group is None and wanted.plan_fits(held.plan)
        if targets or lines or whole:
            found.append(_section(held.plan, targets, lines, picture, lang, length=length))
    return found


def shares_of(targets: Iterable[JudgedTarget], lang: str) -> tuple[Share, ...]:
    """Return how many targets are in each state, good ones first."""
    counts = Counter(target.verdict.status for target in targets)
    whole, begun, shares = sum(counts.values()), 0, []
    for status in Status:
        if number := counts[status]:
            start, width = 100 * begun / whole, 100 * number / whole
            shares.append(
                Share(status.value, status.word.in_(lang), number, round(start, 2), round(width, 2))
            )
            begun += number
    return tuple(shares)


def headline(targets: Iterable[JudgedTarget], lang: str) -> str:
    """State the finding; its numbers come from the targets shown."""
    counts = Counter(target.verdict.status for target in targets)
    whole = sum(counts.values())
    good, bad = (sum(counts[status] for status in states) for states in (GOOD, BAD))
    silent = counts[Status.UNREPORTED]
    if lang == "en":
        return f"{good} of {whole} targets met or on track; {bad}\u00a0behind or not met; {silent}\u00a0not reported"
    return f"{good}/{whole} chỉ tiêu đạt hoặc đúng tiến độ; {bad}\u00a0chậm hoặc không đạt; {silent}\u00a0chưa\u00a0báo\u00a0cáo"


def place_then(plan: Plan) -> str:
    """Return the place under its name of then; a national decision is known by its number."""
    if plan.level == "national":
        return plan.number_read or plan.number_printed or plan.title
    return capital(places.label(plan.place_id, plan.issued_on or date(plan.first_year, 1, 1)))


def capital(text: str) -> str:
    """Begin with a capital, as a heading does."""
    return text[:1].upper() + text[1:]


def place_now(plan: Plan, on: date) -> str | None:
    """Return what became of the place by a day; None where it is still the same."""
    successor = places.boundary(TODAY).maps_to(plan.place_id)
    if successor == plan.place_id or on < places.boundary(TODAY).since:
        return None
    return places.label(successor, on)


def _section(
    plan: Plan, targets: list[JudgedTarget], lines: list[TaskLine], picture: Picture, lang: str, *, length: int | None
) -> Section:  # fmt: skip
    shown = targets if length is None else most_pressing(targets, length)
    rows = [row_of(one, picture, lang) for one in shown]
    spans = sorted({row.span for row in rows})
    number = plan.number_read or plan.number_printed or TEXTS["number_not_said"].in_(lang)
    issued = f", {TEXTS['issued'].in_(lang)} {day(plan.issued_on, lang)}" if plan.issued_on else ""
    states = Counter(line.state for line in lines)
    return Section(
        code=plan.code, title=plan.title, facts=f"{number}{issued}", place=place_then(plan),
        now=place_now(plan, picture.question.on), years=years_of(plan.first_year, plan.last_year),
        shares=shares_of(targets, lang), target_count=len(targets), task_count=len(lines),
        task_words=", ".join(f"{states[key]} {word.in_(lang).lower()}" for key, word in STATES.items() if states[key]),
        slips=tuple(Fact(TEXTS["slip"].in_(lang), slip_text(slip, lang)) for slip in plan.slips), source=plan.source,
        left_out=len(targets) - len(shown),
        periods=tuple((span, tuple(row for row in rows if row.span == span)) for span in spans),
        groups=tuple(_groups(lines, lang)),
    )  # fmt: skip


def _groups(lines: list[TaskLine], lang: str) -> Iterable[Group]:
    for number, name in GROUPS.items():
        mine = [line for line in lines if line.task.group == number]
        if mine:
            inferred = any(line.task.is_group_inferred for line in mine)
            yield Group(
                number, name.in_(lang), inferred, tuple(task_row(line, lang) for line in mine)
            )


def task_row(line: TaskLine, lang: str) -> TaskRow:
    """Return one task with what was named in it and what was reported of it."""
    task, report = line.task, line.report
    named = (
        ("lead", task.lead_units), ("with", task.coordinating_units), ("standards", task.standards),
        ("tools", task.tools), ("sectors", task.sectors), ("linked", task.linked_programmes),
    )  # fmt: skip
    facts = [
        Fact(TEXTS[key].in_(lang), ", ".join(values), quoted=True)
        for key, values in named
        if values
    ]
    facts += [Fact(TEXTS["slip"].in_(lang), slip_text(slip, lang)) for slip in task.slips]
    word = brief = STATES[line.state].in_(lang)
    if report is not None:
        word = f"{word}, {TEXTS['reported_on'].in_(lang)} {day(report.reported_on, lang)}"
        proofs = [one.reference for one in report.evidence] + (
            [report.decision] if report.decision else []
        )
        if proofs:
            facts.append(Fact(TEXTS["evidence"].in_(lang), "; ".join(proofs), quoted=True))
        if report.note:
            facts.append(Fact(TEXTS["note"].in_(lang), report.note, quoted=True))
    return TaskRow(
        code=task.code, letter=task.letter, name=task.name_en if lang == "en" else task.name_vi,
        state=line.state, word=word, brief=brief.lower(), sentence=task.sentence, facts=tuple(facts),
    )  # fmt: skip
