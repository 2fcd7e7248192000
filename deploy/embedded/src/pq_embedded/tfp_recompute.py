"""``pq tfp recompute``: compute the bundle of a run again, on this machine alone, and say whether the figures are the same."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pq_embedded.console import Voice
from pq_embedded.options import AsJson, explained
from pq_tfp.domain.errors import BundleUnreadable, SeriesRefused
from pq_tfp.domain.running.compute import Recomputed
from pq_tfp.domain.running.compute import recompute as computed_again


def recompute(
    bundle: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="From /tfp/v1/runs/{id}/bundle.")],
    *,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Compute a run again from its bundle; no instance is asked. Exit code 1 when anything differs."""
    voice = Voice(as_json=as_json)
    with explained(voice):
        found = _again(bundle, voice)
    lines = (f"{found.found_sha256}  {'như cũ / the same' if found.same else 'khác / different'}",)
    voice.result(asdict(found), "\n".join((*lines, *found.differences)))
    if not found.same:
        raise typer.Exit(1)


def _again(bundle: Path, voice: Voice) -> Recomputed:
    try:
        told = json.loads(bundle.read_bytes())
    except ValueError as reason:
        raise BundleUnreadable.broken(reason) from None
    if not isinstance(told, dict):
        raise BundleUnreadable.broken(TypeError(type(told).__name__))
    try:
        return computed_again(told)
    except SeriesRefused as refusal:
        rows = [(f.pointer, f.code, f.message_vi, f.message_en) for f in refusal.errors]
        voice.faults(("chỗ / place", "quy tắc / rule", "tiếng Việt", "English"), rows)
        raise
