"""What a page prints of one target: every word in the reader's language, every number written out."""

from dataclasses import dataclass, replace
from datetime import date

from pq_common import places
from pq_common.contracts.plans import Slip
from pq_reporting.domain.boundaries import TODAY, is_additive
from pq_reporting.domain.catalogue import BY_CODE
from pq_reporting.domain.clauses import Clause
from pq_reporting.domain.figure import Figure
from pq_reporting.domain.numbers import day, with_unit
from pq_reporting.domain.wording import plan_value
from pq_reporting.operations.judge_targets import JudgedTarget, Picture
from pq_reporting.pages.bars import Bar, bar_of
from pq_reporting.pages.messages import DAYS, KINDS, LABELS, NOT_SAID, TEXTS
from pq_reporting.storage.facts import Named


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the fold-out: a name and what the text or the figures say. ``quoted`` is the text's own Vietnamese."""

    name: str
    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One record behind a figure."""

    title: str
    place: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """The place of today beside the clause's own."""

    place: str
    figure: str
    reason: str | None
    adds_up: bool
    parts: tuple[Fact, ...]
    siblings: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One target on a page."""

    plan: str
    code: str
    name: str
    span: str
    promised: str
    actual: str
    is_number: bool
    needed: str
    status: str
    word: str
    reason: str
    sentence: str
    bar: Bar
    facts: tuple[Fact, ...]
    successor: Successor | None


def row_of(target: JudgedTarget, picture: Picture, lang: str) -> Row:
    """Return the row of one target."""
    said, verdict, measure = target.said, target.verdict, target.measure
    needed = needed_text(verdict.needed, target.clause, lang)
    actual = figure_text(measure.actual, target.clause, lang)
    if measure.actual.value is not None:
        actual = in_year(actual, measure.year, lang)
    return Row(
        plan=target.plan.code, code=said.code, name=said.name_en if lang == "en" else said.name_vi,
        span=years_of(said.span.first_year, said.span.last_year), promised=plan_value(target.clause).in_(lang),
        actual=actual, is_number=measure.actual.value is not None, needed=needed,
        status=verdict.status.value, word=verdict.word.in_(lang), reason=verdict.reason.in_(lang),
        sentence=said.sentence, bar=bar_of(target, picture.question), facts=tuple(facts_of(target, lang)),
        successor=successor_of(target, picture, lang),
    )  # fmt: skip


def figure_text(figure: Figure, clause: Clause, lang: str) -> str:
    """Write a figure, or the word for having none; a deed is done or not done."""
    if figure.value is None:
        return KINDS[figure.kind].in_(lang)
    if is_deed(clause):
        return TEXTS["done" if figure.value > 0 else "not_done"].in_(lang)
    known = BY_CODE.get(clause.indicator)
    unit = figure.unit or clause.unit or (known.unit if known else None)
    return with_unit(figure.value, unit.removesuffix("/năm") if unit else None, lang)


def needed_text(needed: Figure, clause: Clause, lang: str) -> str:
    """Write what is needed by now; a dash where nothing can be, and "to be done" for a deed."""
    if needed.value is None:
        return "–"
    if is_deed(clause):
        return plan_value(replace(clause, cadence="once_by_end")).in_(lang)
    return figure_text(needed, clause, lang)


def is_deed(clause: Clause) -> bool:
    """Say whether the clause asks that something be done, without a number."""
    return clause.counting == "yes_no" or (clause.comparator == "done" and clause.unit is None)


def in_year(text: str, year: int | None, lang: str) -> str:
    """Add the year a figure speaks of."""
    return text if year is None else f"{text} ({TEXTS['in_year'].in_(lang)} {year})"


def facts_of(target: JudgedTarget, lang: str) -> list[Fact]:
    """Return what the clause says beside its number, and how it is read; nothing is read silently."""
    said = target.said

    def name(key: str) -> str:
        return TEXTS[key].in_(lang)

    quoted = (
        ("hedge", said.hedge), ("condition", said.condition), ("channel", said.channel),
        ("either_or", " / ".join(said.either_or)), ("menu", ", ".join(said.menu)),
    )  # fmt: skip
    facts = [Fact(name(key), text, quoted=True) for key, text in quoted if text]
    if said.alternative_reading is not None:
        other = said.alternative_reading
        facts.append(Fact(name("alternative"), other.note_en if lang == "en" else other.note_vi))
    facts += [Fact(name("slip"), slip_text(slip, lang)) for slip in said.slips]
    note = said.note_en if lang == "en" else said.note_vi
    if note:
        facts.append(Fact(name("note"), note))
    if said.not_said:
        left_open = [NOT_SAID[key].in_(lang) if key in NOT_SAID else key for key in said.not_said]
        facts.append(Fact(name("not_said"), ", ".join(left_open)))
    facts += [Fact(name("note"), one.in_(lang)) for one in target.measure.notes]
    for reading in target.measure.readings:
        shown = figure_text(reading.figure, target.clause, lang)
        facts.append(Fact(name("other_figures"), f"{reading.label.in_(lang)}: {shown}"))
    return facts


def slip_text(slip: Slip, lang: str) -> str:
    """Write a slip: as printed, as read, and why."""
    text = f"{TEXTS['printed'].in_(lang)} “{slip.printed}”"
    if slip.read_as:
        text += f", {TEXTS['read_as'].in_(lang)} “{slip.read_as}”"
    return f"{text}. {slip.note_en if lang == 'en' else slip.note_vi}"


def successor_of(target: JudgedTarget, picture: Picture, lang: str) -> Successor | None:
    """Return the figure of the successor with its parts, and what its other parts had promised."""
    found = target.beside
    if found is None:
        return None
    by_key = {(one.plan.code, one.said.code): one for one in picture.targets}
    siblings = []
    for plan, said in target.siblings:
        other = by_key[plan, said.code]
        siblings.append(Fact(places.describe(said.place_id), plan_value(other.clause).in_(lang)))
    adds_up = is_additive(target.clause)
    return Successor(
        place=places.label(found.place_id, places.boundary(TODAY).since),
        figure=in_year(figure_text(found.figure, target.clause, lang), found.year, lang),
        reason=found.figure.reason.in_(lang) if found.figure.reason else None,
        adds_up=adds_up,
        parts=tuple(
            Fact(places.describe(part.place_id), figure_text(part.figure, target.clause, lang))
            for part in found.parts
            if adds_up or part.place_id != found.place_id
        ),
        siblings=tuple(siblings),
    )


def year_rows(target: JudgedTarget, lang: str) -> list[Fact]:
    """Return year by year what was reached."""
    return [
        Fact(str(year), figure_text(figure, target.clause, lang))
        for year, figure in sorted(target.measure.years.items())
    ]


def record_of(record: Named, lang: str) -> Record:
    """Return a record in words; days as readers write them, everything else as it was said."""
    parts = []
    for key, value in record.detail.items():
        if key in LABELS:
            shown = day(date.fromisoformat(value[:10]), lang) if key in DAYS else value
            parts.append(f"{LABELS[key].in_(lang)} {shown}")
    return Record(record.title, places.describe(record.place_id), "; ".join(parts))


def years_of(first: int, last: int) -> str:
    """Write a span of years; one year stands alone."""
    return str(first) if first == last else f"{first}–{last}"
