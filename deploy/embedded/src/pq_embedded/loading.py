"""Load what an instance shall show, once: plans, then the demonstration; a digest per load makes a restart cheap."""

import hashlib

from pq_common.errors import PqError
from pq_embedded import load_plans
from pq_embedded.client import connected
from pq_embedded.console import Voice
from pq_embedded.demo.deliver import deliver
from pq_embedded.demo.year import demo_year
from pq_embedded.folder import DataFolder, Running
from pq_embedded.founding import founding_plans


class AlreadyRunning(PqError):
    """Another process serves the folder."""

    code = "embedded_already_running"
    title_vi, title_en = "Hệ thống đang chạy", "Already running"


def already_running(folder: DataFolder, running: Running) -> AlreadyRunning:
    """Return the refusal of a second start, with the address of the first."""
    return AlreadyRunning(
        f"Thư mục {folder.path} đang được phục vụ tại {running.address} (tiến trình {running.pid}).",
        f"The folder {folder.path} is already served at {running.address} (process {running.pid}).",
    )


async def load_everything(folder: DataFolder, voice: Voice) -> None:
    """Bring a demonstration instance to its full content; what is there already costs one comparison."""
    await load_plans_into(folder, voice)
    await load_demo_into(folder, voice)


async def load_plans_into(folder: DataFolder, voice: Voice) -> None:
    """Load the founding plans that the instance lacks."""
    plans = founding_plans()
    digest = load_plans.digest_of(plans)
    if folder.loaded("plans") == digest:
        voice.result({"plans": len(plans), "new": 0}, "Kế hoạch đã có đủ. / The plans are there.")
        return
    async with connected(folder) as client:
        with voice.steps("Kế hoạch / plans") as steps:
            new = await load_plans.load_plans(client, plans, steps)
    folder.note_loaded("plans", digest)
    voice.result({"plans": len(plans), "new": new}, f"{new} kế hoạch mới / new plans.")


async def load_demo_into(folder: DataFolder, voice: Voice, *, again: bool = False) -> None:
    """Send the synthetic year, unless this very year was sent before."""
    plans = founding_plans()
    year = demo_year(plans)
    digest = hashlib.sha256(repr(year).encode()).hexdigest()[:16]
    if folder.loaded("demo") == digest and not again:
        voice.result({"new": 0}, "Dữ liệu minh họa đã có. / The demonstration is there.")
        return
    async with connected(folder) as client:
        with voice.steps("Dữ liệu minh họa / demonstration") as steps:
            sent = await deliver(client, year, plans, steps)
    folder.note_loaded("demo", digest)
    voice.result({"sent": sent}, f"{sent} mục minh họa / synthetic records.")
