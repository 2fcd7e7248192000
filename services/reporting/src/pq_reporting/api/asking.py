"""The parameters every reading of the picture shares, and the picture they ask for."""

import hashlib
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Query, Request

import pq_common
import pq_reporting
from pq_common.contracts.event import Mode
from pq_common.dates import legal_day
from pq_common.http.etag import etag
from pq_common.http.placing import known_place
from pq_common.http.session import PublicSession
from pq_common.http.wire import Day
from pq_reporting.domain.boundaries import Boundary
from pq_reporting.operations.judge_targets import Picture, Question, Wanted, judge_targets

Plan = Annotated[
    str | None, Query(max_length=80, description="Code of a plan", examples=["hung-yen-2021-2030"])
]
Place = Annotated[
    str | None,
    Query(
        max_length=40,
        description="A place, with what it was merged from; `vn` is the nation's own",
        examples=["vn-33-2025"],
    ),
]
Group = Annotated[
    int | None, Query(ge=1, le=6, description="Task group of Decision 1322, Mục II", examples=[4])
]


On = Annotated[
    Day | None,
    Query(
        description="Civil day in Viet Nam to judge on; today if absent", examples=["2025-12-31"]
    ),
]


async def ask(
    request: Request,
    session: PublicSession,
    on: On = None,
    boundary: Annotated[
        Boundary,
        Query(
            description="`as_reported`: the territory that set the clause; `2021`: the same, without reports made "
            "for merged places; `2025-07-01`: with the successor's figure beside it"
        ),
    ] = "as_reported",
    mode: Annotated[
        Mode | None, Query(description="Official or demonstration figures; never both")
    ] = None,
) -> Picture:
    """Return the picture asked for."""
    state = request.app.state
    question = Question(on or legal_day(datetime.now(UTC)), boundary, mode or state.settings.mode)
    return await judge_targets(session, question, pictures=state.pictures)


Asked = Annotated[Picture, Depends(ask, scope="function")]


def wanted(**filters: object) -> Wanted:
    """Return the filters. Raises PlaceUnknown."""
    place = filters.get("place")
    if isinstance(place, str):
        known_place(place)
    return Wanted(**filters)  # type: ignore[arg-type]  # the routes declare the types


def tag_of(picture: Picture, *parts: object) -> str:
    """Return the tag of an answer made of this picture: it changes with anything heard, with a rebuild and with a release.

    A rebuild, or another program, may judge the same events in another way.
    """
    heard, question = picture.as_of, tuple(asdict(picture.question).values())
    return etag(heard.events, _program(), heard.schema, heard.vector, *question, *parts)


@cache
def _program() -> str:
    """Return a digest of what judges and renders, every file of it: a version number would wait for somebody to raise it."""
    digest = hashlib.sha256()
    for package in (pq_common, pq_reporting):
        root = Path(package.__path__[0])
        for file in sorted(root.rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                digest.update(f"{file.relative_to(root)}\x1f".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()
