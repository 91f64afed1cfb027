"""The estimator with scikit-learn's own checks, pipelines and searches."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gpu_sweep as gs

pytest.importorskip("sklearn", reason="scikit-learn is not installed")
from sklearn.datasets import load_iris, make_blobs
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils.estimator_checks import check_estimator


@pytest.fixture(scope="module")
def iris() -> Any:
    return load_iris(return_X_y=True)


def test_an_integer_repeats_every_bit(iris: Any) -> None:
    first, second = (gs.SeedEnsembleClassifier(random_state=4, seeds=3).fit(*iris) for _ in range(2))
    assert (first.predict_proba(iris[0]) == second.predict_proba(iris[0])).all()
    assert [network.seed for network in first.networks_] == [4, 5, 6]
    other = gs.SeedEnsembleClassifier(random_state=7, seeds=3).fit(*iris)
    assert (first.predict_proba(iris[0]) != other.predict_proba(iris[0])).any()


def test_none_draws_from_the_global_generator(iris: Any) -> None:
    np.random.seed(1)
    first = gs.SeedEnsembleClassifier(seeds=1, epochs=1).fit(*iris).networks_[0].seed
    second = gs.SeedEnsembleClassifier(seeds=1, epochs=1).fit(*iris).networks_[0].seed
    assert first != second


def test_what_it_learns(iris: Any) -> None:
    x, y = iris
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    ensemble = gs.SeedEnsembleClassifier(random_state=0).fit(x, names)
    assert ensemble.score(x, names) > 0.95
    assert ensemble.seed_scores_.shape == (5,)
    assert (ensemble.seed_scores_ > 0.8).all()
    assert ensemble.disagreement_.shape == (150,)
    assert 0 <= ensemble.disagreement_.min() <= ensemble.disagreement_.max() <= 0.8
    assert ensemble.predict_proba(x).sum(axis=1) == pytest.approx(np.ones(150))
    assert not list(Path().iterdir()), "a fit leaves nothing behind"


def test_pipeline_grid_and_cross_validation(iris: Any) -> None:
    ensemble = gs.SeedEnsembleClassifier(random_state=0, seeds=2)
    assert cross_val_score(make_pipeline(MinMaxScaler(), ensemble), *iris, cv=3).mean() > 0.9
    search = GridSearchCV(ensemble, {"hidden": [(), (16,)], "epochs": [1, 200]}, cv=2).fit(*iris)
    assert search.best_params_["epochs"] == 200


def test_random_state_may_be_a_generator(iris: Any) -> None:
    first, second = (
        gs.SeedEnsembleClassifier(seeds=1, epochs=2, random_state=np.random.RandomState(3)).fit(*iris) for _ in range(2)
    )
    assert first.networks_[0].seed == second.networks_[0].seed


def test_every_network_diverged(iris: Any) -> None:
    optimizer = {"name": "sgd", "learning_rate": 1e30}
    with pytest.raises(ValueError, match="every network diverged"):
        gs.SeedEnsembleClassifier(optimizer=optimizer, seeds=2, epochs=3, random_state=0).fit(*iris)


@pytest.mark.slow
def test_workers_of_joblib(iris: Any) -> None:
    ensemble = gs.SeedEnsembleClassifier(random_state=0, seeds=2, epochs=20)
    beside = cross_val_score(ensemble, *iris, cv=2, n_jobs=2)
    assert (beside == cross_val_score(ensemble, *iris, cv=2)).all()


def test_settings_are_checked_by_the_program(iris: Any) -> None:
    with pytest.raises(ValueError, match="did you mean 'relu'"):
        gs.SeedEnsembleClassifier(activation="rellu").fit(*iris)


def test_defaults_converge_on_300_rows() -> None:
    x, y = make_blobs(n_samples=300, random_state=0)
    assert gs.SeedEnsembleClassifier(random_state=0).fit(x, y).score(x, y) > 0.9


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_check_estimator() -> None:
    check_estimator(gs.SeedEnsembleClassifier())
