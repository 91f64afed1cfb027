#!/usr/bin/env python3
"""How often do other tools and gpu_sweep judge say that equal models differ? The table of docs/statistics.md.

    python3 -m venv venv && venv/bin/pip install autorank==1.3.0 scikit-posthocs==0.17.1 rliable==1.2.0 baycomp==1.0.3
    venv/bin/python tools/compare_verdicts.py --draws 1000 --program build/gpu_sweep [TOOL...]

Simulates studies of five models with 20 seeds each and a spread of 0.33 points, on 10,000 images:
  equal     all models are equal
  better    one model is one standard deviation better; counted are claims about the other four
  failing   one model fails by 3 points in 10 % of its runs and has the same mean as the others
and prints, for each tool, the share of studies in which it calls two models different whose means are equal.
"""
import argparse
import itertools
import json
import math
import os
import subprocess
import tempfile
import warnings

import numpy as np
import pandas as pd

MODELS = 5
SEEDS = 20
SPREAD = 0.0033
PAIRS = list(itertools.combinations(range(MODELS), 2))
NAMES = [f"m{i}" for i in range(MODELS)]


def draw(case, random):
    """Returns scores [SEEDS, MODELS] as shares of 10,000 images."""
    scores = 0.89 + SPREAD * random.standard_normal((SEEDS, MODELS))
    if case == "better":
        scores[:, 0] += SPREAD
    if case == "failing":
        scores[:, 0] += 0.003 - 0.03 * (random.random(SEEDS) < 0.1)
    return np.round(10_000 * scores) / 10_000


def gpu_sweep(scores, arguments):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "scores.csv")
        table = pd.DataFrame(scores, columns=NAMES)
        table.insert(0, "seed", range(SEEDS))
        table.to_csv(path, index=False)
        output = subprocess.run([arguments.program, "judge", path, "--higher", "--json"], check=True,
                                capture_output=True, text=True).stdout
    pairs = json.loads(output)["datasets"][0]["pairs"]
    return [(NAMES.index(p["first_model"]), NAMES.index(p["second_model"])) for p in pairs if p["told"]]


def autorank(scores, _):
    from autorank import autorank as rank
    from autorank._util import get_sorted_rank_groups
    result = rank(pd.DataFrame(scores, columns=NAMES), alpha=0.05, verbose=False)
    if result.pvalue >= 0.05:
        return []
    # As in its report, models in one group of overlapping intervals or ranks are not told apart.
    sorted_ranks, names, groups = get_sorted_rank_groups(result, False)
    place = {name: i for i, name in enumerate(names)}
    together = lambda a, b: any(low <= place[a] <= high and low <= place[b] <= high for low, high in groups)
    return [(a, b) for a, b in PAIRS if not together(NAMES[a], NAMES[b])]


def smaller(p_values):
    return [(a, b) for a, b in PAIRS if p_values[a, b] < 0.05]


def nemenyi(scores, _):
    import scikit_posthocs
    return smaller(scikit_posthocs.posthoc_nemenyi_friedman(scores).to_numpy())


def wilcoxon(scores, adjust):
    import scikit_posthocs
    return smaller(scikit_posthocs.posthoc_wilcoxon(list(scores.T), p_adjust=adjust).to_numpy())


def rliable(scores, _):
    """Tells models apart if their intervals of the IQM (stratified bootstrap, 1,000 draws) do not overlap."""
    from rliable import library, metrics
    runs = {name: scores[:, [i]] for i, name in enumerate(NAMES)}
    _, intervals = library.get_interval_estimates(runs, lambda x: np.array([metrics.aggregate_iqm(x)]), reps=1_000)
    ends = np.array([intervals[name][:, 0] for name in NAMES])
    return [(a, b) for a, b in PAIRS if ends[a, 0] > ends[b, 1] or ends[b, 0] > ends[a, 1]]


def baycomp(scores, _):
    import baycomp as tool
    apart = []
    for a, b in PAIRS:
        left, right = tool.two_on_single(scores[:, a], scores[:, b])
        if max(left, right) > 0.95:
            apart.append((a, b))
    return apart


TOOLS = {
    "gpu_sweep": ("gpu_sweep judge", gpu_sweep),
    "autorank": ("autorank, groups of its report", autorank),
    "nemenyi": ("scikit-posthocs, Nemenyi", nemenyi),
    "wilcoxon": ("scikit-posthocs, Wilcoxon as it comes", lambda scores, _: wilcoxon(scores, None)),
    "wilcoxon-holm": ("scikit-posthocs, Wilcoxon with Holm", lambda scores, _: wilcoxon(scores, "holm")),
    "rliable": ("rliable, IQM intervals apart", rliable),
    "baycomp": ("baycomp, two on single > 0.95", baycomp),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tools", nargs="*", metavar="TOOL", help="of " + ", ".join(TOOLS))
    parser.add_argument("--draws", type=int, default=1_000)
    parser.add_argument("--program", default="build/gpu_sweep")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    for name in arguments.tools or TOOLS:
        title, tool = TOOLS[name]
        cells = []
        for case in ("equal", "better", "failing"):
            random = np.random.default_rng(20_261_127)
            found = 0
            for _ in range(arguments.draws):
                told = tool(draw(case, random), arguments)
                found += any(case != "better" or 0 not in pair for pair in told)
            share = found / arguments.draws
            cells.append(f"{share:.3f} ± {math.sqrt(share * (1 - share) / arguments.draws):.3f}")
        print(f"| {title} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
