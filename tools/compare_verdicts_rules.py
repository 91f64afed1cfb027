"""The rules that tools/compare_verdicts.py compares.

Each rule takes the scores [SEEDS, MODELS] of a study, higher ones better, and returns the pairs of models that it says
differ: tuples of model numbers, the smaller first. The docstring of a rule says under which condition it names a pair.
The rules of rliable take all studies [studies, SEEDS, MODELS] at once and return a list of such pairs for each.
"""

import contextlib
import functools
import importlib
import io
import itertools
import json
import math
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

MODELS = 5
SEEDS = 20
LEVEL = 0.05
SEED = 20_261_127
PAIRS = list(itertools.combinations(range(MODELS), 2))
NAMES = [f"m{i}" for i in range(MODELS)]
ASO_SAMPLES = 100
RLIABLE_SAMPLES = 2_000


def gpu_sweep(scores, program):
    """`judge --higher` tells the pair apart: sign flips of the mean of the seeds' differences, Holm over all pairs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scores.csv"
        table = pd.DataFrame(scores, columns=NAMES)
        table.insert(0, "seed", range(SEEDS))
        table.to_csv(path, index=False)
        command = [program, "judge", path, "--higher", "--json"]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    pairs = json.loads(output)["datasets"][0]["pairs"]
    return [(NAMES.index(p["first_model"]), NAMES.index(p["second_model"])) for p in pairs if p["told"]]


@functools.cache
def _rank_with_autorank(scores):
    """Returns autorank's result for the bytes of `scores`, which two rules ask for."""
    from autorank import autorank

    table = pd.DataFrame(np.frombuffer(scores).reshape(SEEDS, MODELS).copy(), columns=NAMES)
    with contextlib.redirect_stdout(io.StringIO()):
        return autorank(table, alpha=LEVEL, verbose=False)


def autorank_rule(scores):
    """`autorank` rejects equality of all models, and the pair is apart by the rule that its report states.

    That rule is Tukey's intervals that do not overlap if all scores look normal with one spread, else mean ranks that
    lie further apart than Nemenyi's critical distance.
    """
    result = _rank_with_autorank(scores.tobytes())
    if result.pvalue >= LEVEL:
        return []
    table = result.rankdf
    if result.cd is not None:
        rank = table.meanrank
        return [(a, b) for a, b in PAIRS if abs(rank[NAMES[a]] - rank[NAMES[b]]) > result.cd]
    low, high = table.ci_lower.astype(float), table.ci_upper.astype(float)
    return [(a, b) for a, b in PAIRS if low[NAMES[a]] > high[NAMES[b]] or low[NAMES[b]] > high[NAMES[a]]]


def autorank_report(scores):
    """`autorank` rejects equality of all models, and no group of `create_report` holds both models of the pair.

    The report lists groups without significant differences and adds: "All other differences are significant."
    """
    from autorank._util import get_sorted_rank_groups

    result = _rank_with_autorank(scores.tobytes())
    if result.pvalue >= LEVEL:
        return []
    _, names, groups = get_sorted_rank_groups(result, False)
    together = {pair for low, high in groups for pair in itertools.permutations(names[low : high + 1], 2)}
    return [(a, b) for a, b in PAIRS if (NAMES[a], NAMES[b]) not in together]


def _below_level(p_values):
    return [(a, b) for a, b in PAIRS if p_values[a, b] < LEVEL]


def nemenyi(scores):
    """`posthoc_nemenyi_friedman` gives the pair p < 0.05."""
    import scikit_posthocs

    return _below_level(scikit_posthocs.posthoc_nemenyi_friedman(scores).to_numpy())


def wilcoxon(scores, adjust=None):
    """`posthoc_wilcoxon` gives the pair p < 0.05; by default it corrects for no other pair."""
    import scikit_posthocs

    return _below_level(scikit_posthocs.posthoc_wilcoxon(list(scores.T), p_adjust=adjust).to_numpy())


def wilcoxon_holm(scores):
    """`posthoc_wilcoxon` with `p_adjust="holm"` gives the pair p < 0.05."""
    return wilcoxon(scores, "holm")


def _rliable_intervals(samples, own, fast):
    """Returns rliable's 95 % percentile intervals [2, studies] of a statistic, by the names of `samples`.

    Each sample is an array [SEEDS, studies], or a tuple of two. The package takes the studies for tasks, so that it
    resamples the seeds of each independently. `own` is its statistic of one task, and `fast` a form of it that returns
    one number for each. Raises RuntimeError if the two differ.
    """
    from rliable import library

    np.random.seed(SEED)  # The package resamples with NumPy's global generator, and ignores its own `random_state`.
    points, intervals = library.get_interval_estimates(samples, fast, reps=RLIABLE_SAMPLES)
    for name, scores in samples.items():
        tables = scores if isinstance(scores, tuple) else (scores,)
        for study, computed in enumerate(points[name]):
            expected = own(*(table[:, [study]] for table in tables))
            if not math.isclose(computed, expected, rel_tol=1e-12):
                raise RuntimeError(f"rliable's {own.__name__}: found {expected}, computed {computed}")
    return intervals


def _interquartile_mean(scores):
    cut = SEEDS // 4
    return np.sort(scores, axis=0)[cut : SEEDS - cut].mean(0)


def rliable_iqm(studies):
    """The 95 % bootstrap intervals of the two models' interquartile means do not overlap."""
    from rliable import metrics

    runs = {model: studies[:, :, model].T for model in range(MODELS)}
    ends = _rliable_intervals(runs, metrics.aggregate_iqm, _interquartile_mean)
    apart = {(a, b): (ends[a][0] > ends[b][1]) | (ends[b][0] > ends[a][1]) for a, b in PAIRS}
    return [[pair for pair in PAIRS if apart[pair][study]] for study in range(len(studies))]


def _share_above(x, y):
    """Returns Mann and Whitney's U over its largest value: the share of pairs of runs with x above y, ties half."""
    above = sum(np.sign(x - run).sum(0) for run in y)
    return (1 + above / (len(x) * len(y))) / 2


def rliable_improvement(studies):
    """The 95 % bootstrap interval of the probability that a run of one model beats one of the other excludes 0.5."""
    from rliable import metrics

    runs = {(a, b): (studies[:, :, a].T, studies[:, :, b].T) for a, b in PAIRS}
    ends = _rliable_intervals(runs, metrics.probability_of_improvement, _share_above)
    apart = {pair: (ends[pair][0] > 0.5) | (ends[pair][1] < 0.5) for pair in PAIRS}
    return [[pair for pair in PAIRS if apart[pair][study]] for study in range(len(studies))]


@functools.cache
def _fast_deepsig():
    """Returns deepsig's module `aso` with a quantile function that takes whole arrays: 35 times as fast.

    Raises RuntimeError if the package's function gives other quantiles.
    """
    module = importlib.import_module("deepsig.aso")

    def quantile_function(scores):
        ordered = np.sort(scores)
        return lambda p: ordered[np.clip(np.ceil(len(ordered) * p).astype(int) - 1, 0, len(ordered) - 1)]

    scores = np.random.default_rng(1).random(SEEDS)
    shares = np.concatenate([np.linspace(0, 1, 4 * SEEDS + 1), np.arange(0.005, 1, 0.005)])
    if not np.array_equal(module.get_quantile_function(scores)(shares), quantile_function(scores)(shares)):
        raise RuntimeError("deepsig's get_quantile_function: found other quantiles than computed here")
    module.get_quantile_function = quantile_function
    return module


def aso(scores):
    """`multi_aso` gives an epsilon below 0.2, the limit that the package's authors recommend, in either direction."""
    least = _fast_deepsig().multi_aso(
        scores.T.tolist(),
        confidence_level=1 - LEVEL,
        num_bootstrap_iterations=ASO_SAMPLES,
        show_progress=False,
    )
    return [(a, b) for a, b in PAIRS if min(least[a, b], least[b, a]) < 0.2]


def baycomp(scores):
    """`two_on_single` gives either model of the pair a probability above 0.95 to be the better one (no rope)."""
    import baycomp as tool

    return [(a, b) for a, b in PAIRS if max(tool.two_on_single(scores[:, a], scores[:, b])) > 1 - LEVEL]


def evalstats(scores):
    """`compare_models` marks the pair `significant`: its simultaneous interval of the difference excludes 0.

    By default that is the paired t interval of logits, by Sidak's correction. The seeds are the package's items.
    """
    import evalstats as tool

    rows = [(NAMES[m], f"seed {i}", scores[i, m]) for m in range(MODELS) for i in range(SEEDS)]
    table = pd.DataFrame(rows, columns=["model", "item", "score"])
    with contextlib.redirect_stdout(io.StringIO()):
        pairs = tool.compare_models(tool.load_from(table), alpha=LEVEL).to_frame()["pairwise"]
    return [(NAMES.index(row.a), NAMES.index(row.b)) for row in pairs.itertuples() if row.significant]


def f_race(scores):
    """A race drops one model of the pair while the other leads.

    After each seed from the fifth on, Friedman's test looks at the models that are left; if it rejects, all leave whose
    mean rank lies further from the best than Conover's distance (Birattari et al. 2002; Conover 1999). Written here,
    after these sources.
    """
    left = list(range(MODELS))
    apart = []
    for n in range(5, SEEDS + 1):
        m = len(left)
        if m < 2:
            break
        ranks = stats.rankdata(-scores[:n, left], axis=1)
        sums = ranks.sum(0)
        squares = (ranks**2).sum()
        middle = n * m * (m + 1) ** 2 / 4
        statistic = (m - 1) * ((sums - n * (m + 1) / 2) ** 2).sum() / (squares - middle)
        if statistic <= stats.chi2.ppf(1 - LEVEL, m - 1):
            continue
        error = 2 * n * (1 - statistic / (n * (m - 1))) * (squares - middle) / ((n - 1) * (m - 1))
        distance = stats.t.ppf(1 - LEVEL / 2, (n - 1) * (m - 1)) * math.sqrt(error)
        best = int(np.argmin(sums))
        apart += [tuple(sorted((left[best], left[i]))) for i in range(m) if sums[i] - sums[best] > distance]
        left = [model for i, model in enumerate(left) if sums[i] - sums[best] <= distance]
    return apart
