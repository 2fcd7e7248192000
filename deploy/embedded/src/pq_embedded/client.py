"""The command line's way to the services: HTTP with a token, like any other client."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from pq_common.errors import PqError
from pq_common.http.auth import Role
from pq_embedded.folder import DataFolder

TIMEOUT_S = 120.0
MINUTE_S = 60


class Refused(PqError):
    """A service said no; its own words, with the trace to look for in the log."""

    code = "embedded_refused"
    title_vi, title_en = "Dịch vụ từ chối", "The service refused"


def headers_for(folder: DataFolder, role: Role) -> dict[str, str]:
    """Return the headers of a short-lived token; the subject is fixed, so that idempotency keys meet again."""
    token = folder.issuer().token(role, subject=f"pq:{role}", lifetime_s=30 * MINUTE_S)
    return {"Authorization": f"Bearer {token}", "Accept-Language": "vi"}


@asynccontextmanager
async def connected(
    folder: DataFolder, role: Role = "ministry-admin"
) -> AsyncIterator[httpx.AsyncClient]:
    """Lend a client of the instance that serves this folder. Raises NotRunning."""
    async with httpx.AsyncClient(
        base_url=folder.address(),
        headers=headers_for(folder, role),
        timeout=TIMEOUT_S,
        trust_env=False,
    ) as client:
        yield client


def accepted(response: httpx.Response) -> Any:
    """Return the body of a good answer. Raises Refused with the service's own explanation."""
    if response.is_success:
        return response.json() if response.content else None
    raise refusal(response)


def refusal(response: httpx.Response) -> Refused:
    """Turn a problem document into an error of ours."""
    problem = _problem(response)
    where = f"{response.request.method} {response.request.url.path} → {response.status_code}"
    faults = "; ".join(_faults(problem))
    return Refused(
        f"{where}: {problem.get('detail_vi', response.reason_phrase)} {faults}".strip(),
        f"{where}: {problem.get('detail_en', response.reason_phrase)} {faults}".strip(),
        status=response.status_code,
        problem=problem.get("code"),
        trace_id=problem.get("trace_id"),
    )


def _problem(response: httpx.Response) -> Mapping[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _faults(problem: Mapping[str, Any]) -> Iterator[str]:
    for fault in problem.get("errors") or ():
        yield f"{fault.get('pointer')}: {fault.get('message_en')}"
