"""Runs kernel_bench and reads its measurements, with the computed minimum times."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from . import machine
from .context import Context, StepFailed
from .results import Json


def card_flags(context: Context) -> list[str]:
    """Returns the flags that add this card's computed minimum times, or none if its data sheet is not known."""
    cards = context.results.machine.get("cards") or [{}]
    card = machine.card_of(cards[0].get("name", ""))
    return ["--card", card] if card else []


def measure(
    context: Context, pattern: str, *flags: str, program: str = "kernel_bench", limit_s: float | None = None
) -> list[Json]:
    """Runs the benchmarks whose names match `pattern`. Returns one entry per benchmark: `name`, `us` and `bytes`; where
    known, also `flops_per_second`, `floor_us` (the minimum by the card's data sheet), `nodes` and `shape`. Raises
    StepFailed if a benchmark fails or none matches, NotHere if the program does not exist, and TimedOut."""
    command = [
        context.program(program),
        "--device",
        context.device,
        *flags,
        *card_flags(context),
        f"--benchmark_filter={pattern}",
        "--benchmark_format=json",
        "--benchmark_min_time=0.05",
    ]
    return parse(context.run(command, limit_s=limit_s).stdout)


def parse(output: str) -> list[Json]:
    try:
        benchmarks = json.loads(output)["benchmarks"]
    except (ValueError, KeyError) as error:
        raise StepFailed(f"kernel_bench: no JSON of benchmarks ({error})") from error
    entries, errors = [], []
    for benchmark in benchmarks:
        name = re.sub(r"/real_time$", "", benchmark["name"])
        if benchmark.get("error_occurred"):
            errors.append(f"{name}: {benchmark.get('error_message', 'failed')}")
            continue
        entry: Json = {"name": name, "us": benchmark["us"], "bytes": benchmark.get("bytes", 0)}
        for source, key in (
            ("FLOP/s", "flops_per_second"),
            ("floor_us", "floor_us"),
            ("nodes", "nodes"),
            ("label", "shape"),
        ):
            if source in benchmark:
                entry[key] = benchmark[source]
        entries.append(entry)
    if errors:
        raise StepFailed(
            f"{len(errors)} of {len(benchmarks)} failed: {errors[0]}", {"operations": entries, "errors": errors}
        )
    if not entries:
        raise StepFailed("kernel_bench: no benchmark of that name")
    return entries


def copy_floor_us(entry: Json, bytes_per_second: float | None) -> float | None:
    """Returns the time to move an operation's bytes at this card's copy rate, in microseconds."""
    if not bytes_per_second or not entry.get("bytes"):
        return None
    return float(entry["bytes"]) / bytes_per_second * 1e6


def whole_steps(entries: Sequence[Json]) -> list[Json]:
    return [entry for entry in entries if entry["name"].endswith("/train_step/all")]
