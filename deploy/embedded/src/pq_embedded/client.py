"""The command line's way to the services: HTTP with a token, like any other client."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx

from pq_common.errors import PqError
from pq_common.http.auth import Role
from pq_embedded.folder import DataFolder

TIMEOUT_S = 120.0
MINUTE_S = 60
POLL_S: Final = 0.5


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


async def finished(client: httpx.AsyncClient, response: httpx.Response) -> Any:
    """Return the body of a good answer, of a job (202) its result when it is done. Raises Refused."""
    told = accepted(response)
    if response.status_code != httpx.codes.ACCEPTED:
        return told
    job = await ended_job(client, told["follow"])
    if job["state"] == "failed":
        raise _refused(f"job {job['id']}", int(job["error"]["status"]), job["error"])
    return job["result"]


async def imported(client: httpx.AsyncClient, response: httpx.Response) -> Any:
    """Return the receipt of an import when its table is read, also of one that was read before. Raises Refused."""
    if response.status_code == httpx.codes.ACCEPTED:
        return await finished(client, response)
    return accepted(response)["job"]["result"]


async def ended_job(
    client: httpx.AsyncClient, path: str, tell: Callable[[int, int], None] | None = None
) -> dict[str, Any]:
    """Return the job at ``path`` when it has ended, done or failed; meanwhile ``tell(done, total)``."""
    while True:
        job: dict[str, Any] = accepted(await client.get(path))
        if tell is not None:
            tell(job["done"], job["total"] or 1)
        if job["state"] in ("done", "failed"):
            return job
        await asyncio.sleep(POLL_S)


def refusal(response: httpx.Response) -> Refused:
    """Turn a problem document into an error of ours."""
    where = f"{response.request.method} {response.request.url.path} → {response.status_code}"
    told = {"detail_vi": response.reason_phrase, "detail_en": response.reason_phrase}
    return _refused(where, response.status_code, {**told, **_problem(response)})


def _refused(where: str, status: int, problem: Mapping[str, Any]) -> Refused:
    faults = "; ".join(_faults(problem))
    return Refused(
        f"{where}: {problem.get('detail_vi')} {faults}".strip(),
        f"{where}: {problem.get('detail_en')} {faults}".strip(),
        status=status,
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
