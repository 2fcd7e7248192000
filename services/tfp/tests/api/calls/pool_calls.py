"""What the tests of the pool have computed elsewhere: calls that behave, refuse, break, hang, or take too much."""

import os
import signal
import time
from pathlib import Path
from typing import Any

from pq_common.errors import FieldError
from pq_tfp.domain.errors import SeriesRefused


def double(value: float, *, tell: Any) -> float:
    tell(1, 2)
    return 2 * value


def pid(*, tell: Any) -> int:
    return os.getpid()


def refuse(*, tell: Any) -> None:
    raise SeriesRefused.because(
        [FieldError("/K/2021", "level_not_positive", "K sai", "K is wrong")]
    )


def break_down(*, tell: Any) -> None:
    raise ZeroDivisionError("a fault of ours")


def print_loudly(*, tell: Any) -> str:
    print("a library that talks")
    return "answer"


def take_much(*, tell: Any) -> int:
    return len(bytearray(8 * 1024**3))


def die_once(marker: str, *, tell: Any) -> str:
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "computed again"


def die(*, tell: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hang(marker: str, *, tell: Any) -> None:
    Path(marker).write_text(str(os.getpid()), encoding="utf-8")
    time.sleep(3600)
