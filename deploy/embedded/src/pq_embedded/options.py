"""What every command of ``pq`` shares: its options, and how a refusal ends it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from pq_common.errors import PqError
from pq_embedded.console import Voice

Data = Annotated[Path, typer.Option("--data", envvar="DATA", help="Folder of the instance.")]
AsJson = Annotated[
    bool,
    typer.Option(
        "--json", help="JSON on stdout, for machines; `events tail` gives one document a line."
    ),
]
HERE = Path(".pq")


@contextmanager
def explained(voice: Voice) -> Iterator[None]:
    """Turn a refusal into two sentences and exit code 1."""
    try:
        yield
    except PqError as error:
        voice.refuse(error)
        raise typer.Exit(1) from None
    except httpx.TransportError as reason:
        voice.refuse(_unreachable(reason))
        raise typer.Exit(1) from None


def _unreachable(reason: httpx.TransportError) -> PqError:
    return PqError(
        f"Hệ thống không trả lời ({reason!r}); hãy chạy `pq doctor`.",
        f"The instance does not answer ({reason!r}); run `pq doctor`.",
    )


def run(voice: Voice, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with explained(voice):
        asyncio.run(work())
