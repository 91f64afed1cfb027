"""What this machine has: our programs, CUDA's libraries, other people's tools."""

from __future__ import annotations

import glob
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable

from .results import Json

PROGRAM_FOLDERS = ("", "bin", "libexec", "libexec/gpu_sweep", "tests", "build", "build/tests")
EXPERIMENT_FOLDERS = ("experiments", "share/gpu_sweep/experiments")
DATA_FOLDERS = ("share/gpu_sweep/datasets/fashion-mnist",)
LANE_FOLDERS = ("", "lib/gpu_sweep/local", "lib/gpu_sweep")
LIBRARIES = ("libcudart.so", "libcublas.so", "libcublasLt.so", "libcudnn.so")

# Parts of a device's name, and the card of `gpu_sweep plan --roofline` that they mean. Only forms whose data sheet it
# has: an H100 PCIe has another memory.
CARDS = (
    (r"\bH200\b(?!.*NVL)", "h200"),
    (r"\bH100\b(?!.*(PCIe|NVL))", "h100"),
    (r"\bA100\b.*80GB(?!.*PCIe)", "a100"),
    (r"\bL40S\b", "l40s"),
    (r"\bRTX 5090\b(?! D)", "rtx5090"),
    (r"\bRTX 4090\b(?! (D|Laptop))", "rtx4090"),
    (r"\bRTX 3090\b(?! Ti)", "rtx3090"),
)


def card_of(device_name: str) -> str | None:
    """The card of `--roofline` that a device is, by the name its driver gives."""
    return next((card for pattern, card in CARDS if re.search(pattern, device_name)), None)


def roots(given: Iterable[pathlib.Path], script_folder: pathlib.Path) -> list[pathlib.Path]:
    """Folders to look for our files in: those given, else the folders above this script."""
    chosen = [folder.resolve() for folder in given]
    return chosen or list(script_folder.resolve().parents)[:2]


def find_program(name: str, folders: Iterable[pathlib.Path]) -> pathlib.Path | None:
    for folder in folders:
        for part in PROGRAM_FOLDERS:
            path = folder / part / name
            if path.is_file() and os.access(path, os.X_OK):
                return path
    return None


def find_file(name: str, parts: Iterable[str], folders: Iterable[pathlib.Path]) -> pathlib.Path | None:
    """The first file of that name in one of `parts` of one of `folders`, or of their builds."""
    places = [folder / build / part for folder in folders for build in ("", "build") for part in parts]
    return next((place / name for place in places if (place / name).is_file()), None)


def find_below(parts: Iterable[str], folders: Iterable[pathlib.Path]) -> list[pathlib.Path]:
    """Those of `parts` that are folders below one of `folders`, or beside it where it is a build."""
    around = [place for folder in folders for place in (folder, folder.parent) if place == folder or _is_build(folder)]
    return [place / part for place in around for part in parts if (place / part).is_dir()]


def _is_build(folder: pathlib.Path) -> bool:
    return (folder / "CMakeCache.txt").is_file()


def binary_of(program: pathlib.Path) -> pathlib.Path:
    """What a bundle's launcher bin/NAME starts, or the program itself."""
    started = program.parent.parent / "libexec" / program.name
    return started if program.parent.name == "bin" and started.is_file() else program


def library_folders(python: str | None) -> list[pathlib.Path]:
    """Where CUDA's libraries may be, the user's wishes first: CUDA_HOME, the toolkit, the packages of pip."""
    toolkits = [os.environ[name] for name in ("CUDA_HOME", "CUDA_PATH") if os.environ.get(name)]
    folders = [f"{toolkit}/{lib}" for toolkit in toolkits for lib in ("lib64", "lib")]
    folders += ["/usr/local/cuda/lib64", *sorted(glob.glob("/usr/local/cuda-*/lib64"), reverse=True)]
    for prefix in (os.environ.get("VIRTUAL_ENV"), os.environ.get("CONDA_PREFIX"), python and _prefix_of(python)):
        if prefix:
            folders += sorted(glob.glob(f"{prefix}/lib/python3*/site-packages/nvidia/*/lib"))
    for packages in ("/usr/lib/python3/dist-packages", "/usr/local/lib/python3*/dist-packages"):
        folders += sorted(glob.glob(f"{packages}/nvidia/*/lib"))
    return list(dict.fromkeys(pathlib.Path(folder) for folder in folders if os.path.isdir(folder)))


def _prefix_of(python: str) -> str:
    """Of the environment that holds an interpreter: /x of /x/bin/python3, links not followed."""
    return str(pathlib.Path(python).parent.parent)


def find_libraries(folders: Iterable[pathlib.Path]) -> dict[str, pathlib.Path]:
    """The first file of each of CUDA's libraries, by its name with the major version: libcublas.so.13."""
    found: dict[str, pathlib.Path] = {}
    for folder in folders:
        for stem in LIBRARIES:
            for path in sorted(folder.glob(f"{stem}.*")):
                if re.fullmatch(r"\d+", path.name[len(stem) + 1 :]):
                    found.setdefault(path.name, path)
    return found


def environment_for_ours(folders: Iterable[pathlib.Path], cache: pathlib.Path) -> dict[str, str]:
    """For our programs alone: the loader's path, and a cache folder that leaves the user's own as it is."""
    environment = dict(os.environ, XDG_CACHE_HOME=str(cache))
    path = [str(folder) for folder in folders] + [environment.get("LD_LIBRARY_PATH", "")]
    environment["LD_LIBRARY_PATH"] = ":".join(part for part in path if part)
    if not environment["LD_LIBRARY_PATH"]:
        del environment["LD_LIBRARY_PATH"]
    return environment


def python_with(module: str) -> str | None:
    """The first python3 of this machine that has `module`."""
    for python in dict.fromkeys((shutil.which("python3"), sys.executable, "/usr/bin/python3")):
        if not python or not os.access(python, os.X_OK):
            continue
        looks = f"import importlib.util as u, sys; sys.exit(u.find_spec({module!r}) is None)"
        try:
            if subprocess.run([python, "-c", looks], timeout=20, capture_output=True, check=False).returncode == 0:
                return python
        except (OSError, subprocess.TimeoutExpired):
            continue
    return None


CARD_FIELDS = ("name", "driver_version", "memory.total", "clocks.max.sm", "clocks.max.memory", "power.limit")


def cards_command(nvidia_smi: str) -> list[str]:
    return [nvidia_smi, f"--query-gpu={','.join(CARD_FIELDS)}", "--format=csv,noheader,nounits"]


def parse_cards(output: str) -> list[Json]:
    """One entry a card, by `cards_command`'s output."""
    rows = [line.split(",") for line in output.splitlines()]
    return [dict(zip(CARD_FIELDS, map(str.strip, row), strict=True)) for row in rows if len(row) == len(CARD_FIELDS)]


def cards() -> list[Json]:
    """The cards that nvidia-smi names; none where it is not here, fails or takes long."""
    nvidia_smi = shutil.which("nvidia-smi")
    if nvidia_smi is None:
        return []
    try:
        done = subprocess.run(cards_command(nvidia_smi), timeout=10, capture_output=True, text=True, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return parse_cards(done.stdout) if done.returncode == 0 else []


def describe() -> Json:
    """This machine in words."""
    model = ""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        model = found.group(1) if found else ""
    except OSError:
        pass
    return {
        "system": platform.platform(),
        "libc": " ".join(platform.libc_ver()),
        "processor": model or platform.machine(),
        "cpus": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "cards": cards(),
    }
