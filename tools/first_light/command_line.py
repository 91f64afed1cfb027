"""first_light STAGE --out DIR: the command line."""

from __future__ import annotations

import argparse
import pathlib
import re
import signal
import sys
import time
from collections.abc import Sequence

from . import fast, machine, report, results, right, why
from .context import CARD, STAND_IN, Context
from .results import Json, Results
from .stage import Stage, run_stage

STAGES: tuple[Stage, ...] = (right.STAGE, fast.STAGE, why.STAGE)
ALL = "all"

DONE, USAGE, DEVICE, OUTPUT = 0, 2, 4, 5  # exit codes, the same as gpu_sweep's

SABOTAGES = {
    "fail": ["sh", "-c", "echo forced to fail >&2; exit 9"],
    "hang": ["sh", "-c", "trap '' TERM; sleep 611 & sleep 612"],  # leaves a child, and ends only on SIGKILL
}


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    known = [step.name for stage in STAGES for step in stage.steps]
    if not equals or name not in known:
        raise argparse.ArgumentTypeError(f"found '{text}', expected STEP=VALUE with one of: {', '.join(known)}")
    return name, value


def _limit(text: str) -> tuple[str, float]:
    name, value = _pair(text)
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{name}: found '{value}', expected seconds above 0, at most 3600")
    return name, seconds


def _sabotage(text: str) -> tuple[str, list[str]]:
    name, value = _pair(text)
    if value not in SABOTAGES:
        raise argparse.ArgumentTypeError(f"{name}: found '{value}', expected fail or hang")
    return name, SABOTAGES[value]


def _device(text: str) -> str:
    if not re.fullmatch(r"cuda(:\d{1,4})?|simt", text):
        raise argparse.ArgumentTypeError(f"found '{text}', expected cuda, cuda:N or simt")
    return text


def parser() -> argparse.ArgumentParser:
    minutes = ", ".join(f"{stage.name} {stage.limit_s / 60:.0f}" for stage in STAGES)
    made = argparse.ArgumentParser(
        prog="first_light",
        description="The first half hour of gpu_sweep on a card. Right: are its results correct? Fast: how fast is it, "
        "compared with the computed times? Why: where does the time go? Results are in DIR/first_light.md and .json, "
        "written after every step.",
        epilog=f"Minutes that a stage takes at most: {minutes}. Exit code 4: a step failed or exceeded its limit.",
    )
    made.add_argument(
        "stage",
        choices=[ALL, *(stage.name for stage in STAGES), "report"],
        help="all: the three one after another; report: write the .md again",
    )
    made.add_argument("--out", required=True, type=pathlib.Path, metavar="DIR", help="folder for the results")
    made.add_argument("--device", default="cuda", type=_device, help="cuda (default); cuda:N, numbered as by nvidia-smi; simt in tests")
    made.add_argument(
        "--programs",
        action="append",
        default=[],
        type=pathlib.Path,
        metavar="DIR",
        help="unpacked bundle or build folder with our programs; repeatable (default: around this script)",
    )
    made.add_argument(
        "--data", type=pathlib.Path, metavar="DIR", help="four IDX files for the study (default: found or made)"
    )
    made.add_argument("--resume", action="store_true", help="continue after the last finished step")
    made.add_argument(
        "--only", action="append", default=[], metavar="STEP", help="run only this step, even if finished; repeatable"
    )
    made.add_argument(
        "--limit", action="append", default=[], type=_limit, metavar="STEP=SECONDS", help="a step's limit; repeatable"
    )
    made.add_argument(
        "--variant",
        action="append",
        default=[],
        type=pathlib.Path,
        metavar="FILE.so",
        help="another build of the lane to time; repeatable",
    )
    made.add_argument("--sabotage", action="append", default=[], type=_sabotage, help=argparse.SUPPRESS)
    return made


def _say(entry: Json) -> None:
    seconds = f"{entry.get('seconds', 0):.1f} s"
    print(f"{entry['status']:12}  {entry['step']:24} {seconds:>8}  {entry['headline']}", flush=True)


def _run(stages: Sequence[Stage], asked: argparse.Namespace, found: Results) -> int:
    base_environment = machine.environment_of(asked.device)
    given = asked.programs
    folders = machine.roots(given, pathlib.Path(__file__).parent)
    context = Context(
        device=asked.device.partition(":")[0],
        scale=STAND_IN if asked.device == "simt" else CARD,
        folders=folders,
        given_data=asked.data.resolve() if asked.data else None,
        out=asked.out.resolve(),
        results=found,
        variants=[path.resolve() for path in asked.variant],
        sabotage=dict(asked.sabotage),
        base_environment=base_environment,
    )
    for caught in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(caught, context.stop)
    if not asked.resume and not asked.only:
        for stage in stages:
            found.forget(stage.name)
    found.machine.update(machine.describe(base_environment), device=asked.device, started=time.strftime("%Y-%m-%d %H:%M:%S %Z"))
    found.save()

    def after_step(entry: Json) -> None:
        report.write(found, STAGES, context.out)
        _say(entry)

    entries = []
    for stage in stages:
        entries += run_stage(stage, context, limits=dict(asked.limit), only=asked.only, after_step=after_step)
    report.write(found, STAGES, context.out)
    print(f"results: {context.out / report.FILE}", flush=True)
    bad = [entry for entry in entries if entry["status"] in (results.FAILED, results.TIMED_OUT)]
    return DEVICE if bad else DONE


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    found = Results(asked.out)
    try:
        asked.out.mkdir(parents=True, exist_ok=True)
        found.load()
        if asked.stage == "report":
            report.write(found, STAGES, asked.out)
            return DONE
        stages = [stage for stage in STAGES if asked.stage in (ALL, stage.name)]
        names = [step.name for stage in stages for step in stage.steps]
        unknown = [name for name in asked.only if name not in names]
        if unknown:
            print(
                f"first_light: --only: found '{unknown[0]}', expected a step of {asked.stage}: {', '.join(names)}",
                file=sys.stderr,
            )
            return USAGE
        if asked.data and not asked.data.is_dir():
            print(f"first_light: --data: found no folder {asked.data}", file=sys.stderr)
            return USAGE
        return _run(stages, asked, found)
    except (results.BadResults, machine.NoSuchCard) as error:
        print(f"first_light: {error}", file=sys.stderr)
        return USAGE
    except OSError as error:
        print(f"first_light: --out {asked.out}: {error.strerror or error}: {error.filename or ''}", file=sys.stderr)
        return OUTPUT
