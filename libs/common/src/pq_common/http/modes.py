"""Official or demonstration data: each answer is about one of them, never about their sum."""

from typing import Annotated

from fastapi import Depends, Query, Request

from pq_common.contracts.event import Mode


async def asked_mode(
    request: Request,
    mode: Annotated[
        Mode | None,
        Query(description="Official or demonstration data; by default what this instance shows"),
    ] = None,
) -> Mode:
    """Return the mode asked for, else the instance's own."""
    default: Mode = request.app.state.settings.mode
    return mode or default


AskedMode = Annotated[Mode, Depends(asked_mode)]
