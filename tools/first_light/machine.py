"""Finds what this machine has: our programs, CUDA's libraries, third-party tools."""

from __future__ import annotations

import glob
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping

from .results import Json

PROGRAM_FOLDERS = ("", "bin", "libexec", "libexec/gpu_sweep", "tests", "build", "build/tests")
EXPERIMENT_FOLDERS = ("experiments", "share/gpu_sweep/experiments")
DATA_FOLDERS = ("share/gpu_sweep/datasets/fashion-mnist",)
LANE_FOLDERS = ("", "lib/gpu_sweep/local", "lib/gpu_sweep")
LIBRARIES = ("libcudart.so", "libcublas.so", "libcublasLt.so", "libcudnn.so")

# Patterns of device names, each with the name of its card in `gpu_sweep plan --roofline`. The patterns match only
# variants of a card whose data sheet gpu_sweep has. An H100 PCIe, for example, has a different memory.
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
    """Returns the card of `--roofline` for a device name as the driver reports it, or None if there is none."""
    return next((card for pattern, card in CARDS if re.search(pattern, device_name)), None)


def roots(given: Iterable[pathlib.Path], script_folder: pathlib.Path) -> list[pathlib.Path]:
    """Returns the folders to search for our files: those given, otherwise the two folders above the script's."""
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
    """Returns the first file called `name` in the subfolders `parts` of `folders` and of their folders build/."""
    places = [folder / build / part for folder in folders for build in ("", "build") for part in parts]
    return next((place / name for place in places if (place / name).is_file()), None)


def find_below(parts: Iterable[str], folders: Iterable[pathlib.Path]) -> list[pathlib.Path]:
    """Returns the folders called one of `parts` in `folders` and, for a folder that is a build, in its parent."""
    around = [place for folder in folders for place in (folder, folder.parent) if place == folder or _is_build(folder)]
    return [place / part for place in around for part in parts if (place / part).is_dir()]


def _is_build(folder: pathlib.Path) -> bool:
    return (folder / "CMakeCache.txt").is_file()


def binary_of(program: pathlib.Path) -> pathlib.Path:
    """Returns the program that `program` starts if it is the launcher bin/NAME of a bundle, otherwise `program`."""
    started = program.parent.parent / "libexec" / program.name
    return started if program.parent.name == "bin" and started.is_file() else program


def library_folders(python: str | None) -> list[pathlib.Path]:
    """Returns the folders that may contain CUDA's libraries, in the search order of gpu_sweep: CUDA_HOME, CUDA_PATH,
    LD_LIBRARY_PATH, installed toolkits, the conda environment, pip's packages. Excludes the distribution's own folders,
    which the loader searches by itself."""
    variable = os.environ.get
    folders = [*_toolkit(variable("CUDA_HOME")), *_toolkit(variable("CUDA_PATH"))]
    folders += (variable("LD_LIBRARY_PATH") or "").replace(";", ":").split(":")
    for toolkit in ("/usr/local/cuda", *sorted(glob.glob("/usr/local/cuda-*"), reverse=True)):
        folders += _toolkit(toolkit)
    folders += _toolkit(variable("CONDA_PREFIX"))
    home = variable("HOME")
    prefixes = [variable("VIRTUAL_ENV"), variable("CONDA_PREFIX")]
    if python:
        prefixes += [_prefix_of(python), _prefix_of(os.path.realpath(python))]
    for prefix in (*prefixes, home and f"{home}/.local", "/usr/local", "/usr"):
        if prefix:
            folders += _pip_packages(prefix)
    return list(dict.fromkeys(pathlib.Path(f) for f in folders if os.path.isabs(f) and os.path.isdir(f)))


def _toolkit(root: str | None) -> list[str]:
    return [f"{root}/{part}" for part in ("lib64", "lib", "targets/x86_64-linux/lib")] if root else []


def _pip_packages(prefix: str) -> list[str]:
    """Returns the folders nvidia/*/lib in the packages of every Python below `prefix`."""
    found = []
    for library in ("lib", "lib64", "local/lib"):
        for packages in ("site-packages", "dist-packages"):
            found += sorted(glob.glob(f"{glob.escape(prefix)}/{library}/python3*/{packages}/nvidia/*/lib"), reverse=True)
    return found


def tool_folders() -> list[str]:
    """Returns the folders that may contain NVIDIA's tools if PATH does not lead to them."""
    toolkits = [os.environ.get("CUDA_HOME"), os.environ.get("CUDA_PATH"), "/usr/local/cuda"]
    toolkits += sorted(glob.glob("/usr/local/cuda-*"), reverse=True)
    folders = [f"{toolkit}/{part}" for toolkit in toolkits if toolkit for part in ("bin", "compute-sanitizer")]
    folders += sorted(glob.glob("/opt/nvidia/nsight-compute/*/"), reverse=True)
    return list(dict.fromkeys(folder for folder in folders if os.path.isdir(folder)))


def _prefix_of(python: str) -> str:
    """Returns the prefix of an interpreter's environment: /x for /x/bin/python3. Does not follow links."""
    return str(pathlib.Path(python).parent.parent)


def find_libraries(folders: Iterable[pathlib.Path]) -> dict[str, pathlib.Path]:
    """Returns the first file found of each CUDA library, keyed by the name with the major version: libcublas.so.13."""
    found: dict[str, pathlib.Path] = {}
    for folder in folders:
        for stem in LIBRARIES:
            for path in sorted(folder.glob(f"{stem}.*")):
                if re.fullmatch(r"\d+", path.name[len(stem) + 1 :]):
                    found.setdefault(path.name, path)
    return found


def loader_folders(libraries: Iterable[pathlib.Path], links: pathlib.Path) -> list[pathlib.Path]:
    """Returns the folders of `libraries` for the loader's path. If a folder also has a C++ runtime, as conda's does,
    our programs would load that runtime; returns instead a new folder in `links` with links to the folder's NVIDIA
    files."""
    shutil.rmtree(links, ignore_errors=True)
    folders = []
    for number, folder in enumerate(dict.fromkeys(path.parent for path in libraries)):
        if not any(folder.glob("libstdc++.so*")):
            folders.append(folder)
            continue
        linked = links / str(number)
        linked.mkdir(parents=True)
        for file in (*folder.glob("libcu*.so*"), *folder.glob("libnv*.so*")):
            (linked / file.name).symlink_to(file)
        folders.append(linked)
    return folders


def environment_for_ours(
    base: Mapping[str, str], folders: Iterable[pathlib.Path], cache: pathlib.Path
) -> dict[str, str]:
    """Returns the environment for our programs only: the loader's path, and a cache folder separate from the user's."""
    environment = dict(base, XDG_CACHE_HOME=str(cache))
    path = [str(folder) for folder in folders] + [environment.get("LD_LIBRARY_PATH", "")]
    environment["LD_LIBRARY_PATH"] = ":".join(part for part in path if part)
    if not environment["LD_LIBRARY_PATH"]:
        del environment["LD_LIBRARY_PATH"]
    return environment


class NoSuchCard(Exception):
    """Raised if --device names a card that CUDA_VISIBLE_DEVICES hides."""


def environment_of(device: str) -> dict[str, str]:
    """Returns the environment for every command: that of this process, but with cards numbered as by nvidia-smi. For
    cuda:N, makes that card the only visible one, so that programs that use the first card use it. If
    CUDA_VISIBLE_DEVICES already holds a list, N is an index into that list. Raises NoSuchCard if N is too large."""
    environment = dict(os.environ)
    if device == "simt":
        return environment
    environment["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
    _, colon, index = device.partition(":")
    if colon:
        visible = environment.get("CUDA_VISIBLE_DEVICES")
        if visible is not None:
            cards = [card.strip() for card in visible.split(",") if card.strip()]
            if int(index) >= len(cards):
                raise NoSuchCard(f"--device: found {device}, but CUDA_VISIBLE_DEVICES='{visible}' has {len(cards)} cards")
            index = cards[int(index)]
        environment["CUDA_VISIBLE_DEVICES"] = str(int(index)) if index.isdigit() else index
    return environment


def pythons_with(module: str) -> list[str]:
    """Returns the python3 interpreters of this machine that can find `module`."""
    found = []
    for python in dict.fromkeys((shutil.which("python3"), sys.executable, "/usr/bin/python3")):
        if not python or not os.access(python, os.X_OK):
            continue
        looks = f"import importlib.util as u, sys; sys.exit(u.find_spec({module!r}) is None)"
        try:
            if subprocess.run([python, "-c", looks], timeout=20, capture_output=True, check=False).returncode == 0:
                found.append(python)
        except (OSError, subprocess.TimeoutExpired):
            continue
    return found


CARD_FIELDS = ("name", "driver_version", "memory.total", "clocks.max.sm", "clocks.max.memory", "power.limit", "compute_cap")


def cards_command(nvidia_smi: str, environment: Mapping[str, str]) -> list[str]:
    """Returns a command that lists the cards that `environment` shows to CUDA. If `environment` names parts of cards
    (MIG), which nvidia-smi cannot list, the command lists all cards."""
    visible = environment.get("CUDA_VISIBLE_DEVICES", "")
    chosen = ["-i", visible] if visible and "MIG-" not in visible else []
    return [nvidia_smi, *chosen, f"--query-gpu={','.join(CARD_FIELDS)}", "--format=csv,noheader,nounits"]


def parse_cards(output: str) -> list[Json]:
    """Parses the output of `cards_command`. Returns one entry per card."""
    rows = [line.split(",") for line in output.splitlines()]
    return [dict(zip(CARD_FIELDS, map(str.strip, row), strict=True)) for row in rows if len(row) == len(CARD_FIELDS)]


def cards(environment: Mapping[str, str]) -> list[Json]:
    """Returns the cards that `cards_command` lists, or none if nvidia-smi is missing, fails or takes too long."""
    nvidia_smi = shutil.which("nvidia-smi")
    if nvidia_smi is None:
        return []
    try:
        command = cards_command(nvidia_smi, environment)
        done = subprocess.run(command, timeout=10, capture_output=True, text=True, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return parse_cards(done.stdout) if done.returncode == 0 else []


def describe(environment: Mapping[str, str]) -> Json:
    """Describes this machine, and the cards that `environment` shows to CUDA."""
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
        "cards": cards(environment),
    }
