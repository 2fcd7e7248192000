"""From events on the bus to rows: real log, real reader, real PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from pq_common.contracts.certification import (
    Certificate,
    CertificateRecorded,
    CertificateStatusChanged,
)
from pq_common.contracts.plans import Plan
from pq_common.contracts.registry import Enterprise, EnterpriseRegistered
from pq_common.contracts.support_grants import (
    Activity,
    ActivityCorrected,
    ActivityReported,
    ActivityWithdrawn,
    PlanAmended,
    PlanIssued,
    PlanTaskReported,
    TaskReport,
)
from pq_common.contracts.tfp import PeriodOfGrowth, TfpResult, TfpResultPublished, YearOfGrowth
from pq_common.http.session import reading
from pq_reporting.consumers import PROJECTION
from pq_reporting.domain.facts import Certificate as HeldCertificate
from pq_reporting.domain.facts import Period, Spell
from pq_reporting.operations.judge_targets import Picture, Pictures, Question, judge_targets
from pq_reporting.storage.facts import load
from pq_reporting.storage.reading import Projected

ENTERPRISE = "0100109106"


def a_certificate(**changes: Any) -> Certificate:
    given: dict[str, Any] = {
        "certificate_id": "c1", "enterprise_id": ENTERPRISE, "place_id": "vn-33-1997", "scheme": "ISO 9001",
        "body_id": "b", "number": "QMS-1", "decided_on": date(2022, 3, 1), "printed_from": date(2022, 3, 1),
        "valid_from": date(2022, 3, 1), "valid_before": date(2025, 3, 1), "effective_before": date(2024, 10, 1),
        "status": "active",
    }  # fmt: skip
    return Certificate.model_validate(given | changes)


def a_result(key: str = "r1", **changes: Any) -> TfpResult:
    zero = dict.fromkeys(
        ("g_Y", "g_K", "g_L", "g_A", "alpha", "beta", "contribution_K", "contribution_L", "contribution_A"), "0.05"
    )  # fmt: skip
    given: dict[str, Any] = {
        "result_id": key, "place_id": "vn-33-1997", "boundary": "2021", "engine": "VN-OFFICIAL", "method_version": "1",
        "base_year": 2020, "price_basis": "constant-2010", "vintage": "2026-03", "share_method": "s",
        "capital_method": "c", "labour_unit": "persons", "years": (YearOfGrowth(year=2021, **zero),),
        "period": PeriodOfGrowth(first_year=2021, last_year=2025, g_Y="0.07", g_K="0.1", g_L="0.01", g_A="0.03",
                                 growth_share_A="0.48", g_LP="0.06"),
        "published_at": datetime(2026, 3, 1, tzinfo=UTC),
    }  # fmt: skip
    return TfpResult.model_validate(given | changes)


async def picture(
    world: Any,
    mode: str = "official",
    pictures: Pictures | None = None,
    on: date = date(2025, 12, 31),
) -> Picture:
    question = Question(on, "as_reported", mode)  # type: ignore[arg-type]
    async with reading(world.api) as session:
        return await judge_targets(session, question, pictures=pictures or Pictures())


async def test_before_the_first_start_of_the_worker_nothing_was_heard_and_nothing_is_invented(
    world: Any,
) -> None:
    found = await picture(world)
    assert (found.plans, found.targets, found.tasks, found.as_of.events) == ((), (), (), 0)


async def test_an_unreadable_event_is_parked_with_its_key_and_others_flow_on(
    world: Any, a_plan: Callable[..., Plan], an_activity: Callable[..., Activity]
) -> None:
    broken = world.message("bad", 1, ActivityReported(activity=an_activity("bad")))
    await world.publish(type(broken)(broken.topic, broken.key, b'{"activity": 1}', broken.headers))
    reader = await world.hear(world.plan_issued(a_plan()), world.reported(an_activity()))
    assert reader.applied == 2
    async with world.worker.engine.connect() as connection:  # the API's role only counts them
        parked = await connection.exec_driver_sql("SELECT aggregate_id FROM parked_event")
        assert parked.scalars().all() == ["bad"]


async def test_what_is_heard_twice_is_kept_once(
    world: Any, a_plan: Callable[..., Plan], an_activity: Callable[..., Activity]
) -> None:
    await world.hear(world.plan_issued(a_plan()), world.reported(an_activity()))
    again = await world.hear(world.plan_issued(a_plan()), world.reported(an_activity()))
    assert again.applied == 0
    rows = await world.rows(f"SELECT mode, events FROM {PROJECTION.id}.heard ORDER BY topic")
    assert [dict(row) for row in rows] == [{"mode": "official", "events": 1}] * 2


async def test_modes_stand_beside_each_other_and_are_never_summed(
    world: Any, a_plan: Callable[..., Plan], an_activity: Callable[..., Activity]
) -> None:
    await world.hear(
        world.plan_issued(a_plan()),
        world.reported(an_activity("a1")),
        world.reported(an_activity("a2", quantity="7"), "demo"),
    )
    official, demo = await picture(world), await picture(world, "demo")
    assert [str(one.targets[0].measure.actual.value) for one in (official, demo)] == ["1", "7"]
    assert demo.plans[0].mode == "official"


def amended(plan: Plan, valid_from: date | None) -> PlanAmended:
    return PlanAmended(plan=plan, reason="x", valid_from=valid_from)


async def test_each_day_is_judged_by_the_text_in_force_that_day(
    world: Any, a_plan: Callable[..., Plan]
) -> None:
    """The third text is of a time when amendments did not say their day: it holds from when it was told."""
    one, two, three = (a_plan(title=f"Văn bản {number}") for number in (1, 2, 3))
    await world.hear(
        (one.code, 1, PlanIssued(plan=one), "official"),
        (one.code, 2, amended(two, date(2024, 1, 1)), "official"),
        (one.code, 3, amended(three, None), "official"),
    )
    for on, titles in (
        (date(2021, 11, 30), []),
        (date(2021, 12, 1), ["Văn bản 1"]),
        (date(2023, 12, 31), ["Văn bản 1"]),
        (date(2024, 1, 1), ["Văn bản 2"]),
        (date(2026, 5, 31), ["Văn bản 2"]),
        (date(2026, 6, 1), ["Văn bản 3"]),
    ):
        assert [held.plan.title for held in (await picture(world, on=on)).plans] == titles, on


async def test_a_later_amendment_of_an_earlier_day_replaces_what_was_said_since(
    world: Any, a_plan: Callable[..., Plan]
) -> None:
    one, two, three = (a_plan(title=f"Văn bản {number}") for number in (1, 2, 3))
    await world.hear(
        (one.code, 1, PlanIssued(plan=one), "official"),
        (one.code, 2, amended(two, date(2024, 1, 1)), "official"),
        (one.code, 3, amended(three, date(2023, 1, 1)), "official"),
    )
    for on in (date(2023, 6, 1), date(2024, 6, 1)):
        assert (await picture(world, on=on)).plans[0].plan.title == "Văn bản 3"


async def test_a_plan_that_does_not_say_its_day_holds_from_the_first_of_its_years(
    world: Any, a_plan: Callable[..., Plan]
) -> None:
    await world.hear(world.plan_issued(a_plan(issued_on=None)))
    days = (date(2020, 12, 31), date(2021, 1, 1))
    assert [len((await picture(world, on=on)).plans) for on in days] == [0, 1]


async def test_a_plan_issued_in_a_mode_of_its_own_is_preferred_there(
    world: Any, a_plan: Callable[..., Plan]
) -> None:
    changed = a_plan(title="Kế hoạch minh họa")
    await world.hear(
        world.plan_issued(a_plan()),
        ("hung-yen-2021-2030", 2, amended(changed, date(2024, 1, 1)), "demo"),
    )
    assert (await picture(world)).plans[0].plan.title != changed.title
    assert (await picture(world, "demo")).plans[0].plan.title == changed.title


async def test_a_corrected_activity_replaces_and_a_withdrawn_one_counts_for_nothing(
    world: Any, a_plan: Callable[..., Plan], an_activity: Callable[..., Activity]
) -> None:
    corrected = ActivityCorrected(
        activity=an_activity(quantity="3"), changed=("quantity",), reason="nhầm"
    )
    await world.hear(
        world.plan_issued(a_plan()), world.reported(an_activity()), ("a1", 2, corrected, "official")
    )
    assert str((await picture(world)).targets[0].measure.actual.value) == "3"
    withdrawn = ActivityWithdrawn(activity=an_activity(status="withdrawn"), reason="trùng")
    await world.hear(("a1", 3, withdrawn, "official"))
    assert (await picture(world)).targets[0].measure.actual.value is None


async def test_a_certificate_before_its_enterprise_waits_for_the_name(world: Any) -> None:
    recorded = CertificateRecorded(certificate=a_certificate())
    suspended = CertificateStatusChanged(
        certificate=a_certificate(status="suspended"),
        previous_status="active",
        effective_on=date(2023, 5, 1),
    )
    await world.hear(("c1", 1, recorded, "official"), ("c1", 2, suspended, "official"))
    async with reading(world.api) as session:
        before = await load(await Projected.open(session), "official")
    assert "holder" not in before.records["certificate", "c1"].detail
    assert before.facts.certificates == (
        HeldCertificate(
            certificate_id="c1", enterprise_id=ENTERPRISE, place_id="vn-33-1997", scheme="ISO 9001",
            decided_on=date(2022, 3, 1), valid_from=date(2022, 3, 1), valid_before=date(2024, 10, 1),
            spells=(Spell(date(2022, 3, 1), "active"), Spell(date(2023, 5, 1), "suspended")),
        ),
    )  # fmt: skip
    named = Enterprise(
        enterprise_id=ENTERPRISE, name="Công ty Một", legal_form="CTCP", place_id="vn-33-1997",
        status="ACTIVE", valid_from=date(2010, 1, 1),
    )  # fmt: skip
    await world.hear((ENTERPRISE, 1, EnterpriseRegistered(enterprise=named), "official"))
    async with reading(world.api) as session:
        after = await load(await Projected.open(session), "official")
    assert after.records["certificate", "c1"].detail["holder"] == "Công ty Một"


async def test_a_stub_never_overwrites_what_the_registry_said(world: Any) -> None:
    named = Enterprise(
        enterprise_id=ENTERPRISE, name="Công ty Một", legal_form="CTCP", place_id="vn-33-1997",
        status="ACTIVE", valid_from=date(2010, 1, 1),
    )  # fmt: skip
    await world.hear((ENTERPRISE, 1, EnterpriseRegistered(enterprise=named), "official"))
    await world.hear(("c1", 1, CertificateRecorded(certificate=a_certificate()), "official"))
    rows = await world.rows(f"SELECT name FROM {PROJECTION.id}.enterprise")
    assert [row["name"] for row in rows] == ["Công ty Một"]


async def test_a_superseded_result_is_not_read_in_whichever_order_it_came(world: Any) -> None:
    newer = a_result("r2", supersedes="r1")
    other = a_result("r3", engine="TORNQVIST", period=None)
    await world.hear(
        *(
            (one.result_id, 1, TfpResultPublished(result=one), "official")
            for one in (newer, a_result(), other)
        )
    )
    async with reading(world.api) as session:
        found = (await load(await Projected.open(session), "official")).facts.results
    assert [one.result_id for one in found] == ["r2"]
    assert isinstance(found[0].period, Period)
    assert str(found[0].period.share) == "0.48"


async def test_a_task_keeps_its_last_report_in_the_mode_of_the_report(
    world: Any, a_plan: Callable[..., Plan]
) -> None:
    def report(state: str, mode: str) -> PlanTaskReported:
        said = TaskReport.model_validate(
            {"task_code": "HY-T1", "state": state, "reported_on": date(2024, 1, 1), "mode": mode}
        )
        return PlanTaskReported(plan_code="hung-yen-2021-2030", place_id="vn-33-1997", report=said)

    await world.hear(
        world.plan_issued(a_plan()),
        ("hung-yen-2021-2030", 2, report("under_way", "demo"), "official"),
        ("hung-yen-2021-2030", 3, report("done", "demo"), "official"),
    )
    assert (await picture(world, "demo")).tasks[0].state == "done"
    assert (await picture(world)).tasks[0].state == "unreported"


async def test_an_earlier_day_keeps_the_report_it_had(
    world: Any, a_plan: Callable[..., Plan]
) -> None:
    """Two reports of one day: the one made later is the state. Both may come in one batch or in two."""
    code = "hung-yen-2021-2030"

    def report(version: int, state: str, day: date) -> tuple[str, int, PlanTaskReported, str]:
        said = TaskReport.model_validate(
            {"task_code": "HY-T1", "state": state, "reported_on": day, "mode": "official"}
        )
        event = PlanTaskReported(plan_code=code, place_id="vn-33-1997", report=said)
        return code, version, event, "official"

    await world.hear(
        world.plan_issued(a_plan()),
        report(2, "not_started", date(2024, 1, 1)),
        report(3, "under_way", date(2024, 1, 1)),
    )
    await world.hear(report(4, "done", date(2025, 1, 1)))
    for on, said in (
        (date(2023, 12, 31), "unreported"),
        (date(2024, 1, 1), "under_way"),
        (date(2024, 12, 31), "under_way"),
        (date(2025, 1, 1), "done"),
        (date(2026, 1, 1), "done"),
    ):
        assert (await picture(world, on=on)).tasks[0].state == said, on


async def test_a_picture_is_kept_until_something_new_is_heard(
    world: Any, a_plan: Callable[..., Plan], an_activity: Callable[..., Activity]
) -> None:
    kept = Pictures(size=2)
    await world.hear(world.plan_issued(a_plan()))
    first = await picture(world, pictures=kept)
    assert await picture(world, pictures=kept) is first
    await world.hear(world.reported(an_activity()))
    assert (await picture(world, pictures=kept)).as_of.events == first.as_of.events + 1
    await picture(world, "demo", pictures=kept)
    assert await picture(world, "demo", pictures=kept) is not first


async def test_the_api_role_reads_the_projection_and_cannot_write_it(
    world: Any, a_plan: Callable[..., Plan]
) -> None:
    await world.hear((a_plan().code, 1, PlanIssued(plan=a_plan()), "official"))
    with pytest.raises(Exception, match="permission denied"):
        await world.rows(f"DELETE FROM {PROJECTION.id}.plan")
