#!/usr/bin/env python3
"""How often do other tools and gpu_sweep judge say that equal models differ? The table of docs/statistics.md.

    python3.11 -m venv build/compare_verdicts
    build/compare_verdicts/bin/pip install -r tools/compare_verdicts_requirements.txt
    build/compare_verdicts/bin/python tools/compare_verdicts.py --draws 1000 --program build/gpu_sweep [TOOL...]

The second line downloads the tools, pinned to their versions, and what they need from PyPI: about 520 MB unpacked.

Simulates studies of five models with 20 seeds each and a spread of 0.33 points, on 10,000 images:
  equal     all models are equal
  better    one model is one standard deviation better
  failing   one model fails by 3 points in 10 % of its runs and has the same mean as the others
and prints for each tool the share of studies in which it says that two models differ whose means are equal, and the
share of the pairs of the better model that it says differ. Every tool sees the same studies, at the level of 5 % or
95 %, and with its other settings as they come but for the number of bootstrap samples: rliable has 2,000 and not
50,000, ASO has 100 and not 1,000.
"""

import argparse
import functools
import math
import sys
import time
import warnings
from importlib.metadata import version

import compare_verdicts_rules as rules
import numpy as np
from compare_verdicts_rules import MODELS, SEED, SEEDS

SPREAD = 0.0033
TOOLS = {  # name: (package, short form of the rule, the rule)
    "gpu_sweep": (None, "gpu_sweep judge: sign flips of the mean, Holm", rules.gpu_sweep),
    "evalstats": ("evalstats", "compare_models, seeds as items", rules.evalstats),
    "wilcoxon-holm": ("scikit-posthocs", "Wilcoxon, Holm", rules.wilcoxon_holm),
    "nemenyi": ("scikit-posthocs", "Nemenyi", rules.nemenyi),
    "autorank": ("autorank", "Tukey's intervals or Nemenyi's distance", rules.autorank_rule),
    "autorank-report": ("autorank", "the groups of its report", rules.autorank_report),
    "rliable": ("rliable", "intervals of the IQM apart", rules.rliable_iqm),
    "rliable-improvement": ("rliable", "interval of P(improvement) excludes 0.5", rules.rliable_improvement),
    "baycomp": ("baycomp", "two_on_single above 0.95", rules.baycomp),
    "aso": ("deepsig", "multi_aso, ASO below 0.2", rules.aso),
    "wilcoxon": ("scikit-posthocs", "Wilcoxon as it comes", rules.wilcoxon),
    "f-race": (None, "F-race's rule, one pass over the seeds", rules.f_race),
}


def draw(case, random):
    """Returns scores [SEEDS, MODELS] as shares of 10,000 images. In all cases but `equal`, model 0 is the odd one."""
    scores = 0.89 + SPREAD * random.standard_normal((SEEDS, MODELS))
    if case == "better":
        scores[:, 0] += SPREAD
    if case == "failing":
        scores[:, 0] += 0.003 - 0.03 * (random.random(SEEDS) < 0.1)
    return np.round(10_000 * scores) / 10_000


def one_by_one(rule, studies):
    """Returns what `rule` says of each of `studies` [studies, SEEDS, MODELS]."""
    return [rule(scores) for scores in studies]


def with_error(values):
    """Returns the mean of `values` with its Monte-Carlo error, as text."""
    return f"{np.mean(values):.3f} ± {np.std(values) / math.sqrt(len(values)):.3f}"


def row(title, rule, draws):
    """Returns the row of the table of a rule that takes all studies."""
    cells = []
    for case in ("equal", "better", "failing"):
        random = np.random.default_rng(SEED)
        studies = np.array([draw(case, random) for _ in range(draws)])
        np.random.seed(SEED)  # deepsig draws from NumPy's global generator.
        told = [set(pairs) for pairs in rule(studies)]
        cells.append(with_error([any(case != "better" or 0 not in pair for pair in pairs) for pairs in told]))
        if case == "better":
            found = with_error([sum(0 in pair for pair in pairs) / (MODELS - 1) for pairs in told])
    return f"| {title} | " + " | ".join([*cells, found]) + " |"


def read_arguments():
    """Returns the command line's `tools`, `draws` and `program`; ends the program where they are wrong."""
    events = "\n".join(f"  {name}\n      {rule.__doc__.splitlines()[0]}" for name, (_, _, rule) in TOOLS.items())
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=f"A tool says that two models differ if:\n{events}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("tools", nargs="*", metavar="TOOL", help="of the list below; all by default")
    parser.add_argument("--draws", type=int, default=1_000, metavar="N", help="studies of each case (1000)")
    parser.add_argument("--program", default="build/gpu_sweep", metavar="FILE", help="gpu_sweep (build/gpu_sweep)")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.tools if name not in TOOLS]
    if unknown:
        parser.error(f"TOOL: found {unknown[0]}, expected one of {', '.join(TOOLS)}")
    if arguments.draws < 1:
        parser.error(f"--draws: found {arguments.draws}, expected 1 or more")
    return arguments


def main():
    """Prints the table row by row, and the seconds of each row to standard error."""
    arguments = read_arguments()
    warnings.simplefilter("ignore")
    print("| tool, rule | all equal | one better by its spread | one fails by 3 points in 10 % | better one found |")
    print("|---|---|---|---|---|", flush=True)
    for name in arguments.tools or TOOLS:
        start = time.monotonic()
        package, title, rule = TOOLS[name]
        if name == "gpu_sweep":
            rule = functools.partial(rule, program=arguments.program)
        if package != "rliable":
            rule = functools.partial(one_by_one, rule)
        if package is not None:
            title = f"{package} {version(package)}: {title}"
        print(row(title, rule, arguments.draws), flush=True)
        print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
