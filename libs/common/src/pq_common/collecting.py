"""How often Python looks for cycles: seldom in programs that hold much and make few."""

import gc
from typing import Final

YOUNG: Final = 50_000
"""A batch of events makes about as many objects as this; the default of 700 looks at each batch seventy times."""


def collect_seldom() -> None:
    """Leave out of every later search what is there now, modules above all; search for cycles once a batch or so.

    What is in no cycle, and that is nearly everything here, goes at once as before. For the start of a program.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
