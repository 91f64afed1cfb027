"""Runs the steps of a stage one after another, continuing after steps that fail."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from . import results
from .context import Context, NotHere, Outcome, StepFailed
from .process import KILL_GRACE_S, TimedOut
from .results import Json

LOG_TAIL = 4000  # characters of a step's log kept in its entry
SHORTEST_S = 3.0  # with less time, a step is not started


@dataclass(frozen=True)
class Step:
    """One question about the card. `limit_s` is the time limit of the whole step."""

    name: str
    limit_s: float
    shows: str
    run: Callable[[Context], Outcome]


@dataclass(frozen=True)
class Stage:
    name: str
    limit_s: float
    steps: Sequence[Step]


def _attempt(step: Step, context: Context) -> Json:
    """Runs a step. Returns its status, headline and figures."""
    try:
        outcome = step.run(context)
        return {"status": results.PASSED, "headline": outcome.headline, "figures": outcome.figures}
    except NotHere as why:
        return {"status": results.NOT_HERE, "headline": str(why)}
    except TimedOut as why:
        return {"status": results.TIMED_OUT, "headline": str(why)}
    except StepFailed as why:
        return {"status": results.FAILED, "headline": str(why), "figures": why.figures}
    except Exception as error:  # an error in one step must not prevent the other steps
        with open(context.log, "a", encoding="utf-8") as log:
            log.write(traceback.format_exc())
        return {"status": results.FAILED, "headline": f"the step itself failed: {type(error).__name__}: {error}"}


def _entry(step: Step, stage: Stage, limit_s: float) -> Json:
    return {"step": step.name, "stage": stage.name, "shows": step.shows, "limit_s": round(limit_s, 1)}


def run_step(step: Step, stage: Stage, context: Context, limit_s: float) -> Json:
    """Runs one step. Writes the step's entry to disk before the step starts and after it ends."""
    entry = _entry(step, stage, limit_s)
    context.results.put({**entry, "status": results.RUNNING, "headline": "was running when first_light ended"})
    context.begin(step.name, limit_s)
    start = time.monotonic()
    entry.update(_attempt(step, context))
    entry["seconds"] = round(time.monotonic() - start, 2)
    entry["commands"] = context.commands
    if context.log.exists():
        entry["log"] = str(context.log.relative_to(context.out))
        entry["log_tail"] = context.log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL:]
    context.results.put(entry)
    return entry


def run_stage(
    stage: Stage,
    context: Context,
    *,
    limits: Mapping[str, float],
    only: Sequence[str],
    after_step: Callable[[Json], None],
) -> list[Json]:
    """Runs the steps named in `only`, or if it is empty, the steps that are not finished yet. `limits` overrides the
    time limits of steps by name. Returns the entries of these steps, including those for which no time was left."""
    deadline = time.monotonic() + stage.limit_s
    entries = []
    for step in stage.steps:
        context.stop.check()
        if (step.name not in only) if only else context.results.finished(step.name):
            continue
        left_s = deadline - time.monotonic() - KILL_GRACE_S
        if left_s < SHORTEST_S:
            entry = {**_entry(step, stage, 0), "status": results.NO_TIME, "headline": "continue with --resume"}
            context.results.put(entry)
        else:
            entry = run_step(step, stage, context, min(left_s, limits.get(step.name, step.limit_s)))
        entries.append(entry)
        after_step(entry)
    return entries
