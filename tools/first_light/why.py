"""Stage `why`: where does a step's time go, and how fast are other libraries at the same work?"""

from __future__ import annotations

import json
import os
import pathlib
import shutil

from . import kernel_bench, machine, profiler
from .context import Context, NotHere, Outcome, StepFailed
from .process import TimedOut
from .results import Json
from .stage import Stage, Step

STEP = "tf32/1_hidden/train_step/all$|tf32/1_hidden/train_step/all/"
WINDOW = 30  # launches: more than two steps of 11 to 14 kernels
SKIPPED = 400  # launches before the window: the start of the program and the warm-up
PEERS = pathlib.Path(__file__).resolve().parent / "peers"


def _step_flags(context: Context) -> list[str]:
    return ["--replicas", str(context.scale.replicas), "--precision", "tf32", "--hidden", "1"]


def _bench_command(context: Context, *flags: str) -> list[str]:
    command = [context.binary("kernel_bench"), "--device", context.device, *_step_flags(context), *flags]
    return [*command, f"--benchmark_filter={STEP}", "--benchmark_min_time=0.05"]


def _window(context: Context) -> list[str]:
    """Returns flags with which ncu measures some launches in the middle of training. They leave clocks unfixed, since
    fixing them needs privileges."""
    base = [
        context.tool("ncu"),
        "--clock-control",
        "none",
        "--print-units",
        "base",
        "--csv",
        "--target-processes",
        "all",
    ]
    return [*base, "--launch-skip", str(SKIPPED), "--launch-count", str(WINDOW), "--kill", "yes"]


def step_nodes(context: Context) -> Outcome:
    """Measures the time of each node in the graph of a step. The rest of the step's time is gaps between nodes."""
    context.needs_precision("tf32")
    window = [*_window(context), "--graph-profiling", "node", "--metrics", profiler.DURATION]
    whole = kernel_bench.measure(context, STEP, *_step_flags(context))[0]
    # ncu kills the program after enough launches, so success shows in the table and not in the exit code.
    done = context.run([*window, *_bench_command(context)], exit_codes=range(-64, 256))
    profiler.check_rights(done.stdout + done.stderr)
    kernels = profiler.one_step(profiler.parse(done.stdout))
    total_us = sum(kernel.us for kernel in kernels)
    figures: Json = {
        "replicas": context.scale.replicas,
        "step_us": whole["us"],
        "nodes_us": total_us,
        "gaps_us": whole["us"] - total_us,
        "nodes": [
            {"kernel": profiler.short_name(kernel.name), "us": kernel.us, "name": kernel.name} for kernel in kernels
        ],
    }
    return Outcome(
        f"a step takes {whole['us']:.0f} us, its {len(kernels)} nodes {total_us:.0f} us, "
        f"the gaps {whole['us'] - total_us:.0f} us",
        figures,
    )


SHOWN_METRICS = ("Duration", "DRAM Throughput", "L2 Cache Throughput", "Compute (SM) Throughput", "Achieved Occupancy")


def step_counters(context: Context) -> Outcome:
    """Collects ncu's full set of counters for some kernels, launched one by one, and returns those of one step. The
    report opens in ncu-ui."""
    context.needs_precision("tf32")
    report = context.out / "step"
    file = report.with_suffix(".ncu-rep")
    file.unlink(missing_ok=True)
    window = [*_window(context), "--set", "full", "--export", str(report), "--force-overwrite"]
    done = context.run([*window, *_bench_command(context, "--eager")], exit_codes=range(-64, 256))
    profiler.check_rights(done.stdout + done.stderr)
    if not file.is_file():
        raise StepFailed("ncu wrote no report")
    read = [context.tool("ncu"), "--import", str(file), "--csv", "--page", "details", "--print-units", "base"]
    kernels = profiler.one_step(profiler.parse(context.run(read, ours=False).stdout))
    shown = [
        {"kernel": profiler.short_name(kernel.name), **{name: kernel.metrics.get(name) for name in SHOWN_METRICS}}
        for kernel in kernels
    ]
    return Outcome(
        f"{len(kernels)} kernels of a step, all counters in {file.name}", {"report": file.name, "kernels": shown}
    )


def products(context: Context) -> Outcome:
    """Times the two largest products of the study with up to 32 algorithms of cublasLt (product_algorithms.h)."""
    context.needs_card()
    context.needs_precision("tf32")
    done = context.run([context.program("product_algorithms"), str(context.scale.replicas)])
    figures: Json = json.loads(done.stdout)
    parts = []
    for product in figures["products"]:
        times = [a["microseconds"] for a in product["algorithms"] if "microseconds" in a]
        name = f"{product['product']} {product['precision']}"
        if "error" in product:
            parts.append(f"{name}: {product['error']}")
            continue
        parts.append(f"{name} first {times[0]:.0f}, best {min(times):.0f} us" if times else f"{name}: none offered")
    if all("error" in product for product in figures["products"]):
        raise StepFailed(parts[0], figures)
    return Outcome("; ".join(parts), figures)


def variants(context: Context) -> Outcome:
    """Times the whole step with other builds of the lane, each placed beside a copy of kernel_bench in a new folder."""
    if not context.variants:
        raise NotHere("no other build of the lane was given: --variant FILE.so")
    context.needs_precision("tf32")
    found: list[Json] = []
    bench = context.program("kernel_bench")
    name = "libgpu_sweep_simt.so" if context.device == "simt" else "libgpu_sweep_cuda.so"
    flags = ["--replicas", str(context.scale.replicas), "--hidden", "1"]
    for library in context.variants:
        if not library.is_file():
            raise StepFailed(f"--variant: found no file {library}")
        folder = context.work / "variant"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        shutil.copy2(machine.binary_of(pathlib.Path(bench)), folder / "kernel_bench")
        shutil.copy2(library, folder / name)
        # The loader's path points to the files that the original program finds in its own folder.
        home = pathlib.Path(bench).parent
        beside = [str(home), str(home.parent / "lib"), context.environment.get("LD_LIBRARY_PATH", "")]
        command = [str(folder / "kernel_bench"), "--device", context.device, *flags]
        command += ["--benchmark_filter=/train_step/", "--benchmark_format=json", "--benchmark_min_time=0.05"]
        timed: list[Json] = []
        for precision in ("tf32", "bf16"):
            path = {"LD_LIBRARY_PATH": os.pathsep.join(filter(None, beside))}
            timed += kernel_bench.parse(context.run([*command, "--precision", precision], extra=path).stdout)
        found.append({"variant": str(library), "operations": timed})
    steps = [
        f"{pathlib.Path(v['variant']).name}: {step['name'].split('/train_step')[0]} {step['us']:.0f} us"
        for v in found
        for step in kernel_bench.whole_steps(v["operations"])
    ]
    return Outcome("; ".join(steps), {"replicas": context.scale.replicas, "variants": found})


SEES_A_CARD = {
    "torch": "import torch; assert torch.cuda.is_available(), 'torch sees no card'",
    "jax": "import jax; assert any(d.platform in ('gpu', 'cuda') for d in jax.devices()), 'jax sees no card'",
}


def _python_for(context: Context, module: str) -> str:
    """Returns the first python3 whose `module` can use the device. Raises NotHere if there is none."""
    pythons = machine.pythons_with(module)
    why = f"no python3 here has {module}"
    for python in pythons:
        if context.device == "simt":
            return python
        done = context.run([python, "-c", SEES_A_CARD[module]], ours=False, exit_codes=range(-64, 256))
        if done.exit_code == 0:
            return python
        lines = done.stderr.strip().splitlines() or [f"exit code {done.exit_code}"]
        why = f"{python}: {lines[-1][:200]}"
    raise NotHere(why)


def peer(module: str, script: str, title: str) -> Step:
    """Times the same training steps of an ensemble in another library, with this machine's own Python."""

    def run(context: Context) -> Outcome:
        context.needs_precision("tf32")
        python = _python_for(context, module)
        small = context.device == "simt"
        command = [python, str(PEERS / script), "--replicas", str(context.scale.replicas)]
        command += ["--device", "cpu" if small else "cuda"]
        if small:
            command += ["--steps", "3", "--rows", "64", "--batch", "16", "--pixels", "36", "--hidden", "8"]
        found: list[Json] = []
        for precision in ("tf32", "bf16"):
            try:
                done = context.run([*command, "--precision", precision], ours=False)
            except (StepFailed, TimedOut) as why:
                if not found:
                    raise
                raise StepFailed(f"{precision}: {why}", {"results": found}) from why
            found += [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        if not found:
            raise StepFailed(f"{script} printed no figures")
        shown = ", ".join(f"{f['precision']} {f['adam']} {f['us_per_step']:.0f} us per step" for f in found)
        return Outcome(f"{title} {found[0]['version']}: {shown}", {"results": found})

    return Step(f"peer_{module}", 75, f"an ensemble in {title} on the same card", run)


STAGE = Stage(
    "why",
    420,
    (
        Step("step_nodes", 60, "the nodes of a step's graph, and the gaps between them", step_nodes),
        Step("step_counters", 90, "all counters of a step's kernels", step_counters),
        Step("products", 40, "the two big products with every algorithm of cublasLt", products),
        Step("variants", 60, "the same step with other builds of the lane", variants),
        peer("torch", "torch_ensemble.py", "PyTorch"),
        peer("jax", "jax_ensemble.py", "JAX"),
    ),
)
