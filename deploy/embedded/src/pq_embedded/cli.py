"""The command line ``pq``: start an instance, load it, watch its events, mend it."""

import asyncio
import os
import sys
from typing import Annotated

import typer

from pq_common import logging
from pq_common.contracts.event import Mode
from pq_embedded import doctor, events_commands, loading
from pq_embedded.bearer import ROLES_TO_GIVE, Bearer
from pq_embedded.client import connected
from pq_embedded.console import Voice
from pq_embedded.folder import DataFolder
from pq_embedded.handing_out import SERVER, hand_out
from pq_embedded.host import Plan, host, refuse_production
from pq_embedded.options import HERE, AsJson, Data, explained, run
from pq_embedded.server import bind
from pq_embedded.tfp_commands import tfp_app

Port = Annotated[int, typer.Option("--port", envvar="PORT", min=0, max=65535, help="On 127.0.0.1.")]
PORT = 8000
HOUR_S = 3600

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False
)
load_app = typer.Typer(no_args_is_help=True, help="Load reference data into a running instance.")
demo_app = typer.Typer(no_args_is_help=True, help="The synthetic demonstration.")
events_app = typer.Typer(no_args_is_help=True, help="What the services tell each other.")
app.add_typer(load_app, name="load")
app.add_typer(demo_app, name="demo")
app.add_typer(events_app, name="events")
app.add_typer(tfp_app, name="tfp")


@app.command()
def up(
    data: Data = HERE,
    port: Port = PORT,
    demo: Annotated[
        bool, typer.Option("--demo", help="Load the five plans and a synthetic year.")
    ] = False,
) -> None:
    """Start the whole platform and serve until stopped; with --demo, loaded and ready to be shown."""
    voice = Voice()
    with explained(voice):
        refuse_production(os.environ)
        folder = DataFolder(data)
        if (running := folder.running()) is not None:
            raise loading.already_running(folder, running)
        logging.configure("WARNING")
        voice.say("PQ: đang khởi động / starting …")
        plan = Plan(folder, bind(port), "demo" if demo else folder.mode())

        async def then(address: str) -> None:
            if demo:
                await loading.load_everything(folder, voice)
            voice.say(f"Sẵn sàng / ready: {address}/chi-tieu")
            voice.say("Dừng bằng Ctrl-C; dữ liệu được giữ lại. / Stop with Ctrl-C; the data stay.")

        asyncio.run(host(plan, then=then))


@app.command()
def token(
    *,
    role: Annotated[str, typer.Option("--role", help=f"One of {', '.join(ROLES_TO_GIVE)}.")],
    place: Annotated[
        list[str] | None,
        typer.Option("--place", help="A place id such as vn-33-2025; may be repeated."),
    ] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", help="Of an agency, such as changes:read; may be repeated."),
    ] = None,
    body: Annotated[
        str | None, typer.Option("--body", help="The certification body of this token.")
    ] = None,
    enterprise: Annotated[
        str | None, typer.Option("--enterprise", help="The tax code of the enterprise.")
    ] = None,
    hours: Annotated[int, typer.Option("--hours", min=1, max=24 * 30)] = 12,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Print a token of the development issuer, for curl and for trying the interface."""
    voice = Voice(as_json=as_json)
    with explained(voice):
        bearer = Bearer(
            role, tuple(place or ()), tuple(scope or ()), body=body, enterprise=enterprise
        )
        made = bearer.token(DataFolder(data).issuer(), lifetime_s=hours * HOUR_S)
        voice.result({"token": made, "role": role, "places": place or []}, made)


@app.command("secrets")
def draw_secrets(
    address: Annotated[
        str, typer.Option("--address", help="Where the instance will answer.")
    ] = "http://127.0.0.1:8000",
    server: Annotated[
        str, typer.Option("--server", help="How the services call their PostgreSQL server.")
    ] = SERVER,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Draw what docker-compose.yml hands to its containers; the other commands then talk to that instance."""
    voice = Voice(as_json=as_json)
    with explained(voice):
        where = hand_out(DataFolder(data), address, server=server)
        voice.result({"secrets": str(where), "address": address}, str(where))


@load_app.command("plans")
def load_plans(data: Data = HERE, as_json: AsJson = False) -> None:
    """Load the five founding plans and the national decisions; a second run changes nothing."""
    voice = Voice(as_json=as_json)
    run(voice, lambda: loading.load_plans_into(DataFolder(data), voice))


@demo_app.command("load")
def load_demo(
    again: Annotated[
        bool, typer.Option("--again", help="Send everything even if it is there.")
    ] = False,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Load the synthetic year through the public interface; a second run changes nothing."""
    voice = Voice(as_json=as_json)
    run(voice, lambda: loading.load_demo_into(DataFolder(data), voice, again=again))


@events_app.command("tail")
def tail(
    *,
    service: Annotated[str | None, typer.Option("--service", help="Only this service.")] = None,
    follow: Annotated[bool, typer.Option("--follow/--once", help="Wait for more.")] = True,
    after: Annotated[
        int,
        typer.Option(
            "--after", help="Position to begin after; -1: only what comes, with --once the last 20."
        ),
    ] = -1,
    mode: Annotated[
        Mode | None,
        typer.Option("--mode", help="Official or demonstration; by default the instance's own."),
    ] = None,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Print events as they are recorded, from the changes feed of each service."""
    voice = Voice(as_json=as_json)
    asked = {"mode": mode} if mode else {}

    async def work() -> None:
        async with connected(DataFolder(data)) as client:
            wanted = events_commands.Wanted(service, follow=follow, after=after, asked=asked)
            await events_commands.tail(client, voice, wanted)

    try:
        run(voice, work)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


@events_app.command("verify")
def verify(data: Data = HERE, as_json: AsJson = False) -> None:
    """Check every journal: no version missing, every event numbered, none held, all of them read. Exit code 1 if not."""
    voice = Voice(as_json=as_json)

    async def work() -> None:
        async with connected(DataFolder(data)) as client:
            if not await events_commands.verify(client, voice):
                raise typer.Exit(1)

    run(voice, work)


@events_app.command("replay")
def replay(
    service: Annotated[str, typer.Argument(help="Whose projection: reporting, support-grants, …")],
    projection: Annotated[str, typer.Argument(help="As `pq events verify` names it.")],
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Apply what a projection had parked, key by key in order, after its cause was mended."""
    voice = Voice(as_json=as_json)

    async def work() -> None:
        async with connected(DataFolder(data)) as client:
            await events_commands.replay(client, voice, service, projection)

    run(voice, work)


@events_app.command("release")
def release(
    service: Annotated[str, typer.Argument(help="Whose event: registry, support-grants, …")],
    key: Annotated[str, typer.Argument(help="As `pq events verify` names it.")],
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Send a key that the bus had refused again, with what waits behind it, after its cause was mended."""
    voice = Voice(as_json=as_json)

    async def work() -> None:
        async with connected(DataFolder(data)) as client:
            await events_commands.release(client, voice, service, key)

    run(voice, work)


@app.command()
def rebuild(
    service: Annotated[str, typer.Argument(help="Whose projection: reporting, …")],
    projection: Annotated[str, typer.Argument(help="As `pq events verify` names it.")],
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Build a projection anew from the first event beside the old one, and switch when it has caught up."""
    voice = Voice(as_json=as_json)

    async def work() -> None:
        async with connected(DataFolder(data)) as client:
            await events_commands.rebuild(client, voice, service, projection)

    run(voice, work)


@app.command("doctor")
def examine(data: Data = HERE, port: Port = PORT, as_json: AsJson = False) -> None:
    """Look at everything an instance needs and say what to do. Exit code 1 when something is broken."""
    voice = Voice(as_json=as_json)
    folder = DataFolder(data)

    async def work() -> list[doctor.Finding]:
        found = list(doctor.look_around(folder, port))
        return found + [finding async for finding in doctor.ask_around(folder)]

    findings = asyncio.run(work())
    columns = ("what", "state", "seen", "todo")
    voice.table(columns, [(one.what, one.state, one.seen, one.todo) for one in findings])
    if any(one.state == "fault" for one in findings):
        raise typer.Exit(1)


def main() -> None:
    """Run the command line; Ctrl-C is no fault."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
