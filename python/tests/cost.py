"""Compares what a sweep costs in Python and on the command line: CPU time and peak memory.

    PYTHONPATH=build/python build/venv/bin/python python/tests/cost.py build/gpu_sweep

Runs both in turn and prints the medians of their ratios; the machine must be idle otherwise. Peak memory is compared
once more for an array of ``--gib`` GiB of float32, beside which program and interpreter are small. Small values of
``--epochs``, ``--rounds`` and ``--gib`` give a short comparison, which shows that the script works.
"""

import argparse
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROWS, TEST_ROWS, SIDE = 30_000, 5_000, 28
EXPERIMENT = """name = "cost"
runs = 8
[defaults]
batch_size = 128
epochs = {epochs}
[[model]]
name = "one"
hidden = [128]
[[model]]
name = "two"
hidden = [128, 64]
"""
LARGE = """name = "large"
runs = 1
[defaults]
batch_size = 4096
epochs = 1
[[model]]
name = "one"
hidden = [8]
"""
PYTHON = """import sys, numpy as np, gpu_sweep as gs
data = gs.Data(*(np.load(f"d/{part}.npy") for part in ("x_train", "y_train", "x_test", "y_test")))
gs.Experiment.from_toml("e.toml").run(data, out=sys.argv[1], device="cpu", progress=False)
"""


class Cost(NamedTuple):
    """The cost of one process."""

    cpu_seconds: float
    peak_mib: float


def write_data(folder: Path) -> float:
    """Write noise with a bright row whose place is the class. Returns the size of the inputs in MiB."""
    rng = np.random.default_rng(0)
    folder.mkdir()
    size = 0
    for part, rows in (("train", ROWS), ("test", TEST_ROWS)):
        y = rng.integers(0, 10, rows).astype(np.uint8)
        x = rng.integers(0, 200, (rows, SIDE, SIDE), dtype=np.uint8)
        x[np.arange(rows), y] += 50
        np.save(folder / f"x_{part}.npy", x)
        np.save(folder / f"y_{part}.npy", y)
        size += x.nbytes
    return size / 2**20


def write_large_data(folder: Path, gib: float) -> float:
    """Write uniform noise. Returns the size of the inputs in MiB."""
    rng = np.random.default_rng(0)
    folder.mkdir(parents=True)
    rows = int(gib * 2**30 / (4 * SIDE * SIDE))
    size = 0
    for part, count in (("train", rows - rows // 10), ("test", rows // 10)):
        x = rng.random((count, SIDE * SIDE), dtype=np.float32)
        np.save(folder / f"x_{part}.npy", x)
        np.save(folder / f"y_{part}.npy", (np.arange(count) % 10).astype(np.uint8))
        size += x.nbytes
    return size / 2**20


def cost_of(words: list[str], folder: Path) -> Cost:
    child = subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"{words[0]}: ended with {child.returncode}, expected 0")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def print_large(program: str, folder: Path, gib: float) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        array = pool.apply(write_large_data, (folder / "large" / "d", gib))
    at = folder / "large"
    (at / "e.toml").write_text(LARGE)
    words = [program, "run", "e.toml", "--data", "d", "--device", "cpu", "--quiet", "-o", "program"]
    own = cost_of(words, at).peak_mib
    python = cost_of([sys.executable, "-c", PYTHON, "python"], at).peak_mib
    print(
        f"array of {array:.0f} MiB: peak {own:.0f} MiB by the program, {python:.0f} MiB in Python, "
        f"{python / (own + array):.3f} of the former plus the array",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path, help="gpu_sweep")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=25, help="25 are half a minute on two cores")
    parser.add_argument(
        "--gib", type=float, default=1.0, help="size of the large array; takes about five times as much"
    )
    options = parser.parse_args()
    program = str(options.program.resolve())
    if "PYTHONPATH" in os.environ:  # the commands run in another folder
        os.environ["PYTHONPATH"] = str(Path(os.environ["PYTHONPATH"]).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # A separate process writes the data, because the peak memory of this process also counts as that of the
        # commands, which are its children.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            array = pool.apply(write_data, (folder / "d",))
        (folder / "e.toml").write_text(EXPERIMENT.format(epochs=options.epochs))
        started = cost_of([sys.executable, "-c", "import gpu_sweep"], folder)
        print(f"importing the package alone: CPU {started.cpu_seconds:.2f} s, peak {started.peak_mib:.0f} MiB")
        ratios, peaks, beyond = [], [], []
        for turn in range(options.rounds):
            outs = [f"{side}_{turn}" for side in ("program", "python")]
            calls = [
                [program, "run", "e.toml", "--data", "d", "--device", "cpu", "--quiet", "-o", outs[0]],
                [sys.executable, "-c", PYTHON, outs[1]],
            ]
            order = (0, 1) if turn % 2 == 0 else (1, 0)
            found = {side: cost_of(calls[side], folder) for side in order}
            ratios.append(found[1].cpu_seconds / found[0].cpu_seconds)
            peaks.append(found[1].peak_mib / (found[0].peak_mib + array))
            beyond.append(found[1].peak_mib / (found[0].peak_mib + array + started.peak_mib))
            print(
                f"round {turn + 1}: CPU {found[0].cpu_seconds:.2f} s by the program, {found[1].cpu_seconds:.2f} s in "
                f"Python, ratio {ratios[-1]:.3f}; peak {found[0].peak_mib:.0f} and {found[1].peak_mib:.0f} MiB, the "
                f"latter {peaks[-1]:.3f} of the former plus the array of {array:.0f} MiB",
                flush=True,
            )
        print_large(program, folder, options.gib)
    print(f"median ratio of CPU time: {statistics.median(ratios):.3f}")
    print(
        f"median ratio of peak memory to the program's and the array: {statistics.median(peaks):.3f}; to these and "
        f"the interpreter with NumPy: {statistics.median(beyond):.3f}"
    )


if __name__ == "__main__":
    main()
