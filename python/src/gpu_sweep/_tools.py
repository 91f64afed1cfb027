"""Comparing studies, judging scores from elsewhere, and looking at devices."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _core
from ._arguments import number, path_of, text, truth
from ._errors import DataError, ExperimentError
from ._frames import pairs_frame
from ._plot import Bar, interval_plot
from ._result import Result

if TYPE_CHECKING:
    import pandas as pd


class Comparison:
    """The differences between two studies, seed by seed. Returned by :func:`compare`."""

    def __init__(self, text: str, numbers: dict[str, Any]) -> None:
        self._text = text
        self.numbers = numbers
        """The object that ``gpu_sweep compare --json`` prints."""

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """One row per pair of models and metric. Differences are first minus second."""
        return pairs_frame(self.numbers["comparisons"])

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self._text)}</pre>"


def compare(first: Result | str | os.PathLike[str], second: Result | str | os.PathLike[str]) -> Comparison:
    """Compare two studies of the same data, or their folders, on equal seeds, by the tests of a report.

    Models with equal names are compared. If the studies have no name in common, every model of one study is compared
    with every model of the other. Raises ExperimentError if the studies were trained on different data or share no
    seed.

    Examples
    --------
    >>> sorted(set(gs.compare(result, result).pairs["mean_difference"]))
    [0.0]
    """
    studies = [each if isinstance(each, Result) else Result(each) for each in (first, second)]
    text, numbers = _core.compare(studies[0]._core, studies[1]._core)
    return Comparison(text, json.loads(numbers))


class Judgement:
    """The verdict on scores of runs that any program trained. Returned by :func:`judge`."""

    def __init__(self, core: _core.Judged) -> None:
        self._core = core

    @cached_property
    def numbers(self) -> dict[str, Any]:
        """The object that ``gpu_sweep judge --json`` prints."""
        numbers: dict[str, Any] = json.loads(self._core.json)
        return numbers

    @property
    def verdict(self) -> str:
        """The verdict in sentences. If there are several data sets, their verdicts follow each other."""
        return " ".join(self._core.sentences)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """One row per data set and pair of models."""
        rows = []
        for judged in self.numbers["datasets"]:
            rows += [{"dataset": judged["dataset"], **pair} for pair in judged["pairs"]]
        return pairs_frame(rows)

    def page(self) -> str:
        """Return the verdict as a self-contained page."""
        return self._core.page

    def __repr__(self) -> str:
        return self._core.text

    def _repr_html_(self) -> str:
        bars = []
        for judged in self.numbers["datasets"]:
            for pair in judged["pairs"]:
                low, high = pair["interval"] or (None, None)
                if pair["mean_difference"] is not None:
                    name = f"{pair['first_model']} – {pair['second_model']}"
                    bars.append(Bar(name, pair["mean_difference"], low, high, pair["told"]))
        plot = interval_plot(bars, "difference of scores")
        return f"<p><b>{escape(self.verdict)}</b></p><pre>{escape(self._core.text)}</pre>{plot}"


def judge(
    scores: pd.DataFrame | str | os.PathLike[str],
    *,
    higher: bool,
    columns: Mapping[str, str] | None = None,
    metric: str = "",
    pairing: str | None = None,
    missing: str | None = None,
    test_share: float | None = None,
    smallest_difference: float | None = None,
    max_failed: float = 0.1,
    until_decided: bool = False,
) -> Judgement:
    """Judge which models differ, given the scores of runs that any program trained.

    Parameters
    ----------
    scores:
        a pandas frame, or the path of a CSV file. It has either one row per run, with columns model, seed and score, or
        one column per model and one row per seed.
    higher:
        whether higher scores are better.
    columns:
        the column for each role, such as ``{"score": "metrics.acc"}``.
    metric:
        the metric to judge by, if a column holds several.
    pairing:
        "seed" to compare seed by seed, or "none". By default the scores decide.
    missing:
        "failed" or "not-run": what to assume if a model lacks a seed that other models have, or if a score is empty.
    test_share:
        share of the rows that each random split tests on, for a column "split".
    smallest_difference:
        the smallest difference between scores that matters. Two models are then either told apart, the same within this
        difference, or undecided.
    max_failed:
        a model is never named as the best if a greater share of its runs than this failed.
    until_decided:
        whether the number of runs was chosen by looking at the results. If so, p-values and intervals allow for a look
        after every seed. This is also done if a column ``stopping_rule`` says "until_decided" or "extended". If a
        column ``left_race_after`` says that a model left a race, the model is not compared with the others.

    Raises
    ------
    DataError
        if the table lacks information that the verdict needs. The message says how to correct this.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"a": [0.81, 0.82, 0.83, 0.80, 0.82, 0.81], "b": [0.91, 0.93, 0.92, 0.90, 0.92, 0.91]})
    >>> gs.judge(scores, higher=True).numbers["datasets"][0]["best"]
    'b'
    """
    if isinstance(scores, (str, os.PathLike)):
        name = path_of("scores", scores)
        try:
            csv = Path(name).read_bytes().decode("utf-8")
        except FileNotFoundError:
            raise DataError(f"{name}: no such file, expected a table of scores") from None
        except OSError as error:
            raise DataError(f"{name}: {error.strerror or error}, expected a table of scores") from None
        except UnicodeDecodeError:
            raise DataError(f"{name}: found bytes that are no UTF-8, expected a table of scores") from None
    elif hasattr(scores, "to_csv"):
        name, csv = "scores", scores.to_csv(index=False)
    else:
        raise DataError(f"scores: found {type(scores).__name__}, expected a pandas frame or the path of a CSV file")
    if columns is not None and not isinstance(columns, Mapping):
        raise ExperimentError(f"columns: found {columns!r}, expected a dict from roles to columns")
    judged = _core.judge_table(
        text("scores", csv),
        name,
        higher=truth("higher", higher),
        columns={text("columns", role): text("columns", name) for role, name in (columns or {}).items()},
        metric=text("metric", metric),
        pairing=None if pairing is None else text("pairing", pairing),
        missing=None if missing is None else text("missing", missing),
        test_share=None if test_share is None else number("test_share", test_share),
        smallest_difference=None if smallest_difference is None else number("smallest_difference", smallest_difference),
        max_failed=number("max_failed", max_failed),
        until_decided=truth("until_decided", until_decided),
    )
    return Judgement(judged)


@dataclass(frozen=True)
class Device:
    """A device to train on."""

    id: str
    """What ``device=`` takes: "cpu", "cuda:0"."""
    name: str
    details: str
    why_not: str
    """Why it cannot be used; empty for a usable device."""

    @property
    def usable(self) -> bool:
        return not self.why_not


def devices() -> list[Device]:
    """List the devices of this machine, including those that cannot be used.

    Examples
    --------
    >>> gs.devices()[0].id
    'cpu'
    """
    return [Device(*each) for each in _core.devices()[0]]


@dataclass(frozen=True)
class Check:
    """One check of a self-test."""

    device: str
    check: str
    compared: str
    finding: str
    passed: bool


def selftest(device: str = "auto", on_check: Callable[[str], object] | None = None) -> list[Check]:
    """Check a device against the CPU and against double precision. Do not trust a device if one of its checks fails.

    ``on_check`` is called with a line when a check ends. Ctrl-C takes effect at the end of the current check.
    """
    if on_check is not None and not callable(on_check):
        raise ExperimentError(f"on_check: found {on_check!r}, expected a function")
    return [Check(*each) for each in _core.selftest(text("device", device), on_check)]
