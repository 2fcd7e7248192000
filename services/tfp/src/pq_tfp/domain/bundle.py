"""The canonical form of a run: the same inputs give the same bytes and the same hash on every machine."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

SIGNIFICANT_DIGITS = 10


def canonical(value: Any, *, digits: int = SIGNIFICANT_DIGITS) -> Any:
    """Return ``value`` with floats rounded to so many significant digits (last bits differ between processors), NaN as null."""
    if isinstance(value, np.ndarray):
        return [canonical(item, digits=digits) for item in value.tolist()]
    if isinstance(value, Mapping):
        return {str(key): canonical(item, digits=digits) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(item, digits=digits) for item in value]
    if isinstance(value, float):
        return None if np.isnan(value) else float(f"{value:.{digits}g}")
    return value


def canonical_json(value: Any) -> bytes:
    """Return canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(canonical(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def sha256(value: Any) -> str:
    """Return the hash of the canonical JSON."""
    return hashlib.sha256(canonical_json(value)).hexdigest()
