"""Compares gpu_sweep on the CPU with Keras, PyTorch and JAX: replica-epochs per second on the whole machine. A
replica-epoch is one network trained for one epoch.

    compare.py --study-bench FILE [--rounds N] [--data DIR] [--out FILE.json]

In each round every program runs once, in turn, alone on the machine. Prints the medians over the rounds as a Markdown
table, with the median of gpu_sweep's rate over the program's rate in the same round, and writes everything to
FILE.json (default peers.json). A program whose library is not installed is listed as not measured.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
REPLICAS_OF_AN_ENSEMBLE = 4


def programs(study_bench, data):
    """Returns a tuple per program: name, command, number of processes (each bound to a core if there are several), and
    number of models in each process."""
    cores = len(os.sched_getaffinity(0))

    def peer(name, file, *flags, processes=1, replicas=1):
        command = [sys.executable, "-W", "ignore", str(HERE / file), "--data", data, *flags]
        if replicas > 1:
            command += ["--replicas", str(replicas)]
        return name, command, processes, replicas

    def own(precision):
        return f"gpu_sweep, {precision}", [study_bench, "--peer", precision, "--data", data], 1, 1

    many, ensemble = f"{cores} processes of one thread", f"{REPLICAS_OF_AN_ENSEMBLE} models in one process"
    return [
        own("fp32"),
        own("bf16"),
        peer("Keras fit, one process, as the study ran it", "keras_fit.py"),
        peer(f"Keras fit, {many}", "keras_fit.py", processes=cores),
        peer(f"PyTorch loop, {many}", "pytorch.py", processes=cores),
        peer(f"PyTorch loop under bf16 autocast, {many}", "pytorch.py", "--bf16", processes=cores),
        peer(f"PyTorch baddbmm, {ensemble}", "pytorch_ensemble.py", replicas=REPLICAS_OF_AN_ENSEMBLE),
        peer(f"JAX vmap of a scan, {ensemble}", "jax_vmap.py", replicas=REPLICAS_OF_AN_ENSEMBLE),
    ]


def environment():
    """Returns the environment of the programs. It does not restrict OpenBLAS and oneDNN, so that they choose the
    processor's best kernels. Its thresholds for glibc's malloc are high, which avoids page faults in every step."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("OPENBLAS_", "ONEDNN_", "DNNL_"))}
    return kept | {"MALLOC_MMAP_THRESHOLD_": "1000000000", "MALLOC_TRIM_THRESHOLD_": "1000000000"}


def rate_of(command, processes, replicas):
    """Starts the processes, releases them together once all are warm, and returns the library's version and the sum of
    their rates, in replica-epochs per second."""
    running = []
    try:
        for core in range(processes):
            bound = ["--core", str(core)] if processes > 1 else []
            running.append(
                subprocess.Popen(
                    command + bound,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                    env=environment(),
                )
            )
        ready = [process.stdout.readline().split(maxsplit=1) for process in running]
        if all(words[:1] == ["ready"] for words in ready):
            for process in running:
                process.stdin.write("go\n")
                process.stdin.flush()
        found = [process.communicate() for process in running]
    finally:
        for process in running:
            process.kill()
    for process, (_, complaint) in zip(running, found):
        if process.returncode != 0:
            raise RuntimeError((complaint.strip().splitlines() or [f"exit code {process.returncode}"])[-1])
    return ready[0][1].strip(), sum(replicas / float(output) for output, _ in found)


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(": ", 1)[1]
    return platform.processor()


def table(results):
    lines = [
        "| program | version | replica-epochs/s | gpu_sweep's fp32 is | its bf16 is |",
        "|---|---|---|---|---|",
    ]
    own = {precision: results[f"gpu_sweep, {precision}"]["rates"] for precision in ("fp32", "bf16")}

    def times(result, precision):
        pairs = zip(own[precision], result["rates"])
        return f"{statistics.median(a / b for a, b in pairs):.2f} x" if own[precision] else "–"

    for name, result in results.items():
        if not result["rates"]:
            lines.append(f"| {name} | not measured: {result['failure']} | – | – | – |")
            continue
        rate = statistics.median(result["rates"])
        lines.append(
            f"| {name} | {result['version']} | {rate:.2f} | {times(result, 'fp32')} | {times(result, 'bf16')} |"
        )
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(prog="run bench --peers")
    parser.add_argument("--study-bench", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--data",
        default=os.environ.get("GPU_SWEEP_DATA") or "/usr/share/datasets/fashion-mnist",
        help="folder of the IDX files of Fashion-MNIST (default %(default)s)",
    )
    parser.add_argument("--out", default="peers.json")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds: expected a whole number from 1 on")
    to_measure = programs(options.study_bench, options.data)
    results = {name: {"rates": [], "version": "", "failure": ""} for name, *_ in to_measure}
    for i in range(options.rounds):
        for name, command, processes, replicas in to_measure:
            result = results[name]
            if result["failure"]:
                continue
            print(f"round {i + 1} of {options.rounds}: {name}", file=sys.stderr)
            try:
                result["version"], rate = rate_of(command, processes, replicas)
                result["rates"].append(rate)
            except RuntimeError as failure:
                result["failure"] = str(failure)
                result["rates"].clear()  # a median of fewer rounds than the others have would mislead
                print(f"{name}: {failure}", file=sys.stderr)
    cores = len(os.sched_getaffinity(0))
    print(
        f"\n{cores} cores of {processor()}, {datetime.date.today()}, medians of {options.rounds} rounds\n\n{table(results)}"
    )
    document = {"device": processor(), "cores": cores, "rounds": options.rounds, "programs": results}
    pathlib.Path(options.out).write_text(json.dumps(document, indent=2) + "\n")


main()
