"""Reads the CSV output of ncu: one row per kernel and metric."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .context import NotHere, StepFailed
from .results import Json

DURATION = "gpu__time_duration.sum"
LAST_OF_A_STEP = "advance"  # the kernel that occurs once in every training step


@dataclass
class Kernel:
    """One kernel launch. `metrics` maps names to values, which are numbers where possible."""

    name: str
    metrics: Json = field(default_factory=dict)

    @property
    def us(self) -> float:
        """The duration in microseconds. ncu prints it in nanoseconds (--print-units base)."""
        return float(self.metrics.get(DURATION, 0)) / 1e3


def _number(text: str) -> float | str:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return text


def check_rights(output: str) -> None:
    """Raises NotHere if the driver denies this user access to its counters."""
    refused = next((line for line in output.splitlines() if "ERR_NVGPUCTRPERM" in line), None)
    if refused:
        raise NotHere(f"ncu: {refused.removeprefix('==ERROR==').strip()}")


def parse(output: str) -> list[Kernel]:
    """Returns the launches in order. Raises StepFailed if `output` contains no table."""
    lines = output.splitlines()
    start = next((i for i, line in enumerate(lines) if line.startswith('"ID"')), None)
    if start is None:
        said = [line for line in lines if line.startswith("==ERROR==")] or lines[-1:]
        raise StepFailed(f"ncu: no table of kernels: {said[0] if said else 'no output'}")
    kernels: dict[str, Kernel] = {}
    for row in csv.DictReader(io.StringIO("\n".join(lines[start:]))):
        if row.get("Metric Name") and row.get("Kernel Name"):
            kernel = kernels.setdefault(row["ID"], Kernel(row["Kernel Name"]))
            kernel.metrics[row["Metric Name"]] = _number(row["Metric Value"] or "")
    return list(kernels.values())


def short_name(name: str) -> str:
    """Returns the unqualified name: "update" for "void gpu_sweep::cuda::<unnamed>::update<4>(Op, Memory)"."""
    for unnamed in ("(anonymous namespace)::", "<unnamed>::"):
        name = name.replace(unnamed, "")
    return re.split(r"[<(]", name)[0].split("::")[-1].split(" ")[-1] or name


def one_step(kernels: Sequence[Kernel]) -> list[Kernel]:
    """Returns the kernels of one whole training step: those after one launch of `advance` up to and including the next.
    Raises StepFailed if there is no whole step among them."""
    ends = [i for i, kernel in enumerate(kernels) if short_name(kernel.name) == LAST_OF_A_STEP]
    if len(ends) < 2:
        raise StepFailed(f"ncu: {len(kernels)} kernels seen, and no whole step among them")
    return list(kernels[ends[0] + 1 : ends[1] + 1])
