"""The results of a study."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Sequence
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from . import _core
from ._arguments import path_of, seed_of, text
from ._chart import Chart, charts_of
from ._data import Data
from ._errors import DataError, ExperimentError, SweepWarning, in_python
from ._forward import Ensemble, Network
from ._frames import frame_of, pairs_frame
from ._layers import Layer
from ._plot import Bar, interval_plot

if TYPE_CHECKING:
    import pandas as pd


def _mean_and_std(metric: dict[str, float | None]) -> str:
    mean, std = metric["mean"], metric["std"]
    return "" if mean is None or std is None else f"{mean:.4f} ± {std:.4f}"


class Result:
    """Everything that is stored of a study. Notebooks show the verdict, a table and the differences.

    Returned by :meth:`Experiment.run` and :func:`open`. Frames need pandas.

    Examples
    --------
    >>> result.models
    ['one', 'two']
    >>> result.runs.groupby("model")["test_accuracy"].count().to_dict()
    {'one': 3, 'two': 3}
    >>> result.chart("curves", "val_loss").kind
    'curves'
    """

    def __init__(self, directory: str | os.PathLike[str], data: Data | None = None) -> None:
        if not isinstance(data, Data | None):
            raise DataError(f"data: found {type(data).__name__}, expected gpu_sweep.Data")
        self._core = _core.Study(path_of("directory", directory))
        self.directory: str = self._core.directory
        if data is not None and self._core.sha256 not in data._known_as:
            raise DataError(f"data: found a data set that the runs in {self.directory} were not trained on")
        self._data = data
        for line in self._core.warnings:
            warnings.warn(in_python(line), SweepWarning, stacklevel=3)

    def __reduce__(self) -> tuple[type[Result], tuple[str, Data | None]]:
        return type(self), (self.directory, self._data)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The contents of ``summary.json``."""
        summary: dict[str, Any] = json.loads(self._core.summary())
        return summary

    @property
    def models(self) -> list[str]:
        """The names of the models, in the experiment's order."""
        return [model["name"] for model in self.summary["models"]]

    @cached_property
    def verdict(self) -> str:
        """Sentences that say which models differ and which one is chosen."""
        return " ".join(self._core.sentences())

    @property
    def choice(self) -> str | None:
        """The chosen model, selected by validation accuracy, or None if no model can be chosen."""
        chosen: str | None = self.summary["verdict"]["chosen"]
        return chosen

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row per run: its settings and final metrics, as ``gpu_sweep export --format csv`` writes them."""
        return frame_of(self._core.runs_csv())

    @cached_property
    def history(self) -> pd.DataFrame:
        """One row per run and epoch; epoch 0 is the untrained model.

        Has a column ``objective`` if training minimizes something else than ``loss`` in some run.
        """
        return frame_of(self._core.history_csv())

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """One row per pair of models and metric: the difference on equal seeds, its intervals, p and verdict."""
        return pairs_frame(self.summary["pairs"])

    def weights(self, model: str, seed: int) -> list[Layer]:
        """Return kernel and bias of every layer of a run, the output layer last.

        Raises ExperimentError unless the study was trained with ``keep=["weights"]``.

        Examples
        --------
        >>> [kernel.shape for kernel, bias in result.weights("two", seed=1)]
        [(64, 16), (16, 8), (8, 2)]
        """
        layers: list[Layer] = self._core.weights(text("model", model), seed_of(seed))[0]
        return layers

    def keras_weights(self, model: str, seed: int) -> list[npt.NDArray[np.float32]]:
        """Return the list of arrays for ``set_weights`` of a Keras model with the same dense layers."""
        return self._network(model, seed).keras_weights()

    def torch_state_dict(self, model: str, seed: int, layers: Sequence[str] | None = None) -> dict[str, Any]:
        """Return the dict for ``load_state_dict`` of a PyTorch module with the same linear layers.

        ``layers`` are the names of the linear layers in the module, the output layer last; by default "0", "2",
        "4", ..., as in ``Sequential(Linear, ReLU, Linear, ...)``. :meth:`Network.inputs` returns the rows that enter
        the first of these layers.
        """
        return self._network(model, seed).torch_state_dict(layers)

    def save_safetensors(
        self, file: str | os.PathLike[str], model: str, seed: int, layers: Sequence[str] | None = None
    ) -> None:
        """Write the weights of a run into a safetensors file, with the names of :meth:`torch_state_dict`.

        The metadata of the file state the activation and the number by which bytes are divided. If inputs are
        standardized, the tensors ``inputs.mean`` and ``inputs.scale`` hold the mean and the scale of every input.

        Examples
        --------
        >>> result.save_safetensors("two.safetensors", "two", seed=1)
        """
        self._network(model, seed).save_safetensors(file, layers)

    def save_onnx(self, file: str | os.PathLike[str], model: str, seed: int) -> None:
        """Write a run as an ONNX model from rows ``x`` [rows, features] to ``probabilities`` [rows, classes].

        The model includes the scaling or standardizing of the rows. Its input is uint8 if the training rows were uint8,
        and float32 otherwise. The results must know their data, as those of a run or of ``gs.open(out, data=data)`` do.

        Examples
        --------
        >>> result.save_onnx("two.onnx", "two", seed=1)
        """
        self._network(model, seed).save_onnx(file, self.summary["data"]["class_names"])

    def networks(self, model: str) -> list[Network]:
        """Return the trained networks of a model, seeds ascending, without those that diverged.

        Raises ExperimentError unless the study was trained with ``keep=["weights"]``.

        Examples
        --------
        >>> [network.seed for network in result.networks("two")]
        [0, 1, 2]
        """
        seeds = self._core.predictions(text("model", model))[0].tolist()  # raises with the nearest name
        runs = self.summary["models"][self.models.index(model)]["per_run"]
        diverged = {run["seed"] for run in runs if run["diverged_epoch"] is not None}
        return [self._network(model, seed) for seed in seeds if seed not in diverged]

    def _network(self, model: str, seed: int) -> Network:
        layers, (normalize, mean, scale) = self._core.weights(text("model", model), seed_of(seed))
        activation = self.summary["models"][self.models.index(model)]["activation"]
        is_bytes = None if self._data is None else self._data.is_bytes
        return Network(seed, layers, activation, normalize, mean, scale, is_bytes)

    @cached_property
    def ensemble(self) -> Ensemble:
        """All networks of the chosen model, which is named by ``choice``, without those that diverged.

        Raises ExperimentError if no model is chosen, or if the study was trained without ``keep=["weights"]``.
        """
        if self.choice is None:
            raise ExperimentError("ensemble: the rule chooses no model; networks(NAME) returns those of any")
        return Ensemble(self.choice, self.networks(self.choice))

    def predict_proba(self, model: str, x: Any, seed: int | None = None) -> npt.NDArray[np.float64]:
        """Return the class probabilities of new rows, [rows, classes]: the mean over all runs that did not diverge.

        ``x`` must have the type of the training inputs, as in :class:`Data`. If ``x`` is a frame, it must have the
        columns of the training inputs. If ``seed`` is given, the probabilities are those of the run with this seed.
        Raises ExperimentError if every run diverged, or if the study was trained without ``keep=["weights"]``.

        Examples
        --------
        >>> result.predict_proba("two", x_new).shape
        (5, 2)
        """
        if self._data is not None:
            self._data._refuse_other_columns("x", x)
        networks = self.networks(model) if seed is None else [self._network(model, seed)]
        if not networks:
            raise ExperimentError(f"model {model!r}: every run diverged, expected at least one that did not")
        return Ensemble(model, networks).predict_proba(x)

    def predictions(self, model: str) -> npt.NDArray[np.uint8]:
        """Return the predicted class of every test row by every run of a model, [runs, N test], seeds ascending."""
        predictions: npt.NDArray[np.uint8] = self._core.predictions(text("model", model))[1]
        return predictions

    def probabilities(self, model: str) -> npt.NDArray[np.float16]:
        """Return the class probabilities of every test row, [runs, N test, classes], seeds ascending.

        Raises ExperimentError unless the study was trained with ``keep=["probabilities"]``.
        """
        bits: npt.NDArray[np.uint16] = self._core.probabilities(text("model", model))[1]
        return bits.view(np.float16)

    def report(self) -> str:
        """Return the page ``report.html``, with images if the data are known."""
        return self._core.report(None if self._data is None else self._data._core)

    def charts(self) -> list[Chart]:
        """Return the charts of the report, in its order."""
        return list(charts_of(self.report()))

    def chart(self, kind: str, about: str = "") -> Chart:
        """Return the first chart of this kind whose text contains these words: ``chart("curves", "val_loss")``.

        Raises ExperimentError if there is none.
        """
        kind, about = text("kind", kind), text("about", about)
        charts = self.charts()
        for chart in charts:
            if chart.kind == kind and about in chart.text:
                return chart
        kinds = list(dict.fromkeys(chart.kind for chart in charts))
        words = f" about {about!r}" if about and kind in kinds else ""
        raise ExperimentError(f"chart: found {kind!r}{words}, expected one of {', '.join(kinds)}")

    def __repr__(self) -> str:
        return self._core.text()

    def _judged(self) -> str:
        return f"{self.summary['verdict']['judged_on']} accuracy"

    def _bars(self) -> list[Bar]:
        bars = []
        for pair in self.summary["pairs"]:
            if pair["metric"] != self._judged():
                continue
            low, high = pair["interval"] or (None, None)
            name = f"{pair['first']} – {pair['second']}"
            bars.append(Bar(name, pair["difference"], low, high, pair["told"]))
        return bars

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(model['name'])}</td><td>{len(model['per_run'])}</td>"
            + "".join(f"<td>{_mean_and_std(model[f'{split}_accuracy'])}</td>" for split in ("train", "valid", "test"))
            + "</tr>"
            for model in self.summary["models"]
        )
        return (
            f"<p><b>{escape(self.verdict)}</b></p><table><thead><tr><th>model</th><th>runs</th>"
            "<th>train accuracy</th><th>validation accuracy</th><th>test accuracy</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>{interval_plot(self._bars(), f'difference of {self._judged()}')}"
        )


def open(directory: str | os.PathLike[str], data: Data | None = None) -> Result:  # noqa: A001
    """Read the results in a folder, finished or not; trains nothing.

    Parameters
    ----------
    directory:
        folder that ``Experiment.run`` or ``gpu_sweep run`` filled.
    data:
        the data on which the runs were trained; needed for the images of a report, and for ONNX models.

    Raises
    ------
    ExperimentError
        if there are no results.
    DataError
        if the runs were trained on other data.
    CorruptError
        if the results are damaged beyond reading. Single damaged runs are left out with a warning.

    Examples
    --------
    >>> len(gs.open("results/depth", data=data).runs)
    6
    """
    return Result(directory, data)
