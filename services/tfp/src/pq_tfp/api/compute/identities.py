"""What must hold of an answer before it leaves. When it does not, the fault is ours, and no figure is better than that one."""

from collections.abc import Iterable

import numpy as np

from pq_tfp.domain.series import Array

TIGHT = 1e-12


class IdentityBroken(RuntimeError):
    """An identity of the method fails: 500, and the log says which."""


def hold(
    name: str, whole: Array | float, parts: Iterable[Array | float], *, tolerance: float = TIGHT
) -> None:
    """Check that ``parts`` sum to ``whole`` within ``tolerance`` of their size; NaN is left out. Raises IdentityBroken."""
    listed = [np.asarray(part) for part in parts]
    size = 1 + np.sum([np.abs(part) for part in listed], axis=0)
    gap = np.abs(np.asarray(whole) - np.sum(listed, axis=0)) / size
    if bool(np.any(gap > tolerance)):
        raise IdentityBroken(f"{name}: off by {float(np.nanmax(gap)):g}")
