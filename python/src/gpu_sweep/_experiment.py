"""Models and experiments. They are converted to TOML text, so that the program's own parser applies its rules."""

from __future__ import annotations

import json
import os
import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from . import _core
from ._arguments import path_of, seconds, text, truth, whole
from ._data import Data
from ._errors import DataError, ExperimentError, SweepWarning, in_python
from ._files import FileKind, replacing
from ._fork import refuse_in_fork
from ._progress import Progress, listener_for
from ._result import Result
from ._toml import table_text

Setting = Any
"""A value of a setting: number, text, truth value, list, or a dict for an optimizer with scalars."""

_HEAD = "# An experiment of gpu_sweep\n"
_KIND = FileKind("experiment that gpu_sweep.Experiment.save wrote", _HEAD.encode(), b"", 64)
_KEPT = ("weights", "probabilities")
_OF_DATA = {"class_names", "classes", "judge", "normalize", "split", "target", "test", "validation"}


def _parse(sections: Sequence[tuple[str, str]]) -> _core.Experiment:
    """Parse the text of all sections. An error message names the section instead of a line of a file."""
    try:
        return _core.parse_experiment("".join(text for _, text in sections), "experiment")
    except ExperimentError as error:
        found = re.fullmatch(r"experiment:(\d+): (.*)", str(error))
        if found is None:
            raise
        labels = [label for label, text in sections for _ in text.splitlines()]
        line = min(int(found[1]), len(labels)) - 1
        raise ExperimentError(f"{labels[line]}: {found[2]}") from None


class Model:
    """A model to train: a name and settings.

    Parameters
    ----------
    name:
        the name that tables and reports show.
    hidden:
        widths of the hidden layers; none is logistic regression.
    settings:
        any key of a model in an experiment file, such as ``activation``, ``dropout``, ``batch_size``, ``epochs``,
        ``shuffle``, ``optimizer`` (a name, or a dict such as
        ``{"name": "adam", "learning_rate": 0.001}``).

    Examples
    --------
    >>> gs.Model("two layers", [256, 128], activation="tanh", dropout=0.1)
    Model('two layers', [256, 128], activation='tanh', dropout=0.1)
    """

    def __init__(self, name: str, hidden: Sequence[int] = (), **settings: Setting) -> None:
        self.name = name
        if not isinstance(hidden, (Sequence, np.ndarray)) or isinstance(hidden, str):
            raise ExperimentError(f"model {name!r}: hidden: found {hidden!r}, expected a list of widths")
        self.hidden = list(hidden)
        self.settings = settings

    def __repr__(self) -> str:
        rest = "".join(f", {key}={value!r}" for key, value in self.settings.items())
        return f"Model({self.name!r}, {self.hidden!r}{rest})"


class Experiment:
    """Models, and the number of runs to train of each model. Run i of every model has the seed ``seed + i``.

    Parameters
    ----------
    name:
        name of the experiment and, by default, of its folder below ``results``.
    models:
        the models. Each must have a different name.
    runs:
        runs per model.
    seed:
        seed of the first run.
    epochs:
        passes over the training rows, for models that do not state them.
    grid:
        settings with lists of values, such as ``{"optimizer.learning_rate": [0.01, 0.001]}``. Every model is trained
        with every combination of these values.
    smallest_difference:
        the smallest difference that matters, in points of accuracy. Two models are then either told apart, the same
        within this difference, or undecided.
    max_diverged:
        a model is never chosen if a greater share of its runs than this diverged; by default 0.1.
    defaults:
        further settings for models that do not state them: any key of a model.

    Raises
    ------
    ExperimentError
        for a setting that does not exist or is out of its range.

    Examples
    --------
    >>> gs.Experiment("depth", [gs.Model("one", [16]), gs.Model("two", [16, 8])], epochs=2, runs=3)
    Experiment('depth', 2 models, 3 runs each, seeds from 0)
    """

    _overrides: Mapping[str, int | None] = {}

    def __init__(
        self,
        name: str,
        models: Sequence[Model],
        *,
        runs: int = 10,
        seed: int = 0,
        epochs: int | None = None,
        grid: Mapping[str, Sequence[Setting]] | None = None,
        smallest_difference: float | None = None,
        max_diverged: float | None = None,
        **defaults: Setting,
    ) -> None:
        if epochs is not None:
            defaults = {"epochs": epochs, **defaults}
        if isinstance(models, Model) or not isinstance(models, Iterable):
            raise ExperimentError(f"models: found {models!r}, expected a list of gpu_sweep.Model")
        if misplaced := sorted(_OF_DATA & set(defaults)):
            raise ExperimentError(f"{misplaced[0]}: found in an experiment, expected in gpu_sweep.Data")
        top: dict[str, Setting] = {"name": name, "runs": runs, "seed": seed}
        judged = {"smallest_difference": smallest_difference, "max_diverged": max_diverged}
        top |= {key: value for key, value in judged.items() if value is not None}
        sections = [("experiment", table_text(top))]
        sections.append(("experiment", "[defaults]\n" + table_text(defaults)))
        for model in models:
            if not isinstance(model, Model):
                raise ExperimentError(f"models: found {model!r}, expected a list of gpu_sweep.Model")
            settings = {"name": model.name, "hidden": model.hidden, **model.settings}
            sections.append((f"model {model.name!r}", "[[model]]\n" + table_text(settings)))
        if grid is not None and not isinstance(grid, Mapping):
            raise ExperimentError(f"grid: found {grid!r}, expected a dict of settings with lists of values")
        if grid:
            sections.append(("experiment", "[grid]\n" + table_text(grid)))
        self._adopt(_parse(sections), "".join(text for _, text in sections))

    @classmethod
    def from_toml(
        cls,
        file: str | os.PathLike[str],
        *,
        runs: int | None = None,
        epochs: int | None = None,
        seed: int | None = None,
    ) -> Experiment:
        """Read an experiment file, as ``gpu_sweep run FILE --runs --epochs --seed`` does."""
        experiment = cls.__new__(cls)
        file = path_of("file", file)
        experiment._overrides = {
            "runs": whole("runs", runs),
            "epochs": whole("epochs", epochs),
            "seed": whole("seed", seed, bits=64),
        }
        core = _core.load_experiment(file, **experiment._overrides)
        experiment._adopt(core, Path(file).read_text(encoding="utf-8"))
        return experiment

    def save(self, file: str | os.PathLike[str], data: Data | None = None) -> None:
        """Write the experiment for ``gpu_sweep run FILE``, with the settings of the data.

        Examples
        --------
        >>> gs.Experiment("narrow", [gs.Model("m", [4])], batch_size=32, epochs=1).save("narrow.toml", data)
        >>> gs.Experiment.from_toml("narrow.toml", runs=2)
        Experiment('narrow', 1 model, 2 runs each, seeds from 0)
        """
        if not isinstance(data, Data | None):
            raise DataError(f"data: found {type(data).__name__}, expected gpu_sweep.Data")
        file = path_of("file", file)
        own = self.toml.removeprefix(_HEAD)
        stated = set(own.splitlines())
        of_data = [] if data is None else [line for line in data.toml.splitlines(True) if line.strip() not in stated]
        content = _HEAD + "".join(of_data) + own
        _core.parse_experiment(content, file)  # refuses settings that both state and that differ
        with replacing(file, _KIND) as part:
            part.write_text(content, encoding="utf-8")

    def __getstate__(self) -> dict[str, Any]:
        return {"toml": self.toml, "_overrides": self._overrides}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._overrides = state["_overrides"]
        self._adopt(_core.parse_experiment(state["toml"], "experiment", **self._overrides), state["toml"])

    def _adopt(self, core: _core.Experiment, text: str) -> None:
        self._core = core
        self.toml = text
        """The text of the experiment file, without the overrides that ``from_toml`` was given."""
        self.name: str = core.name
        self.runs: int = core.runs
        self.seed: int = core.seed

    @property
    def models(self) -> list[dict[str, Any]]:
        """The settings of every model, with defaults and grid applied."""
        models: list[dict[str, Any]] = json.loads(self._core.to_json())["models"]
        return models

    def __repr__(self) -> str:
        count = len(self.models)
        return (
            f"Experiment({self.name!r}, {count} model{'s' * (count != 1)}, {self.runs} runs each, "
            f"seeds from {self.seed})"
        )

    def run(
        self,
        data: Data,
        *,
        out: str | os.PathLike[str] | None = None,
        keep: Sequence[str] = (),
        device: str = "auto",
        precision: str | None = None,
        lanes: int | None = None,
        replicas_per_group: int | None = None,
        snapshot_seconds: float | None = None,
        progress: bool | Callable[[Progress], object] | None = None,
        until_decided: bool = False,
        race: bool = False,
        max_runs: int | None = None,
        _write_results: bool = True,
    ) -> Result:
        """Train the runs that are missing in ``out``, and return the results of all runs.

        The folder has the form that ``gpu_sweep run --out`` writes, so each can continue what the other began. Ctrl-C
        keeps finished runs and snapshots of unfinished ones, and raises KeyboardInterrupt. The same call then continues
        the training.

        Parameters
        ----------
        data:
            what to train on.
        out:
            folder of the results; by default ``results/NAME``.
        keep:
            what else to keep of every run: "weights", "probabilities" (of the test rows), or a list of both.
        device:
            "auto", "cpu", "cuda" (all GPUs) or "cuda:N".
        precision:
            "fp32", "tf32" or "bf16"; by default fp32 on the CPU and tf32 on GPUs.
        lanes:
            groups trained at the same time on each device; by default one per core on the CPU, and on a GPU what
            ``gpu_sweep tune`` found or else two.
        replicas_per_group:
            number of runs trained in lock-step; by default a number that suits the device.
        snapshot_seconds:
            time between two snapshots of unfinished runs; by default five minutes. With 0 they are never saved, not
            even at a stop.
        progress:
            True or False for a line of progress on stderr (by default on a terminal and in a notebook), or a
            function that is called with a :class:`Progress` about twenty times per second at most. An exception
            in it stops the training like Ctrl-C.
        until_decided:
            train seeds in rounds, only for models that are in an undecided pair, until every pair is told apart or the
            same. The p-values of such a study allow for a look at the results after every seed. A study that was begun
            with this argument needs it in every later call, too.
        race:
            train seeds in rounds, and no more seeds for models that are clearly behind the leader. The best model is
            dropped in at most 5 % of races, if accuracies are normally distributed with one spread for all models. A
            race requires at least three models, and excludes ``until_decided``. A study that was begun with this
            argument needs it in every later call, too.
        max_runs:
            with ``until_decided`` or ``race``: the largest number of runs per model, in place of the experiment's
            ``runs``; by default 100, or ``runs`` if that is more. It may be raised in a later call.

        Raises
        ------
        ExperimentError
            if an argument is not valid, or if the folder holds another study; the message names the settings that
            differ.
        DataError, DeviceError, OutputError, BusyError, CorruptError
            in the cases in which the program ends with the corresponding exit code.

        Examples
        --------
        >>> narrow = gs.Experiment("narrow", [gs.Model("m", [4])], batch_size=32, epochs=1, runs=2)
        >>> shares = []
        >>> narrow.run(data, progress=lambda progress: shares.append(progress.share)).directory
        'results/narrow'
        >>> shares[-1]
        1.0
        """
        refuse_in_fork()
        if not isinstance(data, Data):
            raise DataError(f"data: found {type(data).__name__}, expected gpu_sweep.Data")
        if not isinstance(keep, Iterable):
            raise ExperimentError(f"keep: found {keep!r}, expected a list of {' or '.join(map(repr, _KEPT))}")
        kept = [keep] if isinstance(keep, str) else list(keep)
        if unknown := [each for each in kept if each not in _KEPT]:
            raise ExperimentError(f"keep: found {unknown[0]!r}, expected {' or '.join(map(repr, _KEPT))}")
        until_decided = truth("until_decided", until_decided)
        race = truth("race", race)
        if until_decided and race:
            raise ExperimentError("race: found until_decided=True as well, expected one of them")
        if max_runs is not None and not until_decided and not race:
            raise ExperimentError("max_runs: found no until_decided=True or race=True, expected one of them")
        listener = listener_for(progress)
        try:
            directory = _core.train_study(
                self._core,
                data._core,
                path_of("out", out) if out is not None else f"results/{self.name}",
                device=text("device", device),
                precision=None if precision is None else text("precision", precision),
                lanes=whole("lanes", lanes),
                replicas_per_group=whole("replicas_per_group", replicas_per_group),
                keep_weights="weights" in kept,
                keep_probabilities="probabilities" in kept,
                snapshot_seconds=seconds("snapshot_seconds", snapshot_seconds),
                write_results=_write_results,
                until_decided=until_decided,
                race=race,
                max_runs=whole("max_runs", max_runs),
                on_warning=lambda line: warnings.warn(in_python(line), SweepWarning, stacklevel=3),
                on_note=listener.note,
                on_progress=listener.advance,
            )
        finally:
            listener.finish()
        return Result(directory, data)
