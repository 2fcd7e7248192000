"""A run as one pure function of its parameters and the series it read; a bundle holds both, and whoever computes it again gets the same."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from pq_tfp.domain.axes import Notice
from pq_tfp.domain.bundle import canonical, sha256
from pq_tfp.domain.errors import BundleUnreadable
from pq_tfp.domain.running.comparison import comparison
from pq_tfp.domain.running.frame import frame
from pq_tfp.domain.running.frontiers import frontiers
from pq_tfp.domain.running.logarithmic import logarithmic
from pq_tfp.domain.running.official import Outcome, official
from pq_tfp.domain.running.specification import (
    FRONTIERS,
    Specification,
    parameters_of,
    specification_from,
)
from pq_tfp.domain.store.stored import Stored, stored_from

FORMAT = "pq-tfp-bundle/1"
HASHED = ("format", "engine", "method_version", "parameters", "series", "results", "warnings")
"""What the hash is made of: not the version of the code, for another version that computes the same must get the same."""
SHOWN = 20
UNREADABLE = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
"""What comes of parameters or series that are of another kind than ours: nobody has checked a file from outside."""


@dataclass(frozen=True, slots=True)
class Computed:
    """What a run keeps, all of it canonical."""

    engine: str
    method_version: str
    inputs: dict[str, Any]
    parameters: dict[str, Any]
    results: dict[str, Any]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recomputed:
    """Whether a bundle computed again gives the same hash; if not, the first places that differ, as paths with both values."""

    same: bool
    told_sha256: str
    found_sha256: str
    differences: tuple[str, ...]


def compute(wanted: Specification, series: Sequence[Stored]) -> Computed:
    """Return the run. Raises SeriesRefused with every fault."""
    # Computed from the parameters as they are kept: one with more digits would not be computed again the same.
    parameters = canonical(parameters_of(wanted))
    outcome = _outcome(specification_from(parameters), series)
    notices = [asdict(notice) for notice in outcome.notices]
    told = [one.told() for one in sorted(series, key=lambda one: one.id)]
    return Computed(
        engine=outcome.results["engine"],
        method_version=outcome.results["method_version"],
        inputs=canonical({**outcome.inputs, "series": told}),
        parameters=parameters,
        results=canonical({**outcome.results, "notices": notices}),
        warnings=_codes(outcome.notices),
    )


def parameters_only(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters among what a run keeps beside them."""
    return {one.name: kept[one.name] for one in fields(Specification) if one.name in kept}


def bundle_of(run: Computed, *, code_version: str) -> dict[str, Any]:
    """Return what travels: parameters, series, results, and the hash that a recomputation must reach."""
    told = {
        "format": FORMAT,
        "engine": run.engine,
        "method_version": run.method_version,
        "code_version": code_version,
        "parameters": run.parameters,
        "series": run.inputs["series"],
        "results": run.results,
        "warnings": list(run.warnings),
    }
    return {**told, "bundle_sha256": hash_of(told)}


def hash_of(bundle: Mapping[str, Any]) -> str:
    """Return the hash of a bundle's canonical JSON. Raises BundleUnreadable."""
    lacking = [name for name in HASHED if name not in bundle]
    if lacking:
        raise BundleUnreadable.lacking(lacking)
    return sha256({name: bundle[name] for name in HASHED})


def recompute(bundle: Mapping[str, Any]) -> Recomputed:
    """Compute a bundle again from its parameters and series alone. Raises BundleUnreadable, SeriesRefused."""
    if bundle.get("format") != FORMAT:
        raise BundleUnreadable.of_format(bundle.get("format"), FORMAT)
    told = hash_of(bundle)
    try:
        wanted = specification_from(bundle["parameters"])
        series = [stored_from(one) for one in bundle["series"]]
        computed = compute(wanted, series)
    except UNREADABLE as reason:
        raise BundleUnreadable.broken(reason) from None
    # A parameter younger than the bundle had its default then, and was not hashed.
    known = {name: one for name, one in computed.parameters.items() if name in bundle["parameters"]}
    again = bundle_of(replace(computed, parameters=known), code_version="")
    differences = tuple(
        _differences("", {n: bundle[n] for n in HASHED}, {n: again[n] for n in HASHED})
    )
    claimed = bundle.get("bundle_sha256", told)
    if claimed != told:
        differences = (f"/bundle_sha256: told {claimed}, the bundle hashes to {told}", *differences)
    found = again["bundle_sha256"]
    return Recomputed(found == told == claimed, claimed, found, differences[:SHOWN])


def _outcome(wanted: Specification, series: Sequence[Stored]) -> Outcome:
    if wanted.engine == "CCD":
        return comparison(series, wanted)
    if wanted.engine in FRONTIERS:
        return frontiers(series, wanted)
    found = frame(series, wanted)
    return official(found, wanted) if wanted.engine == "VN-OFFICIAL" else logarithmic(found, wanted)


def _codes(notices: Sequence[Notice]) -> tuple[str, ...]:
    """Return each code once, in the order in which it was first noticed."""
    return tuple(dict.fromkeys(notice.code for notice in notices))


def _differences(path: str, told: Any, found: Any) -> list[str]:
    if isinstance(told, Mapping) and isinstance(found, Mapping):
        names = sorted(set(told) | set(found))
        return [
            line for n in names for line in _differences(f"{path}/{n}", told.get(n), found.get(n))
        ]
    if isinstance(told, list) and isinstance(found, list) and len(told) == len(found):
        pairs = enumerate(zip(told, found, strict=True))
        return [line for at, (a, b) in pairs for line in _differences(f"{path}/{at}", a, b)]
    return [] if canonical(told) == found else [f"{path}: told {told}, computed {found}"]
