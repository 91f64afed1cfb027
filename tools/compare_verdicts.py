#!/usr/bin/env python3
"""How often do other tools and gpu_sweep judge say that equal models differ? The table of docs/statistics.md.

    python3.11 -m venv build/compare_verdicts
    build/compare_verdicts/bin/pip install -r tools/compare_verdicts_requirements.txt
    build/compare_verdicts/bin/python tools/compare_verdicts.py --draws 1000 --program build/gpu_sweep [TOOL...]

The second line downloads the tools, pinned to their versions, and what they need from PyPI: about 520 MB unpacked. All
tools together took two hours for 1,000 draws, on two cores that did other work, too.

Simulates studies of five models with 20 seeds each and a spread of 0.33 points, on 10,000 images:
  equal     all models are equal
  better    one model is one standard deviation better
  failing   one model fails by 3 points in 10 % of its runs and has the same mean as the others
and prints for each tool the share of studies in which it calls two models different whose means are equal, and the
share of the pairs of the better model that it tells apart. Every tool sees the same studies.
"""
import argparse
import contextlib
import io
import itertools
import json
import math
import os
import subprocess
import sys
import tempfile
import time
import warnings
from importlib.metadata import version

import numpy as np
import pandas as pd
from scipy import stats

MODELS = 5
SEEDS = 20
SPREAD = 0.0033
LEVEL = 0.05
PAIRS = list(itertools.combinations(range(MODELS), 2))
NAMES = [f"m{i}" for i in range(MODELS)]
IQM_SAMPLES = 500
IMPROVEMENT_SAMPLES = 100
ASO_SAMPLES = 50
ASO_STEP = 0.01


def draw(case, random):
    """Returns scores [SEEDS, MODELS] as shares of 10,000 images. In all cases but `equal`, model 0 is the odd one."""
    scores = 0.89 + SPREAD * random.standard_normal((SEEDS, MODELS))
    if case == "better":
        scores[:, 0] += SPREAD
    if case == "failing":
        scores[:, 0] += 0.003 - 0.03 * (random.random(SEEDS) < 0.1)
    return np.round(10_000 * scores) / 10_000


# Each tool takes scores [SEEDS, MODELS] and the number of the study, and returns the pairs that it tells apart. The
# number is the seed of a tool that makes random draws.


def gpu_sweep(scores, study):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "scores.csv")
        table = pd.DataFrame(scores, columns=NAMES)
        table.insert(0, "seed", range(SEEDS))
        table.to_csv(path, index=False)
        output = subprocess.run([PROGRAM, "judge", path, "--higher", "--json"], check=True, capture_output=True,
                                text=True).stdout
    pairs = json.loads(output)["datasets"][0]["pairs"]
    return [(NAMES.index(p["first_model"]), NAMES.index(p["second_model"])) for p in pairs if p["told"]]


def rank_with_autorank(scores):
    from autorank import autorank
    with contextlib.redirect_stdout(io.StringIO()):
        return autorank(pd.DataFrame(scores, columns=NAMES), alpha=LEVEL, verbose=False)


def autorank_rule(scores, study):
    """What autorank states: Tukey's intervals do not overlap, or mean ranks are further apart than Nemenyi's distance."""
    result = rank_with_autorank(scores)
    if result.pvalue >= LEVEL:
        return []
    table = result.rankdf
    if result.cd is not None:
        rank = table.meanrank
        return [(a, b) for a, b in PAIRS if abs(rank[NAMES[a]] - rank[NAMES[b]]) > result.cd]
    low, high = table.ci_lower.astype(float), table.ci_upper.astype(float)
    return [(a, b) for a, b in PAIRS if low[NAMES[a]] > high[NAMES[b]] or low[NAMES[b]] > high[NAMES[a]]]


def autorank_report(scores, study):
    """The sentence of autorank's create_report: differences not within one of the groups it lists are significant."""
    from autorank._util import get_sorted_rank_groups
    result = rank_with_autorank(scores)
    if result.pvalue >= LEVEL:
        return []
    _, names, groups = get_sorted_rank_groups(result, False)
    place = {name: i for i, name in enumerate(names)}
    together = lambda a, b: any(low <= place[a] <= high and low <= place[b] <= high for low, high in groups)
    return [(a, b) for a, b in PAIRS if not together(NAMES[a], NAMES[b])]


def smaller(p_values):
    return [(a, b) for a, b in PAIRS if p_values[a, b] < LEVEL]


def nemenyi(scores, study):
    import scikit_posthocs
    return smaller(scikit_posthocs.posthoc_nemenyi_friedman(scores).to_numpy())


def wilcoxon(scores, adjust):
    import scikit_posthocs
    return smaller(scikit_posthocs.posthoc_wilcoxon(list(scores.T), p_adjust=adjust).to_numpy())


def rliable_iqm(scores, study):
    from rliable import library, metrics
    runs = {name: scores[:, [i]] for i, name in enumerate(NAMES)}
    _, intervals = library.get_interval_estimates(runs, lambda x: np.array([metrics.aggregate_iqm(x)]),
                                                  reps=IQM_SAMPLES, random_state=np.random.RandomState(study))
    ends = np.array([intervals[name][:, 0] for name in NAMES])
    return [(a, b) for a, b in PAIRS if ends[a, 0] > ends[b, 1] or ends[b, 0] > ends[a, 1]]


def rliable_improvement(scores, study):
    from rliable import library, metrics
    runs = {pair: (scores[:, [pair[0]]], scores[:, [pair[1]]]) for pair in PAIRS}
    _, intervals = library.get_interval_estimates(
        runs, lambda x, y: np.array([metrics.probability_of_improvement(x, y)]), reps=IMPROVEMENT_SAMPLES,
        random_state=np.random.RandomState(study))
    return [pair for pair in PAIRS if intervals[pair][0, 0] > 0.5 or intervals[pair][1, 0] < 0.5]


def aso(scores, study):
    import deepsig
    # The tool seeds bootstrap sample i with seed + i, and different studies must not have the same samples.
    least = deepsig.multi_aso([list(runs) for runs in scores.T], confidence_level=1 - LEVEL, dt=ASO_STEP,
                              num_bootstrap_iterations=ASO_SAMPLES, seed=study * ASO_SAMPLES,
                              show_progress=False)
    return [(a, b) for a, b in PAIRS if min(least[a, b], least[b, a]) < 0.2]


def baycomp(scores, study):
    import baycomp as tool
    return [(a, b) for a, b in PAIRS if max(tool.two_on_single(scores[:, a], scores[:, b])) > 1 - LEVEL]


def evalstats(scores, study):
    import evalstats as tool
    table = pd.DataFrame([(NAMES[m], f"seed {i}", scores[i, m]) for m in range(MODELS) for i in range(SEEDS)],
                         columns=["model", "item", "score"])
    with contextlib.redirect_stdout(io.StringIO()):
        pairs = tool.compare_models(tool.load_from(table), alpha=LEVEL).to_frame()["pairwise"]
    return [(NAMES.index(row.a), NAMES.index(row.b)) for row in pairs.itertuples() if row.significant]


def f_race(scores, study):
    """Friedman's test after each seed from the fifth on; if it rejects, Conover's distance from the best mean rank
    (Birattari et al. 2002; Conover 1999). Written here, after these sources. Returns pairs (best model, dropped one).
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


PROGRAM = "build/gpu_sweep"
TOOLS = {  # name: (package, what it claims, function)
    "gpu_sweep": (None, "gpu_sweep judge, sign flips of the mean, Holm", gpu_sweep),
    "autorank": ("autorank", "Tukey's intervals or Nemenyi's distance", autorank_rule),
    "autorank-report": ("autorank", "the groups of its report", autorank_report),
    "nemenyi": ("scikit-posthocs", "Nemenyi", nemenyi),
    "wilcoxon": ("scikit-posthocs", "Wilcoxon as it comes", lambda scores, study: wilcoxon(scores, None)),
    "wilcoxon-holm": ("scikit-posthocs", "Wilcoxon, Holm", lambda scores, study: wilcoxon(scores, "holm")),
    "baycomp": ("baycomp", "two on single > 0.95", baycomp),
    "evalstats": ("evalstats", "compare_models, seeds as items", evalstats),
    "f-race": (None, "F-race's rule, one pass over the seeds", f_race),
    "aso": ("deepsig", f"ASO < 0.2 ({ASO_SAMPLES} bootstrap samples, dt {ASO_STEP})", aso),
    "rliable": ("rliable", f"IQM intervals apart ({IQM_SAMPLES} bootstrap samples)", rliable_iqm),
    "rliable-improvement": ("rliable", f"P(improvement) excludes 0.5 ({IMPROVEMENT_SAMPLES} bootstrap samples)",
                            rliable_improvement),
}


def with_error(values):
    """Returns the mean of `values` with its Monte-Carlo error, as text."""
    return f"{np.mean(values):.3f} ± {np.std(values) / math.sqrt(len(values)):.3f}"


def row(name, draws):
    """Returns the tool's row of the table."""
    package, claim, tool = TOOLS[name]
    cells = []
    for case in ("equal", "better", "failing"):
        random = np.random.default_rng(20_261_127)
        told = [set(tool(draw(case, random), study)) for study in range(draws)]
        cells.append(with_error([any(case != "better" or 0 not in pair for pair in pairs) for pairs in told]))
        if case == "better":
            found = with_error([sum(0 in pair for pair in pairs) / (MODELS - 1) for pairs in told])
    title = claim if package is None else f"{package} {version(package)}: {claim}"
    return f"| {title} | " + " | ".join([*cells, found]) + " |"


def main():
    global PROGRAM
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tools", nargs="*", metavar="TOOL", help="of " + ", ".join(TOOLS) + "; all by default")
    parser.add_argument("--draws", type=int, default=1_000, metavar="N", help="studies of each case (1000)")
    parser.add_argument("--program", default=PROGRAM, metavar="FILE", help=f"gpu_sweep's program ({PROGRAM})")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.tools if name not in TOOLS]
    if unknown:
        parser.error(f"TOOL: found {unknown[0]}, expected one of {', '.join(TOOLS)}")
    if arguments.draws < 1:
        parser.error(f"--draws: found {arguments.draws}, expected 1 or more")
    PROGRAM = arguments.program
    warnings.simplefilter("ignore")
    print("| tool, claim | all equal | one better by its spread | one fails by 3 points in 10 % | better one found |")
    print("|---|---|---|---|---|", flush=True)
    for name in arguments.tools or TOOLS:
        start = time.monotonic()
        print(row(name, arguments.draws), flush=True)
        print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
