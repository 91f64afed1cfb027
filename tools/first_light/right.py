"""Stage `right`: are the card's results correct?"""

from __future__ import annotations

import filecmp
import json
import pathlib
import re
import shutil

from . import machine
from .context import Context, NotHere, Outcome, StepFailed
from .results import Json
from .stage import Stage, Step


def nvidia_smi(context: Context) -> Outcome:
    done = context.run(machine.cards_command(context.tool("nvidia-smi"), context.base_environment), ours=False)
    cards = machine.parse_cards(done.stdout)
    if not cards:
        raise StepFailed("nvidia-smi lists no card")
    context.results.machine["cards"] = cards
    return Outcome("; ".join(f"{card['name']}, driver {card['driver_version']}" for card in cards), {"cards": cards})


def libraries(context: Context) -> Outcome:
    """Checks whether our programs start, and which of the CUDA libraries that they need the loader finds. Ignores other
    libraries, which a bundle's launcher may find even if the loader alone does not."""
    version = context.run([context.program("gpu_sweep"), "--version"]).stdout.strip()
    context.results.machine["version"] = version
    lane = "libgpu_sweep_simt.so" if context.device == "simt" else "libgpu_sweep_cuda.so"
    files = {lane: machine.find_file(lane, machine.LANE_FOLDERS, context.folders)}
    for name in ["kernel_bench", "kernel_bench_cudnn", context.scale.copy_rate, *context.scale.card_tests.values()]:
        files[name] = machine.find_program(name, context.folders)
    looked_at = {name: context.lost_libraries(file) for name, file in files.items() if file is not None}
    missing = {name: lost for name, lost in looked_at.items() if lost}
    found = {name: str(path) for name, path in context.libraries.items()}
    figures: Json = {
        "version": version,
        "lane": str(files[lane]),
        "found": found,
        "searched": [str(folder) for folder in context.library_folders],
        "missing": missing,
    }
    fault = ""
    if files[lane] is None:
        fault = f"no {lane} below {', '.join(map(str, context.folders))}"
    elif lane in missing:
        fault = f"{lane} lacks {', '.join(missing[lane])}"
    if fault and (context.device == "simt" or not usable_cards(_ask_devices(context)[0])):
        raise StepFailed(fault, figures)  # otherwise the program itself finds what the loader does not
    rest = "".join(f"; {name} lacks {', '.join(lost)}" for name, lost in missing.items())
    return Outcome(f"{version}; found {', '.join(found) or 'no library of CUDA'}{rest}", figures)


def _ask_devices(context: Context) -> tuple[str, str]:
    """Returns the output of `gpu_sweep devices`: the list, and the reasons for missing devices."""
    done = context.run([context.program("gpu_sweep"), "devices"])
    return done.stdout, done.stderr


def _blocks(text: str) -> list[tuple[str, list[str]]]:
    """Splits the output of `gpu_sweep devices` into devices, each with the indented lines below it."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line and not line[0].isspace():
            found.append((line.strip(), []))
        elif found and line.strip():
            found[-1][1].append(line.strip())
    return found


UNUSABLE = "cannot be used: "


def usable_cards(text: str) -> list[str]:
    """Returns the usable cards in `text`, the output of `gpu_sweep devices`."""
    return [
        device
        for device, lines in _blocks(text)
        if re.fullmatch(r"cuda:\d+", device) and not any(line.startswith(UNUSABLE) for line in lines)
    ]


def devices(context: Context) -> Outcome:
    text, said = _ask_devices(context)
    blocks = _blocks(text)
    reasons = [f"{device} {line}" for device, lines in blocks for line in lines if line.startswith(UNUSABLE)]
    if context.device != "simt" and not usable_cards(text):
        reasons += [line.strip() for line in said.splitlines() if "no CUDA device" in line]
        raise StepFailed(reasons[0] if reasons else "gpu_sweep devices lists no card", {"text": text + said})
    named = [" ".join([device, *lines[:1]]) for device, lines in blocks]
    return Outcome("; ".join([*named, *reasons]), {"text": text + said})


def card_tests(step: str) -> Step:
    """Runs one of the executables of tests/kernels."""

    def run(context: Context) -> Outcome:
        name = context.scale.card_tests[step]
        report = context.work / f"{step}.json"
        report.unlink(missing_ok=True)
        path = context.program(name)
        lost = context.lost_libraries(pathlib.Path(path))
        if lost:
            raise NotHere(f"{name} needs {', '.join(lost)}")
        command = [path, f"--gtest_output=json:{report}", f"--gtest_filter={context.scale.test_filter}"]
        done = context.run(command, exit_codes=(0, 1))
        if not report.is_file():
            raise StepFailed(f"{name}: exit code {done.exit_code} and no report")
        tests = [test for suite in json.loads(report.read_text())["testsuites"] for test in suite["testsuite"]]
        ran = [test for test in tests if test["status"] == "RUN"]
        failed = [f"{test['classname']}.{test['name']}" for test in ran if test.get("failures")]
        skipped = [test for test in ran if test["result"] == "SKIPPED"]
        figures: Json = {"tests": len(ran), "skipped": len(skipped), "failed": failed}
        if failed or done.exit_code != 0:
            raise StepFailed(f"{len(failed)} of {len(ran)} tests failed: {', '.join(failed[:5])}", figures)
        if len(skipped) == len(ran):
            why = re.search(r"NOT TESTED.*", done.stdout)
            raise StepFailed(f"no test ran: {why.group(0) if why else 'all were skipped'}", figures)
        rest = f", {len(skipped)} skipped" if skipped else ""
        return Outcome(f"{len(ran) - len(skipped)} tests passed{rest}", figures)

    return Step(
        step, {"kernel_tests": 60, "library_tests": 60, "cudnn_tests": 30}[step], "each kernel against its oracle", run
    )


def selftest(context: Context) -> Outcome:
    command = [context.program("gpu_sweep"), "selftest", "--device", context.device, "--json"]
    done = context.run(command, exit_codes=(0, 4))
    if not done.stdout.strip():
        raise StepFailed((done.stderr.strip().splitlines() or ["no output"])[-1])
    found = json.loads(done.stdout)
    checks = [check for device in found for check in device["checks"]]
    failed = [check["check"] for check in checks if not check["passed"]]
    figures: Json = {"devices": found}
    if failed or done.exit_code != 0:
        raise StepFailed(f"{len(failed)} of {len(checks)} checks failed: {', '.join(failed)}", figures)
    return Outcome(f"{len(checks)} checks passed", figures)


def _train(context: Context, experiment: str, data: pathlib.Path, out: pathlib.Path, *flags: str) -> float:
    """Trains into an empty folder. Returns the wall time in seconds."""
    shutil.rmtree(out, ignore_errors=True)
    command = [context.program("gpu_sweep"), "run", experiment, "--device", context.device, "--data", str(data)]
    return context.run([*command, "--out", str(out), *flags]).seconds


def tiny_experiment(context: Context, *, runs: int, epochs: int) -> str:
    """Writes an experiment that is small enough for Context.few_images. Returns its path."""
    path = context.work / f"tiny_{runs}_{epochs}.toml"
    path.write_text(f"name = 'tiny'\nruns = {runs}\n[defaults]\nepochs = {epochs}\n{context.scale.tiny_model}")
    return str(path)


def summary_accuracies(out: pathlib.Path) -> Json:
    """Returns the mean test accuracy of each model."""
    summary = json.loads((out / "summary.json").read_text())
    return {model["name"]: model["test_accuracy"]["mean"] for model in summary["models"]}


def quick(precision: str) -> Step:
    def run(context: Context) -> Outcome:
        context.needs_precision(precision)
        data, data_name = context.data()
        tiny = context.device == "simt"
        experiment = tiny_experiment(context, runs=2, epochs=1) if tiny else context.experiment("quick.toml")
        out = context.work / f"quick_{precision}"
        seconds = _train(context, experiment, data, out, "--precision", precision)
        accuracies = summary_accuracies(out)
        figures: Json = {"seconds": seconds, "data": data_name, "test_accuracy": accuracies}
        shown = ", ".join(f"{name} {accuracy:.4f}" for name, accuracy in accuracies.items())
        return Outcome(f"test accuracy: {shown} ({data_name})", figures)

    return Step(f"quick_{precision}", 30, f"a small experiment from end to end in {precision}", run)


def eager(context: Context) -> Outcome:
    """Checks that graphs give the same bits as --eager, which executes one operation at a time."""
    experiment = tiny_experiment(context, runs=4, epochs=2)
    outs = {name: context.work / f"replay_{name}" for name in ("graphs", "eager")}
    for name, out in outs.items():
        flags = ["--precision", "fp32", *(["--eager"] if name == "eager" else [])]
        _train(context, experiment, context.few_images(), out, *flags)
    differing = []
    for form in ("csv", "npz"):
        exported = {name: context.work / f"export_{form}_{name}" for name in outs}
        for name, out in outs.items():
            shutil.rmtree(exported[name], ignore_errors=True)
            context.run(
                [context.program("gpu_sweep"), "export", str(out), "--format", form, "--to", str(exported[name])]
            )
        files = [sorted(str(p.relative_to(to)) for p in to.rglob("*") if p.is_file()) for to in exported.values()]
        names = files[0]
        if not names or names != files[1]:
            raise StepFailed(f"gpu_sweep export wrote no {form}, or different files for the two")
        _, unequal, unread = filecmp.cmpfiles(exported["graphs"], exported["eager"], names, shallow=False)
        differing += [*unequal, *unread]
    if differing:
        raise StepFailed(f"graphs and op by op execution differ in {', '.join(differing)}", {"differing": differing})
    return Outcome("the same bits from graphs as op by op, in CSV and npz", {"differing": []})


NOT_INSTRUMENTED = "Target application terminated before first instrumented API call"


def sanitizer(tool: str) -> Step:
    """Runs a tool of compute-sanitizer on some kernel tests."""
    summary = {"racecheck": r"RACECHECK SUMMARY: (\d+) hazard"}.get(tool, r"ERROR SUMMARY: (\d+) error")

    def run(context: Context) -> Outcome:
        program = context.tool("compute-sanitizer")
        tests = context.binary("kernel_tests_cuda" if context.device != "simt" else "kernel_tests_simt")
        chosen = "*Softmax*:*Activation*:*Gather*:*Update*:*Evaluate*" if context.device != "simt" else "*Advance*"
        command = [program, "--tool", tool, "--target-processes", "all", "--error-exitcode", "86"]
        command += [tests, f"--gtest_filter={chosen}"]
        done = context.run(command, exit_codes=(0, 1, 86))
        said = done.stdout + done.stderr
        found = re.search(summary, said)
        if not found:
            lines = said.strip().splitlines()
            raise StepFailed(f"compute-sanitizer gave no summary: {lines[-1][:200] if lines else 'no output'}")
        count = int(found.group(1))
        ran = re.search(r"^\[  PASSED  \] (\d+) tests?", said, re.MULTILINE)
        figures: Json = {"found": count, "tests": int(ran.group(1)) if ran else 0}
        if count or done.exit_code != 0:
            raise StepFailed(f"{tool}: {count} found, exit code {done.exit_code}", figures)
        if NOT_INSTRUMENTED in said:
            raise StepFailed(f"{tool}: nothing was checked: {NOT_INSTRUMENTED}", figures)
        if not figures["tests"]:
            why = re.search(r"NOT TESTED.*", said)
            raise StepFailed(f"{tool}: nothing was checked: {why.group(0) if why else 'no test passed'}", figures)
        return Outcome(f"{tool}: nothing found in {figures['tests']} tests", figures)

    return Step(f"sanitizer_{tool}", 50, f"compute-sanitizer {tool} on kernel tests", run)


STAGE = Stage(
    "right",
    540,
    (
        Step("nvidia_smi", 10, "the card and its driver", nvidia_smi),
        Step("libraries", 20, "CUDA's libraries for our programs", libraries),
        Step("devices", 20, "what gpu_sweep can train on", devices),
        *(card_tests(name) for name in ("kernel_tests", "library_tests", "cudnn_tests")),
        Step("selftest", 60, "the device against the CPU and double precision", selftest),
        *(quick(precision) for precision in ("fp32", "tf32", "bf16")),
        Step("eager", 30, "graphs against op by op execution, bit for bit", eager),
        *(sanitizer(tool) for tool in ("memcheck", "racecheck", "initcheck")),
    ),
)
