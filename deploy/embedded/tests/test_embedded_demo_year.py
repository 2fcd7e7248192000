"""The demonstration is synthetic, reproducible and tells every kind of story that the page must show."""

from collections import Counter
from datetime import date

import pytest
from stdnum.vn import mst

from pq_embedded.demo.activities import LINES
from pq_embedded.demo.cast import BY_SHORT, LAST_DAY, MERGER, PROVINCES
from pq_embedded.demo.year import DemoYear, demo_year
from pq_embedded.founding import founding_plans

SILENT = ("HY-02", "HY-09", "HY-12", "HY-16", "HY-17", "HY-22", "HY-26", "BL-10")


@pytest.fixture(scope="module")
def year() -> DemoYear:
    return demo_year(founding_plans())


def reported(year: DemoYear, clause: str, until: date = LAST_DAY) -> int:
    return sum(a.quantity for a in year.activities if clause in a.clauses and a.ends_on <= until)


def test_no_tax_code_could_belong_to_anybody(year: DemoYear) -> None:
    codes = [one.tax_code for one in year.enterprises]
    assert len(set(codes)) == len(codes)
    assert all(mst.is_valid(code) and code.startswith("99") for code in codes)


def test_every_name_says_that_it_is_an_illustration(year: DemoYear) -> None:
    assert all(one.name.startswith("DN minh họa ") for one in year.enterprises)


def test_nothing_happens_after_the_demonstration_ends_or_before_it_begins(year: DemoYear) -> None:
    assert max(a.ends_on for a in year.activities) <= LAST_DAY
    assert min(a.starts_on for a in year.activities) >= date(2021, 1, 1)
    assert max(c.printed_from for c in year.certificates) <= LAST_DAY


def test_some_targets_stay_without_any_report(year: DemoYear) -> None:
    assert {clause: reported(year, clause) for clause in SILENT} == dict.fromkeys(SILENT, 0)


def test_one_target_is_exceeded_one_missed_one_late_and_one_met(year: DemoYear) -> None:
    due = date(2025, 12, 31)
    assert reported(year, "HY-05", due) == 6  # asked for: 2 to 4
    winners = {
        key for a in year.activities if {"BL-02", "BL-03"} & {*a.clauses} for key in a.subjects
    }
    assert len(winners) == 4  # asked for: at least 5, Gold among them
    assert (reported(year, "HY-11", due), reported(year, "HY-11")) == (
        1,
        2,
    )  # asked for: at least 2
    assert reported(year, "QB-02", due) > 200


def test_the_same_seed_gives_the_same_year_and_another_seed_another(year: DemoYear) -> None:
    assert demo_year(founding_plans()) == year
    assert demo_year(founding_plans(), seed=7) != year


def test_every_key_is_used_once(year: DemoYear) -> None:
    for things in (year.enterprises, year.certificates, year.activities, year.task_reports):
        assert max(Counter(thing.key for thing in things).values()) == 1


def test_a_report_after_the_merger_comes_from_the_merged_province() -> None:
    quang_binh = BY_SHORT["QB"]
    assert quang_binh.place_on(date(2025, 6, 30)) == "vn-44-1997"
    assert quang_binh.place_on(MERGER) == "vn-44-2025"


def test_every_clause_named_here_stands_in_a_founding_plan(year: DemoYear) -> None:
    known = {target.code for plan in founding_plans() for target in plan.targets}
    assert {line.clauses for line in LINES} <= known
    assert {clause for a in year.activities for clause in a.clauses} <= known


def test_each_plan_has_tasks_in_every_state_and_some_in_none(year: DemoYear) -> None:
    for plan in founding_plans():
        if plan.level != "provincial" or len(plan.tasks) < 11:
            continue
        states = {r.task_code: r.state for r in year.task_reports if r.plan_code == plan.code}
        assert set(states.values()) == {"done", "under_way", "not_started", "dropped"}
        assert len(states) < len(plan.tasks)


def test_a_dropped_task_names_the_decision_that_dropped_it(year: DemoYear) -> None:
    dropped = [report for report in year.task_reports if report.state == "dropped"]
    assert dropped
    assert all(report.decision for report in dropped)


@pytest.mark.parametrize(("short", "share"), [("HP", 0.452), ("BL", 0.312), ("QT", 0.33)])
def test_the_series_carry_the_share_they_were_built_for(
    year: DemoYear, short: str, share: float
) -> None:
    series = next(one for one in year.series if one.province.short == short)
    first, last = series.years[0], series.years[-1]
    span = last.year - first.year
    g = {
        name: (getattr(last, name) / getattr(first, name)) ** (1 / span) - 1
        for name in ("output", "capital", "labour")
    }
    inputs = series.capital_share * g["capital"] + (1 - series.capital_share) * g["labour"]
    assert 1 - inputs / g["output"] == pytest.approx(share, abs=0.005)


def test_all_eleven_provinces_have_enterprises_activities_and_series(year: DemoYear) -> None:
    every = set(PROVINCES)
    assert {one.province for one in year.enterprises} == every
    assert {one.province for one in year.activities} == every
    assert {one.province for one in year.series} == every


def test_iso_9001_grows_by_a_tenth_in_every_year_but_one(year: DemoYear) -> None:
    issued = Counter(
        one.decided_on.year
        for one in year.certificates
        if one.scheme == "ISO 9001"
        and one.enterprise.province.place_on(one.decided_on) == "vn-44-1997"
    )
    growth = {when: issued[when] / issued[when - 1] - 1 for when in range(2021, 2026)}
    assert [when for when, rate in growth.items() if rate < 0.10] == [2023]


def test_supported_enterprises_of_quang_binh_grow_as_planned_in_every_year_but_one(
    year: DemoYear,
) -> None:
    bodies: dict[int, set[str]] = {}
    for one in year.activities:
        if one.indicator == "ENT-SUP" and one.province.place_on(one.starts_on) == "vn-44-1997":
            bodies.setdefault(one.ends_on.year, set()).update(e.tax_code for e in one.enterprises)
    growth = {when: len(bodies[when]) / len(bodies[when - 1]) - 1 for when in range(2022, 2026)}
    assert [when for when, rate in growth.items() if not 0.10 <= rate <= 0.15] == [2024]
