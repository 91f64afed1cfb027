"""Stage `fast`: how fast is it, compared with the computed times?"""

from __future__ import annotations

import json
import pathlib
import re
import shutil

from . import images, kernel_bench
from .context import Context, NotHere, Outcome, StepFailed
from .process import TimedOut
from .results import Json
from .right import tiny_experiment
from .stage import Stage, Step

STUDY_RUNS, STUDY_MODELS, STUDY_EPOCHS = 100, 5, 50


def copy(context: Context) -> Outcome:
    mebibytes = "1" if context.device == "simt" else "1024"
    done = context.run([context.program(context.scale.copy_rate), mebibytes])
    figures: Json = json.loads(done.stdout)
    return Outcome(f"{figures['bytes_per_second'] / 1e12:.2f} TB/s read and written", figures)


def node_cost(context: Context) -> Outcome:
    """Measures the cost of a graph node by the time of `advance`, whose kernel does almost nothing."""
    found = kernel_bench.measure(context, "/train_step/advance/", "--precision", "fp32", "--hidden", "1")
    return Outcome(f"{found[0]['us']:.2f} us per node", {"us": found[0]["us"]})


def operations(precision: str) -> Step:
    """Times every operation and the whole step."""

    def run(context: Context) -> Outcome:
        context.needs_precision(precision)
        flags = ["--replicas", str(context.scale.replicas), "--precision", precision]
        if context.device == "simt":
            flags += ["--hidden", "1"]
        found = kernel_bench.measure(context, "/train_step/|/evaluation_step/", *flags)
        steps = kernel_bench.whole_steps(found)
        shown = ", ".join(f"{step['name'].split('/')[1]} {step['us']:.0f} us" for step in steps)
        return Outcome(
            f"{len(found)} timed; a step: {shown}", {"replicas": context.scale.replicas, "operations": found}
        )

    return Step(f"operations_{precision}", 50, f"each operation and the whole step in {precision}", run)


def operations_beyond_cache(context: Context) -> Outcome:
    """Times operations whose operands do not fit in a cache."""
    context.needs_precision("tf32")
    count = context.scale.replicas_beyond_cache
    flags = ["--replicas", str(count), "--hidden", "1", "--precision", "tf32"]
    found = kernel_bench.measure(context, "/train_step/(adam|gather|gemm)", *flags)
    return Outcome(f"{len(found)} timed at {count} replicas", {"replicas": count, "operations": found})


def cudnn(context: Context) -> Outcome:
    """Times our operations, and compositions of cuDNN calls that compute the same results."""
    context.needs_card()
    program = context.program("kernel_bench_cudnn")
    lost = context.lost_libraries(pathlib.Path(program))
    if lost:
        raise NotHere(f"{program} needs {', '.join(lost)}")
    flags = ["--replicas", str(context.scale.replicas), "--precision", "fp32", "--hidden", "1"]
    pattern = "/train_step/(bias_activation|activation_backward|softmax)"
    found, absent = offered_by_cudnn(context, pattern, *flags)
    theirs = [entry for entry in found if entry["name"].endswith("/cudnn")]
    figures: Json = {"replicas": context.scale.replicas, "operations": found, "not_offered": absent}
    if not theirs:
        raise StepFailed(absent[0] if absent else f"{program} timed no composition of cuDNN's calls", figures)
    rest = f"; {len(absent)} not: {absent[0]}" if absent else ""
    return Outcome(f"{len(theirs)} compositions timed{rest}", figures)


def offered_by_cudnn(context: Context, pattern: str, *flags: str) -> tuple[list[Json], list[str]]:
    """Returns the timings of kernel_bench_cudnn, and its errors for what cuDNN does not offer, which are no failure."""
    try:
        return kernel_bench.measure(context, pattern, *flags, program="kernel_bench_cudnn"), []
    except StepFailed as why:
        errors = why.figures.get("errors", [])
        if not errors or not all("cuDNN does not offer" in error for error in errors):
            raise
        return why.figures["operations"], errors


def _study(context: Context) -> str:
    return (
        tiny_experiment(context, runs=2, epochs=1)
        if context.device == "simt"
        else context.experiment("layer_depth.toml")
    )


def tune(context: Context) -> Outcome:
    data, data_name = context.data()
    command = [context.program("gpu_sweep"), "tune", _study(context), "--device", context.device, "--data", str(data)]
    done = context.run([*command, "--json"])
    figures: Json = {**json.loads(done.stdout), "data": data_name}
    best = figures["best"]
    grouping = f"{best['replicas_per_group']} replicas on {best['lanes']} lanes"
    return Outcome(f"best: {grouping}, {best['epochs_a_second']:.0f} epochs per second", figures)


def _wall_clock(context: Context, experiment: str, name: str, *flags: str) -> tuple[float, str]:
    """Trains `experiment` into an empty folder. Returns its wall time in seconds and the program's stderr."""
    data, _ = context.data()
    out = context.work / name
    shutil.rmtree(out, ignore_errors=True)
    command = [context.program("gpu_sweep"), "run", experiment, "--device", context.device, "--data", str(data)]
    done = context.run([*command, "--out", str(out), *flags])
    return done.seconds, done.stderr


def _time_grouping(context: Context, replicas: int, lanes: int, epochs: int) -> float:
    """Trains one group of the original model per lane, all at once. Returns the wall time in seconds."""
    small = context.device == "simt"
    model = context.scale.tiny_model if small else "[[model]]\nname = 'original'\nhidden = [256]\n"
    path = context.work / "grouping.toml"
    path.write_text(f"name = 'grouping'\nruns = {replicas * lanes}\n[defaults]\nepochs = {epochs}\n{model}")
    flags = ["--precision", "tf32", "--replicas-per-group", str(replicas), "--lanes", str(lanes)]
    return _wall_clock(context, str(path), "grouping", *flags)[0]


def groupings(context: Context) -> Outcome:
    """Times groups of the sizes in Scale.groupings by the wall clock. Trains each for 2 and for 12 epochs (1 and 2 on
    the stand-in) and takes the difference of the times, to exclude the start and the end of the program."""
    context.needs_precision("tf32")
    few, many = (1, 2) if context.device == "simt" else (2, 12)
    found: list[Json] = []
    for replicas, lanes in context.scale.groupings:
        runs = replicas * lanes
        seconds = {}
        try:
            for epochs in (few, many):
                seconds[epochs] = _time_grouping(context, replicas, lanes, epochs)
        except TimedOut as why:
            if not found:
                raise
            raise StepFailed(f"{replicas} replicas on {lanes} lanes: {why}", {"groupings": found}) from why
        more_s = seconds[many] - seconds[few]
        rate = (many - few) * runs / more_s if more_s > 0 else None
        found.append({"replicas": replicas, "lanes": lanes, "seconds": seconds, "epochs_a_second": rate})
    rates = [f"{f['replicas']} x {f['lanes']}: {f['epochs_a_second'] or 0:.0f}" for f in found]
    return Outcome("epochs of the original model per second: " + ", ".join(rates), {"groupings": found})


def floor_s(context: Context, experiment: str, precision: str, runs: int) -> float | None:
    """Returns the computed minimum time of an experiment on this card, by its data sheet, in seconds. Returns None if
    the data sheet is not known or several cards share the runs."""
    flags = kernel_bench.card_flags(context)
    if not flags or len(context.results.machine.get("cards", [])) > 1:
        return None
    data, _ = context.data()
    command = [context.program("gpu_sweep"), "plan", experiment, "--roofline", flags[1], "--precision", precision]
    done = context.run([*command, "--runs", str(runs), "--data", str(data)])
    found = re.search(r"^all\s.*\s([\d.]+)$", done.stdout, re.MULTILINE)
    return float(found.group(1)) if found else None


def runs_that_fit(limit_s: float, epochs_a_second: float | None) -> int:
    """Returns how many runs per model take 3/4 of `limit_s` at tune's rate; all runs if the rate is not known."""
    if not epochs_a_second:
        return STUDY_RUNS
    return max(1, min(STUDY_RUNS, int(0.75 * limit_s * epochs_a_second / (STUDY_MODELS * STUDY_EPOCHS))))


def study(precision: str) -> Step:
    def run(context: Context) -> Outcome:
        context.needs_precision(precision)
        data, data_name = context.data()
        experiment = _study(context)
        best = context.results.figures("tune").get("best", {})
        runs = 2 if context.device == "simt" else runs_that_fit(context.left_s(), best.get("epochs_a_second"))
        floor = floor_s(context, experiment, precision, runs)
        seconds, said = _wall_clock(
            context, experiment, f"study_{precision}", "--precision", precision, "--runs", str(runs)
        )
        scaled = context.device != "simt" and runs < STUDY_RUNS
        figures: Json = {
            "seconds": seconds,
            "runs_a_model": runs,
            "scaled": scaled,
            "floor_s": floor,
            "data": data_name,
            "train_rows": images.train_rows(data),
            "notices": [line for line in said.splitlines() if "groups of" in line],
        }
        share = f", {floor / seconds:.0%} of the floor's speed" if floor else ""
        size = f"{runs} of {STUDY_RUNS} runs per model" if scaled else f"{runs} runs per model"
        return Outcome(f"{seconds:.1f} s by the wall clock, {size}, {data_name}{share}", figures)

    return Step(f"study_{precision}", 55, f"experiments/layer_depth.toml by the wall clock in {precision}", run)


STAGE = Stage(
    "fast",
    480,
    (
        Step("copy", 15, "bytes per second that a copy reads and writes", copy),
        Step("node_cost", 20, "what a node of a graph costs", node_cost),
        operations("tf32"),
        operations("bf16"),
        Step("operations_beyond_cache", 40, "operations whose operands do not fit in a cache", operations_beyond_cache),
        Step("tune", 120, "the fastest grouping for the study", tune),
        study("tf32"),
        study("bf16"),
        Step("groupings", 47, "66 and 100 replicas per group on one and two lanes", groupings),
        Step("cudnn", 25, "the same operations as compositions of cuDNN's calls", cudnn),
    ),
)
