#!/usr/bin/python3
"""Writes reference.json: samples and SciPy's results for them (SciPy 1.10, Debian's python3-scipy).

    /usr/bin/python3 tests/statistics/reference.py > tests/statistics/reference.json
"""
import itertools
import json
import sys
import warnings

import numpy
from scipy import stats

warnings.simplefilter("ignore")
random = numpy.random.RandomState(20)


def student_t_quantile(probability, degrees):
    """Refines stats.t.ppf, whose error is up to 2e-9 here, by Newton steps on stats.t.cdf, which is exact to 1e-15."""
    t = stats.t.ppf(probability, degrees)
    for _ in range(3):
        t -= (stats.t.cdf(t, degrees) - probability) / stats.t.pdf(t, degrees)
    return t


def description(values):
    x = numpy.array(values)
    half = student_t_quantile(0.975, len(x) - 1) * stats.sem(x)
    low, high = x.mean() - half, x.mean() + half
    quartiles = numpy.quantile(x, [0.25, 0.5, 0.75])
    # The Monte-Carlo noise of the bootstrap is estimated from the ends of 12 intervals with 9,999 draws each.
    ends = numpy.array([
        stats.bootstrap((x,), numpy.mean, method="BCa", n_resamples=9999, random_state=seed).confidence_interval
        for seed in range(12)
    ])
    return {
        "values": list(values), "mean": x.mean(), "std_n": x.std(), "std_n_minus_1": x.std(ddof=1),
        "standard_error": stats.sem(x), "t_interval": [low, high], "quartiles": list(quartiles),
        "bca_mean": list(ends.mean(axis=0)), "bca_std": list(ends.std(axis=0, ddof=1)),
    }


def wilcoxon(differences, method):
    result = stats.wilcoxon(numpy.array(differences), zero_method="pratt", method=method)
    return {"differences": list(differences), "statistic": result.statistic, "p": result.pvalue,
            "exact": method == "exact"}


def wilcoxon_enumerated(differences):
    """Tries all signs of the ranks, since SciPy's "exact" does not handle zeros and ties."""
    x = numpy.array(differences)
    ranks = stats.rankdata(numpy.round(numpy.abs(x), 9))[x != 0]
    signs = numpy.array(list(itertools.product((0, 1), repeat=len(ranks))))
    sums = signs @ ranks
    statistic = min(ranks[x[x != 0] > 0].sum(), ranks[x[x != 0] < 0].sum())
    return {"differences": list(differences), "statistic": statistic,
            "p": min(1, 2 * (sums <= statistic).mean()), "exact": True}


def sign_flip(differences):
    x = numpy.array(differences)
    result = stats.permutation_test((x, -x), lambda a, b, axis: (a - b).mean(axis=axis), vectorized=True,
                                    permutation_type="samples", n_resamples=numpy.inf)
    return {"differences": list(differences), "p": result.pvalue}


def wilson(successes, trials):
    interval = stats.binomtest(successes, trials).proportion_ci(method="wilson")
    return {"successes": successes, "trials": trials, "interval": [interval.low, interval.high]}


def equal_spread(a, b):
    p = stats.ttest_rel(abs(a - numpy.median(a)), abs(b - numpy.median(b))).pvalue
    return {"a": list(a), "b": list(b), "p": p}


def clopper_pearson(events, trials):
    found = stats.binomtest(events, trials).proportion_ci(0.95, method="exact")
    upper = stats.binomtest(events, trials, alternative="less").proportion_ci(0.95, method="exact").high
    return {"events": events, "trials": trials, "interval": [found.low, found.high], "upper": upper}


def mcnemar(first, second):
    return {"first": first, "second": second, "p": stats.binomtest(first, first + second, 0.5).pvalue}


def accuracies(n, mean, spread):
    return numpy.round(random.normal(mean, spread, n), 4)


def tied(n):
    values = random.randint(-3, 4, n) / 10000.0
    values[0] = 0.0003
    return values


json.dump({
    "descriptions": [description(sample) for sample in (
        accuracies(100, 0.9026, 0.0023), accuracies(7, 0.9, 0.002), random.exponential(0.3, 40))],
    "wilcoxon": [
        wilcoxon(random.normal(0.3, 1, 6), "exact"),
        wilcoxon(random.normal(0.1, 1, 25), "exact"),
        wilcoxon(random.normal(-0.4, 1, 50), "exact"),
        wilcoxon(random.normal(0.2, 1, 51), "approx"),
        wilcoxon_enumerated(tied(12)),
        wilcoxon(tied(100), "approx"),
    ],
    "sign_flip": [sign_flip(random.normal(0.5, 1, n)) for n in (2, 6, 9, 12)],
    "wilson": [wilson(0, 10), wilson(10, 10), wilson(63, 100), wilson(8931, 10000)],
    "equal_spread": [
        equal_spread(random.normal(0, 1, 10), random.normal(0, 2, 10)),
        equal_spread(random.normal(0, 1, 100), random.normal(5, 1, 100)),
    ],
    "clopper_pearson": [clopper_pearson(*each) for each in ((0, 5), (1, 20), (13, 20), (20, 20))],
    "mcnemar": [mcnemar(*each) for each in ((6, 0), (1, 8), (4, 4), (13, 2))],
    "student_t": [{"probability": p, "degrees": d, "quantile": student_t_quantile(p, d)}
                  for p in (0.025, 0.6, 0.975, 0.9995) for d in (1, 4, 99)],
    "normal": [{"z": z, "cdf": stats.norm.cdf(z)} for z in (-8.0, -2.5, 0.0, 0.7, 3.0)],
}, sys.stdout, indent=1)
sys.stdout.write("\n")
