"""The results so far: first_light.json, written after every step."""

from __future__ import annotations

import json
import os
import pathlib
from typing import Any

SCHEMA = 1
FILE = "first_light.json"

PASSED = "passed"
FAILED = "failed"
TIMED_OUT = "timed out"
NOT_HERE = "not here"
NO_TIME = "no time left"
RUNNING = "running"
FINISHED = (PASSED, FAILED, TIMED_OUT, NOT_HERE)

Json = dict[str, Any]


class BadResults(Exception):
    """Raised for a results file that first_light did not write, or that another version of it wrote."""


def write_atomically(path: pathlib.Path, text: str) -> None:
    """Replaces `path` so that it holds either its old content or all of `text`, even after a crash."""
    part = path.with_name(path.name + ".part")
    with open(part, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


class Results:
    """The entries of steps by name, in the order in which they were first added."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._path = folder / FILE
        self.machine: Json = {}
        self.steps: dict[str, Json] = {}

    def load(self) -> None:
        """Reads the results of an earlier call, if there are any. Raises BadResults."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return
        try:
            found = json.loads(text)
            schema = found["schema"]
            machine, steps = dict(found["machine"]), {step["step"]: step for step in found["steps"]}
        except (ValueError, KeyError, TypeError) as error:
            raise BadResults(f"{self._path}: not what first_light writes ({error})") from error
        if schema != SCHEMA:
            raise BadResults(f"{self._path}: schema: found {schema}, expected {SCHEMA}")
        self.machine, self.steps = machine, steps

    def forget(self, stage: str) -> None:
        """Drops the entries of one stage."""
        self.steps = {name: step for name, step in self.steps.items() if step["stage"] != stage}

    def put(self, step: Json) -> None:
        """Adds or replaces an entry, and writes the file."""
        self.steps[step["step"]] = step
        self.save()

    def save(self) -> None:
        content = {"schema": SCHEMA, "machine": self.machine, "steps": list(self.steps.values())}
        write_atomically(self._path, json.dumps(content, indent=1) + "\n")

    def finished(self, name: str) -> bool:
        return self.steps.get(name, {}).get("status") in FINISHED

    def figures(self, name: str) -> Json:
        """Returns the measurements of a step; empty if it has none."""
        found = self.steps.get(name, {}).get("figures", {})
        return found if isinstance(found, dict) else {}
