"""All that was ever written still reads: the bytes in ``golden`` are added to, never edited."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pq_common.contracts.catalogue import Published, every_event
from pq_common.contracts.documents import schema_of

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
SHAPES = {shape.TYPE: shape for shape in every_event()}


def type_of(path: Path) -> str:
    """Return ``pq.a.b.c.v1`` of ``pq.a.b.c.v1.json`` and of ``pq.a.b.c.v1.2.json``."""
    return ".".join(path.name.split(".")[:5])


def survives(written: Any, read: Any) -> bool:
    """Say whether everything written is there again, with what newer fields add beside it."""
    if isinstance(written, dict):
        return isinstance(read, dict) and all(
            name in read and survives(value, read[name]) for name, value in written.items()
        )
    if isinstance(written, list):
        return (
            isinstance(read, list)
            and len(written) == len(read)
            and all(survives(*pair) for pair in zip(written, read, strict=True))
        )
    return bool(written == read)


def edited_since_release(checkout: Path, folders: list[Path]) -> list[str]:
    """Return what was changed or removed, since the last release, of files that may only be added."""

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=checkout, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    release = git("describe", "--tags", "--abbrev=0", "--match", "v[0-9]*")
    if not release:
        return []  # nothing was published yet, so nobody holds an older one
    return git(
        "diff", "--name-only", "--diff-filter=MDRT", release, "--", *map(str, folders)
    ).split()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"a": 1}, {}),
        ({"a": 1}, {"a": 2}),
        ({"a": None}, {"b": None}),
        ([1], [1, 2]),
        ([{"a": "1"}], [{"a": 1}]),
        ({"a": 1}, [1]),
    ],
)
def test_a_lost_or_changed_value_is_noticed(written: Any, read: Any) -> None:
    assert not survives(written, read)


def test_a_new_field_beside_the_old_ones_is_no_loss() -> None:
    assert survives({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": None}], "d": 0})


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.name)
def test_all_that_was_ever_written_still_reads(path: Path) -> None:
    written = path.read_bytes()
    read = SHAPES[type_of(path)].model_validate_json(written)
    assert survives(json.loads(written), json.loads(read.model_dump_json()))


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.name)
def test_what_was_written_fits_the_published_schema(path: Path) -> None:
    Draft202012Validator(schema_of(SHAPES[type_of(path)])).validate(json.loads(path.read_bytes()))


@pytest.mark.parametrize("shape", every_event(), ids=lambda shape: shape.TYPE)
def test_every_type_has_golden_bytes(shape: Published) -> None:
    assert list(GOLDEN.glob(f"{shape.TYPE}*.json"))


@pytest.mark.parametrize("shape", every_event(), ids=lambda shape: shape.TYPE)
def test_the_last_golden_bytes_are_what_is_written_today(shape: Published) -> None:
    """A shape that writes something new gets one more golden file, ``<type>.<n>.json``; the old ones stay."""
    last = sorted(GOLDEN.glob(f"{shape.TYPE}*.json"), key=lambda path: (len(path.name), path.name))[
        -1
    ]
    assert (
        shape.model_validate_json(last.read_bytes()).model_dump_json().encode() == last.read_bytes()
    )


def test_published_bytes_and_schemas_were_never_edited() -> None:
    assert not edited_since_release(HERE, [GOLDEN, HERE / "frozen"])


@pytest.mark.parametrize("change", ["edit", "remove", "add"])
def test_an_edited_golden_file_is_noticed(tmp_path: Path, change: str) -> None:
    golden = tmp_path / "golden"
    golden.mkdir()
    (golden / "one.json").write_text("{}")
    who = ["-c", "user.name=t", "-c", "user.email=t@example.vn"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "one"], ["tag", "v1.0.0"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    if change == "edit":
        (golden / "one.json").write_text("{ }")
    elif change == "remove":
        (golden / "one.json").unlink()
    else:
        (golden / "two.json").write_text("{}")
    wanted = [] if change == "add" else ["golden/one.json"]
    assert edited_since_release(tmp_path, [golden]) == wanted
