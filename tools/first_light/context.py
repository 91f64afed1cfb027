"""The context of every step: the places of files, sizes that suit the device, and the running of commands."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from . import images, machine, process
from .results import Json, Results


class NotHere(Exception):
    """Raised if this machine lacks a tool, program, library or card that the step needs."""


class StepFailed(Exception):
    """Raised if a step finds an error. Holds the measurements that the step has made until then."""

    def __init__(self, message: str, figures: Json | None = None) -> None:
        super().__init__(message)
        self.figures = figures or {}


@dataclass(frozen=True)
class Outcome:
    """The result of a step that passed: one line for the reader, and its measurements as JSON."""

    headline: str
    figures: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Scale:
    """The sizes of all steps. On the stand-in for a card (simt), whose speed means nothing, they are small."""

    card_tests: dict[str, str]  # step: executable
    test_filter: str
    copy_rate: str
    replicas: int
    replicas_beyond_cache: int
    groupings: tuple[tuple[int, int], ...]  # replicas per group, lanes
    side: int  # of the synthetic images, in pixels
    train: int
    test: int
    tiny_model: str  # TOML: the rest of an experiment's defaults, and its models, for quick runs


CARD = Scale(
    card_tests={
        "kernel_tests": "kernel_tests_cuda",
        "library_tests": "library_tests_cuda",
        "cudnn_tests": "cudnn_tests",
    },
    test_filter="*",
    copy_rate="copy_rate",
    replicas=50,
    replicas_beyond_cache=200,
    groupings=((66, 1), (66, 2), (100, 1), (100, 2)),
    side=28,
    train=500,
    test=100,
    tiny_model="batch_size = 64\n[[model]]\nname = 'deep'\nhidden = [256, 128, 64]\n",
)
STAND_IN = Scale(
    card_tests={
        "kernel_tests": "kernel_tests_simt",
        "library_tests": "library_tests_simt",
        "cudnn_tests": "cudnn_tests_simt",
    },
    test_filter="*Advance*:*BeginPass*",
    copy_rate="copy_rate_simt",
    replicas=2,
    replicas_beyond_cache=3,
    groupings=((2, 1),),
    side=6,
    train=60,
    test=20,
    tiny_model="batch_size = 25\n[[model]]\nname = 'small'\nhidden = [8]\n",
)


@dataclass
class Context:
    """One call of first_light. Call `begin` before every step."""

    device: str  # "cuda" (the first card that `base_environment` shows) or "simt"
    scale: Scale
    folders: list[pathlib.Path]  # searched for our programs and experiments
    given_data: pathlib.Path | None
    out: pathlib.Path
    results: Results
    variants: list[pathlib.Path] = field(default_factory=list)
    stop: process.StopRequest = field(default_factory=process.StopRequest)
    sabotage: dict[str, list[str]] = field(default_factory=dict)  # for tests: what a step runs instead of its commands
    base_environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))  # from machine.environment_of

    def __post_init__(self) -> None:
        self.work = self.out / "work"
        self.logs = self.out / "logs"
        for folder in (self.work, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        self.library_folders = machine.library_folders(shutil.which("python3"))
        self.libraries = machine.find_libraries(self.library_folders)
        on_card = self.device != "simt"
        found = machine.loader_folders(self.libraries.values() if on_card else (), self.work / "libraries")
        self.environment = machine.environment_for_ours(self.base_environment, found, self.work / "cache")
        self.step = ""
        self.commands: list[str] = []
        self._deadline = 0.0

    def begin(self, step: str, limit_s: float) -> None:
        self.step, self.commands = step, []
        self._deadline = time.monotonic() + limit_s
        self.log.unlink(missing_ok=True)

    @property
    def log(self) -> pathlib.Path:
        return self.logs / f"{self.step}.log"

    def left_s(self) -> float:
        """Returns the seconds that the step may still take, including the time to end its processes."""
        return self._deadline - time.monotonic()

    def program(self, name: str) -> str:
        """Returns the path of one of our programs. Raises NotHere."""
        path = machine.find_program(name, self.folders)
        if path is None:
            raise NotHere(f"no {name} below {', '.join(str(folder) for folder in self.folders)}")
        return str(path)

    def tool(self, name: str) -> str:
        """Returns the path of a third-party program. Raises NotHere."""
        places = machine.tool_folders()
        path = shutil.which(name) or shutil.which(name, path=os.pathsep.join(places) or None)
        if path is None:
            raise NotHere(f"no {name} on the PATH, nor in {', '.join(places) or 'a toolkit'}")
        return path

    def binary(self, name: str) -> str:
        """Returns the ELF file of one of our programs, for tools that inspect their child process. Raises NotHere."""
        return str(machine.binary_of(pathlib.Path(self.program(name))))

    def lost_libraries(self, file: pathlib.Path) -> list[str]:
        """Returns CUDA's libraries that the loader does not find for one of our programs or libraries."""
        command = [self.tool("ldd"), str(machine.binary_of(file))]
        return re.findall(r"^\s*(libcu\S+) => not found", self.run(command, exit_codes=(0, 1)).stdout, re.MULTILINE)

    def needs_precision(self, precision: str) -> None:
        """Raises NotHere if the card is known to lack TF32 or bf16, which need compute capability 8.0."""
        cards = self.results.machine.get("cards") or [{}]
        capability = str(cards[0].get("compute_cap", ""))
        if self.device != "simt" and precision != "fp32" and re.fullmatch(r"[1-7]\.\d", capability):
            raise NotHere(f"{precision} needs compute capability 8.0, this card has {capability}")

    def needs_card(self) -> None:
        """Raises NotHere on the stand-in, which lacks what the step examines."""
        if self.device == "simt":
            raise NotHere("not on the stand-in: only a card can show it")

    def experiment(self, name: str) -> str:
        for folder in machine.find_below(machine.EXPERIMENT_FOLDERS, self.folders):
            if (folder / name).is_file():
                return str(folder / name)
        raise NotHere(f"no {name} among the experiments")

    def run(
        self,
        command: Sequence[str],
        *,
        ours: bool = True,
        limit_s: float | None = None,
        exit_codes: Sequence[int] = (0,),
        extra: dict[str, str] | None = None,
    ) -> process.Completed:
        """Runs a command within the step's remaining time, and within `limit_s` if given. Set `ours` for our programs,
        which need the path of CUDA's libraries. `extra` adds environment variables.

        Raises StepFailed if the exit code is not in `exit_codes`, and TimedOut.
        """
        command = self.sabotage.get(self.step, list(command))
        left_s = self.left_s() - process.TERM_GRACE_S
        if left_s <= 0:
            raise process.TimedOut(f"no time left for {pathlib.Path(command[0]).name}")
        environment = dict(self.environment if ours else self.base_environment, **(extra or {}))
        self.commands.append(" ".join(command))
        done = process.run(
            command,
            limit_s=min(left_s, limit_s or left_s),
            log=self.log,
            environment=environment,
            folder=self.work,
            stop=self.stop,
        )
        if done.exit_code not in exit_codes:
            lines = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()
            name = pathlib.Path(command[0]).name
            raise StepFailed(f"{name}: exit code {done.exit_code}: {lines[-1][:300]}")
        return done

    def few_images(self) -> pathlib.Path:
        """Returns a folder with few synthetic images, for steps that would take too long with many."""
        folder = self.work / "few_images"
        if not images.is_data(folder):
            images.write_images(folder, train=self.scale.train, test=self.scale.test, side=self.scale.side)
        return folder

    def data(self) -> tuple[pathlib.Path, str]:
        """Returns a folder of data and a description of them: the given folder, otherwise the real images if they are
        here, otherwise as many synthetic images of the same size. On the stand-in, always a few synthetic images."""
        if self.device == "simt":
            return self.few_images(), "synthetic images"
        if self.given_data is not None:
            return self.given_data, str(self.given_data)
        around = machine.find_below(machine.DATA_FOLDERS, self.folders)
        for folder in [*around, *map(pathlib.Path, images.REAL_FOLDERS)]:
            if images.is_data(folder):
                return folder, "real images"
        folder = self.work / "many_images"
        if not images.is_data(folder):
            images.write_images(folder, train=60000, test=10000, side=28)
        return folder, "synthetic images of the real number and size"
