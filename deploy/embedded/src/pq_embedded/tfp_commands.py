"""``pq tfp``: compute on a table of one's own, through the service like any other client."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from pq_common.errors import FieldError
from pq_common.tables_io.numbers import Sign
from pq_embedded.client import connected, ended_job, refusal
from pq_embedded.console import Steps, Voice
from pq_embedded.folder import DataFolder
from pq_embedded.options import HERE, AsJson, Data, explained, run
from pq_embedded.tfp_recompute import recompute
from pq_embedded.tfp_report import report
from pq_embedded.tfp_table import Table, TableRefused, read_table
from pq_tfp.api.compute import official
from pq_tfp.domain import accounting

PATH = "/tfp/v1/compute/accounting"
tfp_app = typer.Typer(no_args_is_help=True, help="Total factor productivity.")
tfp_app.command("recompute")(recompute)


@tfp_app.callback()
def tfp() -> None:
    """Total factor productivity."""


@tfp_app.command("compute")
def compute(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or XLSX.")],
    *,
    engine: Annotated[str, typer.Option("--engine", help="VN-OFFICIAL or TORNQVIST.")] = "VN-OFFICIAL",
    price_basis: Annotated[str, typer.Option("--price-basis", help="Of Y and K, such as constant-2010.")],
    first_year: Annotated[int | None, typer.Option("--first-year", help="First growth year of the period.")] = None,
    last_year: Annotated[int | None, typer.Option("--last-year")] = None,
    fill: Annotated[bool, typer.Option("--fill", help="Fill gaps with constant growth, marked.")] = False,
    percent: Annotated[bool, typer.Option("--percent", help="alpha and beta are percent: 60 for 0.6.")] = False,
    labour_share: Annotated[str | None, typer.Option("--labour-share", help="CE_ONLY, MI_ALL, MI_PROP, SELF_WAGE.")] = None,
    target: Annotated[float | None, typer.Option("--target", help="TFP share to judge: 0.47; adds the band.")] = None,
    decimal: Annotated[str | None, typer.Option("--decimal", help="comma or dot, where the table leaves it open.")] = None,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Compute growth accounting of the places in a table; every bad cell is named. Exit code 1 when refused."""
    voice = Voice(as_json=as_json)
    sign: Sign | None = "comma" if decimal == "comma" else "dot" if decimal == "dot" else None
    if decimal is not None and sign is None:
        raise typer.BadParameter("comma | dot", param_hint="--decimal")
    with explained(voice):
        table = _read(file, voice, sign, engine)
    asked = {
        "engine": engine, "price_basis": price_basis, "panel": table.panel(),
        **({"first_year": first_year} if first_year else {}), **({"last_year": last_year} if last_year else {}),
        **({"fill": "GEOMETRIC_FILL"} if fill else {}), **({"share_unit": "percent"} if percent else {}),
        **({"labour_share": {"method": labour_share}} if labour_share else {}),
        **({"uncertainty": {"target": target}} if target is not None else {}),
    }  # fmt: skip

    async def work() -> None:
        async with connected(DataFolder(data)) as client:
            report(voice, await _computed(client, voice, asked, table))

    run(voice, work)


def _read(file: Path, voice: Voice, decimal: Sign | None, engine: str) -> Table:
    with voice.steps(f"{file.name}: ô / cells") as steps:
        try:
            table = read_table(file.read_bytes(), whole=file.stem, decimal=decimal)
        except TableRefused as reason:
            _show_cells(voice, reason.errors)
            raise
        steps(len(table.numbers), len(table.numbers))
    if engine == accounting.ENGINE:
        table.keep(official.SINGLE)
    if table.ignored:
        ignored = ", ".join(table.ignored)
        voice.say(f"Không dùng các cột / columns not used: {ignored}")
    return table


async def _computed(
    client: httpx.AsyncClient, voice: Voice, asked: Mapping[str, Any], table: Table
) -> dict[str, Any]:
    """Return the answer, waiting for the job of a large one. Raises what the service refuses, each fault with its cell."""
    with voice.steps("tính / computing") as steps:
        response = await client.post(PATH, json=asked)
        if response.status_code == httpx.codes.ACCEPTED:
            return await _followed(client, response.json()["follow"], steps, voice, table)
        if not response.is_success:
            if faults := response.json().get("errors"):
                _refuse(faults, voice, table)
                raise TableRefused(response.json()["detail_vi"], response.json()["detail_en"])
            raise refusal(response)
        steps(1, 1)
    answer: dict[str, Any] = response.json()
    return answer


async def _followed(
    client: httpx.AsyncClient, path: str, steps: Steps, voice: Voice, table: Table
) -> dict[str, Any]:
    job = await ended_job(client, path, steps)
    if job["state"] == "failed":
        _refuse(job["error"].get("errors", []), voice, table)
        raise TableRefused(job["error"]["detail_vi"], job["error"]["detail_en"])
    answer: dict[str, Any] = job["result"]
    return answer


def _refuse(faults: list[dict[str, str]], voice: Voice, table: Table) -> None:
    """Show each fault of the service at the cell it came from."""
    _show_cells(
        voice,
        [
            FieldError(_cell_of(f["pointer"], table), f["code"], f["message_vi"], f["message_en"])
            for f in faults
        ],
    )


def _cell_of(pointer: str, table: Table) -> str:
    parts = [p.replace("~1", "/").replace("~0", "~") for p in pointer.removeprefix("/").split("/")]
    if len(parts) == 3 and parts[2].isdigit():
        place = table.places.get((parts[1], parts[0], int(parts[2])))
        if place is not None:
            return place.pointer()
    return pointer


def _show_cells(voice: Voice, faults: Any) -> None:
    rows = [(f.pointer, f.code, f.message_vi, f.message_en) for f in faults]
    if rows:
        voice.faults(("ô / cell", "quy tắc / rule", "tiếng Việt", "English"), rows)
