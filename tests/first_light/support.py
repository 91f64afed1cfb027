"""Shared by the tests of first_light: the package, scripts for third-party tools, and calls of the program."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import time
from typing import Any

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = SOURCE / "tools" / "first_light" / "first_light"
sys.dont_write_bytecode = True
sys.path.insert(0, str(SOURCE / "tools"))

SMI = """#!/bin/sh
echo "NVIDIA H100 80GB HBM3, 580.1, 81559, 1980, 2619, 700.00, 9.0"
"""

SANITIZER = """#!/bin/sh
tool=memcheck
while [ $# -gt 0 ]; do
  case $1 in
    --tool) tool=$2; shift 2 ;;
    --error-exitcode | --target-processes) shift 2 ;;
    *) break ;;
  esac
done
"$@" || exit
if [ $tool = racecheck ]; then
  echo "========= RACECHECK SUMMARY: 0 hazards displayed (0 errors, 0 warnings)"
else
  echo "========= ERROR SUMMARY: 0 errors"
fi
"""

# Stands in for ncu. Exits with 2 if a required flag is missing, or if it is not given an ELF file but, for example, a
# launcher script, which has no kernels of its own.
NCU = """#!/bin/sh
clocks='' graphs='' full='' export='' import=''
while [ $# -gt 0 ]; do
  case $1 in
    --csv | --force-overwrite) shift; continue ;;
    --clock-control) clocks=$2 ;;
    --graph-profiling) graphs=$2 ;;
    --set) full=$2 ;;
    --export) export=$2 ;;
    --import) import=$2 ;;
    --*) ;;
    *) break ;;
  esac
  shift 2
done
[ -z "$import" ] || exec cat "FOLDER/details"
[ "$graphs" = node ] || [ "$full" = full ] || exit 2
[ "$clocks" = none ] || exit 2
[ -x "$1" ] && [ "$(head -c 4 "$1" | tail -c 3)" = ELF ] || exit 2
if [ -n "$export" ]; then : >"$export.ncu-rep"; else cat "FOLDER/durations"; fi
exit 9
"""

CSV_HEAD = (
    '"ID","Process ID","Process Name","Host Name","Kernel Name","Context","Stream","Block Size","Grid Size","Device",'
    '"CC","Section Name","Metric Name","Metric Unit","Metric Value"'
)


def csv_row(number: int, kernel: str, metric: str, value: str) -> str:
    return (
        f'"{number}","7","kernel_bench","127.0.0.1","{kernel}","1","13","(256, 1, 1)","(50, 1, 1)","0","9.0",'
        f'"Command line profiler metrics","{metric}","nsecond","{value}"'
    )


KERNELS = ("gather", "sm90_xmma_gemm_f32", "advance", "gather", "sm90_xmma_gemm_f32", "update<4>", "advance", "gather")


def ncu_table(metrics: dict[str, str]) -> str:
    rows = [
        csv_row(i, f"void gpu_sweep::cuda::<unnamed>::{kernel}(Op, Memory)", metric, value)
        for i, kernel in enumerate(KERNELS)
        for metric, value in metrics.items()
    ]
    return "\n".join(["==PROF== Connected to process 7", CSV_HEAD, *rows]) + "\n"


def write_tools(folder: pathlib.Path) -> pathlib.Path:
    """Writes scripts for nvidia-smi, compute-sanitizer and ncu that print what the real tools print."""
    folder.mkdir()
    durations = ncu_table({"gpu__time_duration.sum": "1,500"})
    details = ncu_table({"Duration": "1,500", "DRAM Throughput": "91.5"})
    (folder / "durations").write_text(durations)
    (folder / "details").write_text(details)
    ncu = NCU.replace("FOLDER", str(folder))
    for name, text in (("nvidia-smi", SMI), ("compute-sanitizer", SANITIZER), ("ncu", ncu)):
        path = folder / name
        path.write_text(text)
        path.chmod(0o755)
    return folder


def command(stage: str, out: pathlib.Path, *flags: str, programs: str | None = None) -> list[str]:
    made = [sys.executable, str(PROGRAM), stage, "--out", str(out), "--device", "simt", *flags]
    return [*made, "--programs", programs] if programs else made


def call(arguments: list[str], tools: pathlib.Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, capture_output=True, text=True, env=environment(tools), check=False, timeout=300)


def environment(tools: pathlib.Path | None) -> dict[str, str]:
    path = os.environ["PATH"]
    return dict(os.environ, PATH=f"{tools}{os.pathsep}{path}" if tools else path)


def entries(out: pathlib.Path) -> dict[str, Any]:
    found = json.loads((out / "first_light.json").read_text())
    return {step["step"]: step for step in found["steps"]}


def processes_in(folder: pathlib.Path) -> list[str]:
    """Returns the command lines of processes that work in `folder`. Gives killed ones up to five seconds to end."""
    deadline = time.monotonic() + 5
    while (found := _working_in(folder)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _working_in(folder: pathlib.Path) -> list[str]:
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if pathlib.Path(os.readlink(process / "cwd")) == folder.resolve():
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found
