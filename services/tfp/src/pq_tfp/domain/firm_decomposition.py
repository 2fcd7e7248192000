"""Where a change of aggregate productivity comes from: within firms, between them, or by entry and exit. Five definitions, side by side.

P_t = Σ_i s_it p_it, p = ln TFP of a firm, s its share of the year (of value added or output, as declared). C are the firms of both years, 1 the earlier.
All components are log points and sum to ΔP = P_2 − P_1. What counts as entry differs: FHK and GR hold an entrant against the whole industry,
MP and DF against the survivors of its year, so that sizes and signs differ; the definition goes with the figure.
Sources: Olley and Pakes (1996), Econometrica 64, 1263–1297; Melitz and Polanec (2015), RAND Journal of Economics 46(2), 362–375; Foster, Haltiwanger and
Krizan (2001), in New Developments in Productivity Analysis, NBER; Griliches and Regev (1995), Journal of Econometrics 65, 175–203;
Diewert and Fox (2010), in Price and Productivity Measurement 6, chapter 3.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pq_common.errors import FieldError
from pq_tfp.domain.axes import placed, refuse
from pq_tfp.domain.guards import sample_faults
from pq_tfp.domain.series import Array

Method = Literal["MP", "FHK", "GR", "DF"]
NOT_OBSERVED = "NOT_OBSERVED"
DEFINITIONS: Mapping[str, str] = {
    "OP": "P = p̄ + Σ(s_i − s̄)(p_i − p̄)",
    "MP": "ΔP = Δp̄_C + Δcov_C + s_E2(P_E2 − P_C2) + s_X1(P_C1 − P_X1); means and shares of each group by itself",
    "FHK": "ΔP = Σ_C s_1Δp + Σ_C Δs(p_1 − P_1) + Σ_C ΔsΔp + Σ_E s_2(p_2 − P_1) − Σ_X s_1(p_1 − P_1)",
    "GR": "ΔP = Σ_C s̄Δp + Σ_C Δs(p̄ − P̄) + Σ_E s_2(p_2 − P̄) − Σ_X s_1(p_1 − P̄); bars are means of both years",
    "DF": "ΔP = Σ_C ½(c_1 + c_2)Δp + Σ_C ½(p_1 + p_2)Δc + s_E2(P_E2 − P_C2) + s_X1(P_C1 − P_X1); c are shares among survivors",
}
Terms = dict[str, float]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The firms of one year: labels, ln TFP, and the weight (value added or output, above 0); shapes (firms,)."""

    firm: NDArray[np.generic]
    p: Array
    weight: Array


@dataclass(frozen=True, slots=True)
class Static:
    """P of one year as the plain mean of p and what the larger firms add to it; log points."""

    definition: str
    P: float
    mean: float
    covariance: float


@dataclass(frozen=True, slots=True)
class Decomposition:
    """ΔP and its components, log points; ``firms`` counts who stands behind each group.

    ``entry`` and ``exit`` are firms the register says entered or left; those it does not know of stand apart, as NOT_OBSERVED.
    """

    method: str
    definition: str
    P_before: float
    P_after: float
    components: Terms
    firms: dict[str, int]

    @property
    def change(self) -> float:
        return self.P_after - self.P_before


@dataclass(frozen=True, slots=True)
class Groups:
    """Shares and p of survivors in both years, of those only in the later and of those only in the earlier."""

    s1: Array
    s2: Array
    p1: Array
    p2: Array
    new_s: Array
    new_p: Array
    gone_s: Array
    gone_p: Array

    @property
    def first(self) -> float:
        return float(self.s1 @ self.p1 + self.gone_s @ self.gone_p)

    @property
    def second(self) -> float:
        return float(self.s2 @ self.p2 + self.new_s @ self.new_p)


def snapshot(firm: ArrayLike, p: Array, weight: Array, *, year: int) -> Snapshot:
    """Return the firms of a year. Raises SeriesRefused: a firm twice, p no number, a weight not above 0, fewer than 3 firms."""
    labels, p, weight = np.asarray(firm), np.asarray(p, float), np.asarray(weight, float)
    wrong = [name for name, told in (("p", p), ("weight", weight)) if len(told) != len(labels)]
    lengths = ("cần một giá trị cho mỗi doanh nghiệp.", "a value for each firm is needed.")
    refuse([
        placed(name, None, year, "length_wrong", (f"{name}: {lengths[0]}", f"{name}: {lengths[1]}"))
        for name in wrong
    ] + sample_faults("firms", len(labels)))  # fmt: skip
    names, counts = np.unique(labels, return_counts=True)
    twice = ("xuất hiện hai lần.", "appears twice.")
    found = [
        placed("firm", str(name), year, "duplicated", (f"Năm {year}: {twice[0]}", f"In {year}: {twice[1]}"))
        for name in names[counts > 1]
    ]  # fmt: skip
    bad_p, bad_s = ~np.isfinite(p), ~(np.isfinite(weight) & (weight > 0))
    found += _faults("p", labels, bad_p, year, ("cần một số.", "a number is needed."))
    more = ("cần một số lớn hơn 0.", "a number above 0 is needed.")
    refuse(found + _faults("weight", labels, bad_s, year, more))
    return Snapshot(labels, p, weight)


def _faults(
    field: str,
    labels: NDArray[np.generic],
    bad: NDArray[np.bool_],
    year: int,
    said: tuple[str, str],
) -> list[FieldError]:
    code = "not_a_number" if field == "p" else "level_not_positive"
    return [
        placed(field, str(label), year, code, (f"{field} năm {year}: {said[0]}", f"{field} in {year}: {said[1]}"))
        for label in labels[bad]
    ]  # fmt: skip


def static(told: Snapshot) -> Static:
    """Return Olley and Pakes' split of one year."""
    s = told.weight / told.weight.sum()
    mean = float(told.p.mean())
    covariance = float((s - s.mean()) @ (told.p - mean))
    return Static(DEFINITIONS["OP"], float(s @ told.p), mean, covariance)


def decompose(
    before: Snapshot,
    after: Snapshot,
    method: Method,
    *,
    entered: Collection[str] | None = None,
    left: Collection[str] | None = None,
) -> Decomposition:
    """Return the decomposition of the change between two years.

    ``entered`` and ``left`` list the firms that did so by the register; without a list nobody is known to have. Raises SeriesRefused when no
    firm is there in both years.
    """
    _, here, there = np.intersect1d(before.firm, after.firm, return_indices=True)
    refuse(sample_faults("survivors", len(here), minimum=1))
    new, gone = np.ones(len(after.p), bool), np.ones(len(before.p), bool)
    new[there], gone[here] = False, False
    s1, s2 = before.weight / before.weight.sum(), after.weight / after.weight.sum()
    groups = Groups(
        s1[here], s2[there], before.p[here], after.p[there],
        s2[new], after.p[new], s1[gone], before.p[gone],
    )  # fmt: skip
    terms, against_new, against_gone = _METHODS[method](groups)
    known = _known(after.firm[new], entered), _known(before.firm[gone], left)
    for side, mask, gains in (
        ("entry", known[0], groups.new_s * (groups.new_p - against_new)),
        ("exit", known[1], groups.gone_s * (against_gone - groups.gone_p)),
    ):
        terms[side] = float(gains[mask].sum())
        terms[f"{side}_{NOT_OBSERVED}"] = float(gains[~mask].sum())
    counts = {
        "survivors": len(here), "entry": int(known[0].sum()), "exit": int(known[1].sum()),
        f"entry_{NOT_OBSERVED}": int((~known[0]).sum()), f"exit_{NOT_OBSERVED}": int((~known[1]).sum()),
    }  # fmt: skip
    return Decomposition(method, DEFINITIONS[method], groups.first, groups.second, terms, counts)


def _known(labels: NDArray[np.generic], told: Collection[str] | None) -> NDArray[np.bool_]:
    listed = {str(name) for name in told or ()}
    return np.array([str(label) in listed for label in labels], dtype=bool)


def _melitz_polanec(g: Groups) -> tuple[Terms, float, float]:
    """Return the terms of survivors, and what entrants and leavers are held against."""
    c1, c2 = g.s1 / g.s1.sum(), g.s2 / g.s2.sum()
    P1, P2, mean1, mean2 = float(c1 @ g.p1), float(c2 @ g.p2), g.p1.mean(), g.p2.mean()
    within, between = float(mean2 - mean1), float((P2 - mean2) - (P1 - mean1))
    return {"within": within, "between": between}, P2, P1


def _foster(g: Groups) -> tuple[Terms, float, float]:
    ds, dp = g.s2 - g.s1, g.p2 - g.p1
    terms = {
        "within": float(g.s1 @ dp),
        "between": float(ds @ (g.p1 - g.first)),
        "cross": float(ds @ dp),
    }
    return terms, g.first, g.first


def _griliches_regev(g: Groups) -> tuple[Terms, float, float]:
    middle = (g.first + g.second) / 2
    within = float((g.s1 + g.s2) / 2 @ (g.p2 - g.p1))
    between = float((g.s2 - g.s1) @ ((g.p1 + g.p2) / 2 - middle))
    return {"within": within, "between": between}, middle, middle


def _diewert_fox(g: Groups) -> tuple[Terms, float, float]:
    c1, c2 = g.s1 / g.s1.sum(), g.s2 / g.s2.sum()
    within = float((c1 + c2) / 2 @ (g.p2 - g.p1))
    between = float((c2 - c1) @ (g.p1 + g.p2) / 2)
    return {"within": within, "between": between}, float(c2 @ g.p2), float(c1 @ g.p1)


_METHODS: Mapping[Method, Callable[[Groups], tuple[Terms, float, float]]] = {
    "MP": _melitz_polanec,
    "FHK": _foster,
    "GR": _griliches_regev,
    "DF": _diewert_fox,
}
