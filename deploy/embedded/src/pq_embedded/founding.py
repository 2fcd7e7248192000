"""The founding plans that come with the program, as they were transcribed: files, read and validated here."""

from functools import cache
from importlib.resources import files

from pq_common.contracts.plans import Plan


@cache
def founding_plans() -> tuple[Plan, ...]:
    """Return every plan of the folder ``plans``, in the order of their codes."""
    folder = files("pq_embedded") / "plans"
    found = (
        Plan.model_validate_json(file.read_bytes())
        for file in folder.iterdir()
        if file.name.endswith(".json")
    )
    return tuple(sorted(found, key=lambda plan: plan.code))
