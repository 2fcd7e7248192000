"""How the command line speaks: tables and bars to a person at a terminal, plain lines to a pipe, JSON to a machine."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pq_common.errors import PqError


class Steps(Protocol):
    """Where a long piece of work reports how far it is."""

    def __call__(self, done: int, total: int) -> None: ...


class Voice:
    """One run's output. ``as_json`` keeps quiet until the result, which is then the only thing on stdout."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self._out = Console(highlight=False)
        self._fancy = self._out.is_terminal and not as_json

    def say(self, text: str) -> None:
        """Tell a person what happens now."""
        if self.as_json:
            return
        if self._fancy:
            # Left whole and as it is: a token broken over lines is no token when it is copied.
            self._out.print(text, soft_wrap=True, markup=False, emoji=False)
        else:
            print(text, flush=True)

    def result(self, content: Mapping[str, Any], text: str) -> None:
        """Give the outcome: ``content`` to a machine, ``text`` to a person."""
        if self.as_json:
            print(json.dumps(content, ensure_ascii=False, default=str), flush=True)
        else:
            self.say(text)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Show rows; to a pipe they come separated by tabs, under no heading."""
        if self.as_json:
            found = [dict(zip(columns, row, strict=True)) for row in rows]
            print(json.dumps(found, ensure_ascii=False, default=str), flush=True)
        elif self._fancy:
            shown = Table(*columns)
            for row in rows:
                shown.add_row(*(Text(str(cell)) for cell in row))
            self._out.print(shown)
        else:
            for row in rows:
                print("\t".join(str(cell) for cell in row), flush=True)

    def refuse(self, error: PqError) -> None:
        """Say what is wrong and what to do, in both languages, on stderr."""
        if self.as_json:
            told = {"code": error.code, "vi": error.message_vi, "en": error.message_en}
            print(json.dumps({"error": told}, ensure_ascii=False), file=sys.stderr, flush=True)
        else:
            print(f"{error.message_vi}\n{error.message_en}", file=sys.stderr, flush=True)

    def faults(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show what is wrong with a sent table, cell by cell, on stderr; the sentence of the refusal comes after it."""
        if self.as_json:
            for row in rows:
                told = dict(zip(("cell", "code", "vi", "en"), row, strict=True))
                print(json.dumps(told, ensure_ascii=False), file=sys.stderr, flush=True)
        elif self._fancy:
            shown = Table(*columns)
            for row in rows:
                shown.add_row(*(Text(cell) for cell in row))
            Console(stderr=True, highlight=False).print(shown)
        else:
            for row in rows:
                print("\t".join(row), file=sys.stderr, flush=True)

    @contextmanager
    def steps(self, what: str) -> Iterator[Steps]:
        """Show how far ``what`` is: a bar at a terminal, one line at the end elsewhere."""
        if not self._fancy:
            last = [0, 0]

            def count(done: int, total: int) -> None:
                last[:] = [done, total]

            yield count
            self.say(f"{what}: {last[0]}/{last[1]}")
            return
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._out,
        )
        with bar:
            task = bar.add_task(what, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
