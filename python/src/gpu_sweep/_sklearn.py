"""An estimator for scikit-learn. Importing this module needs scikit-learn 1.6 or newer."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import effective_n_jobs
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ._data import Data
from ._errors import SweepWarning
from ._experiment import Experiment, Model
from ._forward import Ensemble, Network

_SEEDS = 2**31  # upper bound of the first seed, exclusive


class SeedEnsembleClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Networks that differ only in their seeds, trained in one pass. They predict by the mean of their probabilities.

    Parameters
    ----------
    hidden:
        widths of the hidden layers.
    seeds:
        number of networks.
    epochs, batch_size, activation, dropout, optimizer:
        as in an experiment. A batch larger than the number of training rows is reduced to it.
    normalize:
        "standardize", "scale" (for bytes) or "none".
    validation:
        share of the rows that are held out to score every network (``seed_scores_``).
    random_state:
        the first seed. The other networks have the seeds after it. The same integer gives the same networks, bit for
        bit on CPUs of the same kind. None draws the first seed from NumPy's global generator.
    n_jobs:
        networks trained at the same time on the CPU. None means one per core, or 1 if joblib already runs several
        processes or threads; -1 means one per core.
    device:
        as in :meth:`Experiment.run`.
    settings:
        further keys of a model, such as ``{"label_smoothing": 0.1}``.

    Attributes
    ----------
    classes_:
        the labels.
    networks_:
        the trained networks, without those that diverged.
    seed_scores_:
        accuracy of every network on the held-out rows.
    disagreement_:
        for every row passed to :meth:`fit`, the share of networks that do not vote for the most frequent class.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> x, y = load_iris(return_X_y=True)
    >>> ensemble = gs.SeedEnsembleClassifier(random_state=0).fit(x, y)
    >>> bool(ensemble.score(x, y) > 0.9)
    True
    """

    def __init__(
        self,
        hidden: Sequence[int] = (64,),
        *,
        seeds: int = 5,
        epochs: int = 200,
        batch_size: int = 32,
        activation: str = "relu",
        dropout: float = 0.0,
        optimizer: str | dict[str, Any] = "adam",
        normalize: str = "standardize",
        validation: float = 1 / 6,
        random_state: int | np.random.RandomState | None = None,
        n_jobs: int | None = None,
        device: str = "auto",
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.hidden = hidden
        self.seeds = seeds
        self.epochs = epochs
        self.batch_size = batch_size
        self.activation = activation
        self.dropout = dropout
        self.optimizer = optimizer
        self.normalize = normalize
        self.validation = validation
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.device = device
        self.settings = settings

    def _first_seed(self) -> int:
        if isinstance(self.random_state, (int, np.integer)):
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(_SEEDS))

    def fit(self, X: Any, y: Any) -> SeedEnsembleClassifier:  # noqa: N803
        """Train the networks."""
        x, y = validate_data(self, X, y, dtype=np.float32, order="C", ensure_min_samples=2)
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y: found one class, {self.classes_[0]!r}, expected at least two classes")
        with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="gpu_sweep") as folder:
            warnings.simplefilter("ignore", SweepWarning)  # warnings about rare classes
            data = Data(x, labels, x[:1], labels[:1], validation=self.validation, normalize=self.normalize)
            model = Model(
                "member",
                self.hidden,
                activation=self.activation,
                dropout=self.dropout,
                optimizer=self.optimizer,
                batch_size=min(self.batch_size, data.rows[0]),
                epochs=self.epochs,
                **(self.settings or {}),
            )
            experiment = Experiment("ensemble", [model], runs=self.seeds, seed=self._first_seed())
            result = experiment.run(
                data,
                out=Path(folder) / "study",
                keep=["weights"],
                device=self.device,
                lanes=self._lanes(),
                progress=False,
                _write_results=False,
            )
            self.networks_: list[Network] = result.networks("member")
            runs = result.summary["models"][0]["per_run"]
        if not self.networks_:
            raise ValueError("every network diverged: a smaller learning rate or other inputs may help")
        self.seed_scores_ = np.array([run["valid_accuracy"] for run in runs if run["diverged_epoch"] is None])
        self.n_iter_ = self.epochs
        self.disagreement_ = self.disagreement(x)
        return self

    def _lanes(self) -> int | None:
        jobs = effective_n_jobs(-1 if self.n_jobs is None else self.n_jobs)
        return None if self.n_jobs is None and jobs > 1 else int(jobs)

    def _rows(self, X: Any) -> npt.NDArray[np.float32]:  # noqa: N803
        rows: npt.NDArray[np.float32] = validate_data(self, X, dtype=np.float32, order="C", reset=False)
        return rows

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:  # noqa: N803
        """Return the mean of the networks' probabilities, [rows, classes]."""
        check_is_fitted(self)
        return self._ensemble().predict_proba(self._rows(X))

    def predict(self, X: Any) -> npt.NDArray[Any]:  # noqa: N803
        """Return the class with the highest mean probability for every row."""
        check_is_fitted(self)
        classes: npt.NDArray[Any] = self.classes_[self._ensemble().predict(self._rows(X))]
        return classes

    def disagreement(self, X: Any) -> npt.NDArray[np.float64]:  # noqa: N803
        """Return for every row the share of networks that do not vote for the most frequent class: 0 if all agree."""
        check_is_fitted(self)
        return self._ensemble().disagreement(self._rows(X))

    def _ensemble(self) -> Ensemble:
        return Ensemble("member", self.networks_)
