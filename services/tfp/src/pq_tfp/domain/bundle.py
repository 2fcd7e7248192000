"""The canonical form of a run: the same inputs give the same bytes and the same hash on every machine."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

SIGNIFICANT_DIGITS = 10
ITERATIVE_DIGITS = 6


def canonical(value: Any, *, digits: int = SIGNIFICANT_DIGITS) -> Any:
    """Return ``value`` with floats rounded to ``digits`` significant digits (last bits differ between processors), NaN as null.

    10 digits; 6 for iterative estimators, which stop where their tolerance lets them. A zero has no sign. Done twice it changes nothing.
    """
    if isinstance(value, np.ndarray):
        return [canonical(item, digits=digits) for item in value.tolist()]
    if isinstance(value, Mapping):
        return {str(key): canonical(item, digits=digits) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(item, digits=digits) for item in value]
    if isinstance(value, float):
        return None if np.isnan(value) else float(f"{value:.{digits}g}") + 0.0
    return value


def canonical_json(value: Any) -> bytes:
    """Return canonical JSON: sorted keys, no spaces, UTF-8, a whole number without a fraction, as every language reads it back."""
    plain = _whole(canonical(value))
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _whole(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def sha256(value: Any) -> str:
    """Return the hash of the canonical JSON."""
    return hashlib.sha256(canonical_json(value)).hexdigest()
