"""What a page prints beside a clause on TFP or labour productivity: the account on the map of the promise and on today's."""

from collections.abc import Iterable
from dataclasses import dataclass

from pq_common import places
from pq_common.contracts.tfp import TfpResult
from pq_reporting.domain.boundaries import RATES
from pq_reporting.domain.figure import Figure
from pq_reporting.domain.measured import Source
from pq_reporting.domain.status import Verdict
from pq_reporting.domain.withdrawing import withdrawals
from pq_reporting.operations.judge_targets import JudgedTarget, Picture
from pq_reporting.pages.accounts import Account, account_of, summary_of
from pq_reporting.pages.growth_messages import TEXTS
from pq_reporting.pages.rows import figure_text

LITERAL = "trong GRDP"
"""The words of a plan that read, letter by letter, as a share of the size of output."""


@dataclass(frozen=True, slots=True)
class OnMap:
    """The clause on one map: the figure, its verdict, and the account it comes from where one was published."""

    heading: str
    place: str
    figure: str
    status: str | None
    word: str
    reason: str
    band: str
    account: Account | None


@dataclass(frozen=True, slots=True)
class Trap:
    """A sentence that can be read in two ways, and what each would mean. ``printed`` are the words of the plan."""

    printed: str
    used: str
    figure: str


@dataclass(frozen=True, slots=True)
class GrowthOfClause:
    """Both maps, the promise in words, and the trap where the sentence holds one."""

    maps: tuple[OnMap, ...]
    promise: str | None
    trap: Trap | None
    is_share: bool


def growth_of(target: JudgedTarget, picture: Picture, lang: str) -> GrowthOfClause | None:
    """Return what belongs to a clause on TFP or labour productivity; None for any other."""
    if target.clause.indicator not in RATES:
        return None
    then = _on_map(
        target, _account(target.measure.sources, picture, lang), lang,
        heading="old_map", place=places.describe(target.clause.place_id),
        figure=target.measure.actual, verdict=target.verdict,
    )  # fmt: skip
    is_share = target.clause.indicator == "TFP-SHARE"
    trap = _trap(target, then, lang) if is_share and LITERAL in target.said.sentence else None
    found = target.beside
    if found is None:
        return GrowthOfClause((then,), None, trap, is_share)
    now = _on_map(
        target, _account(found.sources, picture, lang), lang,
        heading="new_map", place=places.describe(found.place_id),
        figure=found.figure, verdict=found.verdict,
    )  # fmt: skip
    promise = TEXTS["promise_then"].in_(lang).format(then=then.place, now=now.place)
    return GrowthOfClause((then, now), promise, trap, is_share)


def _on_map(
    target: JudgedTarget, account: Account | None, lang: str, *,
    heading: str, place: str, figure: Figure, verdict: Verdict | None,
) -> OnMap:  # fmt: skip
    summary = None if account is None else account.summary
    share = target.clause.indicator == "TFP-SHARE"
    band = "–" if summary is None else (summary.band if share else summary.labour_band)
    reason = verdict.reason if verdict is not None else figure.reason
    return OnMap(
        heading=TEXTS[heading].in_(lang), place=place,
        figure=figure_text(figure, target.clause, lang),
        status=None if verdict is None else verdict.status.value,
        word="" if verdict is None else verdict.word.in_(lang),
        reason="" if reason is None else reason.in_(lang), band=band, account=account,
    )  # fmt: skip


def _account(sources: Iterable[Source], picture: Picture, lang: str) -> Account | None:
    ids = {source.id for source in sources if source.kind == "tfp-result"}
    for said in picture.accounts:
        if said.result_id in ids:
            return full(said, picture, lang)
    return None


def full(said: TfpResult, picture: Picture, lang: str) -> Account | None:
    """Return an account in full; None where the result has no period."""
    summary = summary_of(said, lang)
    if said.period is None or summary is None:
        return None
    gone = picture.withdrawn([Source("tfp-result", said.result_id)])
    return account_of(said, said.period, summary, lang, withdrawn=withdrawals(gone))


def _trap(target: JudgedTarget, then: OnMap, lang: str) -> Trap:
    printed = next((slip.printed for slip in target.said.slips if LITERAL in slip.printed), LITERAL)
    return Trap(printed, _worked(then, target, lang), then.figure)


def _worked(then: OnMap, target: JudgedTarget, lang: str) -> str:
    """Write the division of the reading in use with the published figures."""
    if then.account is None or target.measure.actual.value is None:
        return TEXTS["trap_used_none"].in_(lang)
    tfp, growth = then.account.summary.division
    points, bare = tfp.removesuffix("%"), growth.removesuffix("%")
    worked = TEXTS["trap_used_why"].in_(lang)
    return worked.format(growth=growth, points=points, growth_bare=bare, share=then.figure)
