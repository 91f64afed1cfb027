#!/usr/bin/env python3
"""Rejects includes that run backward through the layers: include_direction.py SOURCE_DIR.

A file may include files of its own part (an element of LAYERS) and of earlier layers; an oracle (reference/) may not
include any *_math.h; an installed header (include/gpu_sweep/) may include installed headers only. Exit status 0 if all
comply, otherwise 1 with one line per offender on stdout.
"""
import pathlib
import re
import sys

# The layers, in order from the leaves to the program. Parts in the same layer, such as data and model, must not include
# each other.
LAYERS = [
    {"kernels/common"},
    {"kernels/activation", "kernels/batch", "kernels/gemm", "kernels/loss", "kernels/optimizer"},
    {"reference"},  # double-precision oracles, which share records with the kernels but never arithmetic
    {"engine"},  # only include/gpu_sweep/error.h
    {"engine/data", "engine/model"},
    {"engine/program"},
    {"engine/lane"},  # what the lanes share
    {"engine/lane/cpu", "engine/lane/cuda"},
    {"engine/train"},
    {"engine/selftest"},
    {"engine/experiment"},
    {"engine/sweep"},
    {"engine/store/files"},
    {"engine/store/formats"},
    {"engine/store/database"},
    {"engine/store/salvage"},
    {"engine/store/runs", "engine/store/snapshots"},
    {"engine/cluster"},
    {"engine/statistics/methods"},
    {"engine/statistics"},
    {"engine/report"},  # what its folders share
    {"engine/report/text", "engine/report/html", "engine/report/export"},
    {"engine/study"},
    {"apps", "python"},
    {"tests"},
]
# The part to which each installed header belongs.
INSTALLED = {
    "engine": "error.h",
    "engine/data": "data_settings.h dataset.h find_data.h load_dataset.h",
    "engine/experiment": "experiment.h run_key.h",
    "engine/lane": "device.h",
    "engine/model": "mlp_spec.h model_keys.def model_spec.h weights.h",
    "engine/report/export": "exports.h",
    "engine/report/text": "tables.h",
    "engine/statistics": "summary.h",
    "engine/store/database": "stored_experiment.h",
    "engine/store/formats": "weights_file.h",
    "engine/store/runs": "run_store.h",
    "engine/sweep": "planner.h scheduler.h shard.h",
    "engine/train": "group_spec.h run_record.h snapshot.h",
    "kernels/activation": "activation.h activations.def",
    "kernels/batch": "input_format.h",
    "kernels/common": "fp16.h",
    "kernels/optimizer": "optimizer.h optimizers.def schedule.h schedules.def",
}
OWNERS = {f"gpu_sweep/{header}": part for part, headers in INSTALLED.items() for header in headers.split()}
DIVIDED = {"engine", "kernels"}  # folders whose subfolders count as separate parts
LEVELS = {part: level for level, parts in enumerate(LAYERS) for part in parts}
SUFFIXES = {".h", ".cpp", ".cu", ".cuh"}
INCLUDE = re.compile(r'\s*#\s*include\s+"([^"]+)"')


def part_of(path):
    """Returns the part of a path relative to the source directory or to include/; None for other projects' paths."""
    if path.startswith("gpu_sweep/"):
        if path not in OWNERS:
            sys.exit(f"{path}: INSTALLED does not say which part this header belongs to")
        return OWNERS[path]
    folders = pathlib.PurePosixPath(path).parts[:-1]
    if not folders:
        return None
    places = ["/".join(folders[:depth]) for depth in range(len(folders), 0, -1)]
    part = next((place for place in places if place in LEVELS), None)
    if folders[0] in DIVIDED and part in (None, "engine") and len(folders) > (part == "engine"):
        sys.exit(f"{path}: {places[0]} has no place in the order of the layers; give it one")
    return part


def backward_includes(source):
    for top in ("include", "kernels", "reference", "engine", "apps", "python"):
        for path in sorted((source / top).rglob("*")):
            if path.suffix not in SUFFIXES:
                continue
            name = path.relative_to(source).as_posix()
            installed = top == "include"
            own = part_of(name.removeprefix("include/"))
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                match = INCLUDE.match(line)
                other = part_of(match[1]) if match else None
                if own == "reference" and match and match[1].endswith("_math.h"):
                    yield f"{name}:{number}: an oracle includes {match[1]}, which it is to judge"
                if installed and match and not match[1].startswith("gpu_sweep/"):
                    yield f"{name}:{number}: an installed header includes {match[1]}, which is not installed"
                if other is None or other == own or LEVELS[other] < LEVELS[own]:
                    continue
                yield f"{name}:{number}: {own} includes {match[1]}, which is not before it"


def main():
    culprits = list(backward_includes(pathlib.Path(sys.argv[1])))
    print("\n".join(culprits) or "every include runs forward")
    return 1 if culprits else 0


if __name__ == "__main__":
    sys.exit(main())
