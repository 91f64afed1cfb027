#!/usr/bin/python3
"""Writes reference.json: samples and the results of SciPy and statsmodels for them.

    /usr/bin/python3 tests/statistics/reference.py > tests/statistics/reference.json

The file was made with SciPy 1.10 (Debian's python3-scipy) and statsmodels 0.14 (PyPI).
"""
import itertools
import json
import sys
import warnings

import numpy
import pandas
from scipy import integrate, optimize, stats
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import DescrStatsW

warnings.simplefilter("ignore")
random = numpy.random.RandomState(20)
later = numpy.random.RandomState(21)  # draws the samples that were added later, so that the others did not change


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


def t_interval(mean, error, degrees, alpha):
    half = student_t_quantile(1 - alpha / 2, degrees) * error
    return [mean - half, mean + half]


def estimate(values, test_to_train, limit):
    """The test of a mean, with Nadeau and Bengio's correction if test_to_train > 0."""
    x = numpy.array(values)
    n = len(x)
    error = x.std(ddof=1) * numpy.sqrt(1 / n + test_to_train)
    p = 2 * stats.t.sf(abs(x.mean()) / error, n - 1)
    equivalence = max(stats.t.cdf((x.mean() - limit) / error, n - 1), stats.t.sf((x.mean() + limit) / error, n - 1))
    if test_to_train == 0:  # where a package has the test, take its numbers
        p = stats.ttest_1samp(x, 0).pvalue
        equivalence = DescrStatsW(x).ttost_mean(-limit, limit)[0]
    return {"values": list(x), "test_to_train": test_to_train, "limit": limit, "standard_error": error, "p": p,
            "equivalence_p": equivalence, "interval": t_interval(x.mean(), error, n - 1, 0.05),
            "interval_of_one_percent": t_interval(x.mean(), error, n - 1, 0.01)}


def equal_spread_over_splits(a, b, test_to_train):
    p = estimate(abs(a - numpy.median(a)) - abs(b - numpy.median(b)), test_to_train, 1)["p"]
    return {"a": list(a), "b": list(b), "test_to_train": test_to_train, "p": p}


def digits(answers):
    return ["".join(str(each) for each in run) for run in answers]


def two_way(a, b):
    """The mean squares of statsmodels' analysis of variance of d ~ seed + image, and what follows from them."""
    d = a - b
    runs, images = d.shape
    seed, image = numpy.indices(d.shape)
    table = anova_lm(ols("d ~ C(seed) + C(image)", pandas.DataFrame(
        {"d": d.ravel(), "seed": seed.ravel(), "image": image.ravel()})).fit())
    by_seed, by_image, rest = table["mean_sq"]
    both = by_seed + by_image - rest
    assert both > max(by_seed, by_image)
    degrees = both**2 / sum(table["mean_sq"]**2 / table["df"])
    error = numpy.sqrt(both / d.size)
    return {"a": digits(a), "b": digits(b),
            "components": [(by_seed - rest) / images, (by_image - rest) / runs, rest],
            "seeds_error": numpy.sqrt(by_seed / d.size), "error": error, "degrees": degrees,
            "seeds_interval": t_interval(d.mean(), numpy.sqrt(by_seed / d.size), runs - 1, 0.05),
            "interval": t_interval(d.mean(), error, degrees, 0.05)}


def mixture(rho, total, squares, one_sided):
    """The mean of exp(slope total - slope^2 squares / 2) over normal slopes of variance rho, or their positive half."""
    def weighed(slope):
        return numpy.exp(slope * total - slope**2 * squares / 2) * stats.norm.pdf(slope, scale=numpy.sqrt(rho))
    peak = total * rho / (1 + rho * squares)
    width = 40 * numpy.sqrt(rho / (1 + rho * squares))
    low, high = peak - width, peak + width
    if one_sided:
        low, high, peak = 0, max(high, width), max(peak, 0)
    found = integrate.quad(weighed, low, high, points=[peak], epsabs=0, epsrel=1e-12, limit=500)[0]
    return 2 * found if one_sided else found


def anytime_p(differences, shift=0.0, one_sided=False):
    x = numpy.array(differences) - shift
    rho = 0.3 / numpy.mean(x[:6]**2)
    evidence = [mixture(rho, x[:n].sum(), (x[:n]**2).sum(), one_sided) for n in range(1, len(x) + 1)]
    best = int(numpy.argmax(evidence))
    if not one_sided and x.sum() * x[:best + 1].sum() <= 0:
        return 1.0
    return min(1.0, 1 / evidence[best])


def anytime(differences, limit):
    x = numpy.array(differences)
    step = x.std()

    def end(sign):
        return optimize.brentq(lambda shift: anytime_p(x, shift) - 0.05, x.mean() + 0.01 * sign * step,
                               x.mean() + 5 * sign * step, xtol=1e-15, rtol=1e-14)

    return {"differences": list(x), "p": anytime_p(x), "limit": limit,
            "equivalence_p": max(anytime_p(limit - x, one_sided=True), anytime_p(limit + x, one_sided=True)),
            "interval": [end(-1), end(1)]}


def anytime_share(events, trials):
    def excess(share):
        return stats.binom.pmf(events, trials, share) - 0.05 / (trials + 1)
    low = 0.0 if events == 0 else optimize.brentq(excess, 0, events / trials, xtol=1e-15)
    high = 1.0 if events == trials else optimize.brentq(excess, events / trials, 1, xtol=1e-15)
    return {"events": events, "trials": trials, "interval": [low, high]}


def unpaired(a, b):
    def welch(x, y, axis):
        return abs(stats.ttest_ind(x, y, axis=axis, equal_var=False).statistic)
    p = stats.permutation_test((a, b), welch, vectorized=True, n_resamples=numpy.inf, alternative="greater").pvalue
    return {"a": list(a), "b": list(b), "p": p}


def sign_flip_interval(differences, level):
    """The ends are means of subsets (Hartigan 1969)."""
    x = numpy.array(differences)
    n = len(x)
    means = sorted(x[list(subset)].mean() for size in range(1, n + 1)
                   for subset in itertools.combinations(range(n), size))
    rank = int(numpy.ceil(level * 2**(n - 1))) - 1
    return {"differences": list(x), "level": level, "interval": [means[rank - 1], means[-rank]]}


def holm(p):
    return {"p": list(p), "adjusted": list(multipletests(p, method="holm")[1])}


def right(runs, images, share, hard, worse=0):
    """Random answers, 1 if right; all runs are wrong on the first `hard` images, and run 0 on the next `worse`, too."""
    answers = (later.uniform(size=(runs, images)) < share).astype(int)
    answers[:, :hard] = 0
    answers[0, hard:hard + worse] = 0
    return answers


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
    "normal_quantile": [{"probability": p, "z": stats.norm.ppf(p)} for p in (1e-9, 0.01, 0.5, 0.8, 0.999995)],
    "student_t_two_sided": [{"t": t, "degrees": d, "p": 2 * stats.t.sf(abs(t), d)}
                            for t in (-0.3, 2.0, 7.5) for d in (1, 4.7, 99)],
    "holm": [holm(later.uniform(size=n)**3 / n) for n in (1, 4, 15)],
    "estimates": [
        estimate(later.normal(0.002, 0.004, 10), 0, 0.004),
        estimate(later.normal(-0.001, 0.004, 30), 0, 0.001),
        estimate(later.normal(0.002, 0.004, 10), 1 / 9, 0.004),
        estimate(later.normal(0.003, 0.004, 25), 0.25, 0.002),
    ],
    "equal_spread_over_splits": [
        equal_spread_over_splits(later.normal(0, 1, 20), later.normal(0, 2, 20), 0.2)],
    "two_way": [
        two_way(right(6, 43, 0.8, 2), right(6, 43, 0.7, 9, 25)),
        two_way(right(20, 64, 0.9, 1), right(20, 64, 0.85, 6, 40)),
    ],
    "anytime": [anytime(later.normal(0.5, 1, n), 2.0) for n in (12, 30, 60)],
    "anytime_share": [anytime_share(*each) for each in ((0, 5), (1, 20), (13, 20), (20, 20))],
    "unpaired": [unpaired(later.normal(0, 1, 5), later.normal(1, 1, 5)),
                 unpaired(later.normal(0, 1, 3), later.normal(1, 2, 9))],
    "sign_flip_interval": [sign_flip_interval(numpy.round(later.normal(0.003, 0.004, n), 4), level)
                           for n, level in ((8, 0.05), (11, 0.05), (12, 0.005))],
}, sys.stdout, indent=1)
sys.stdout.write("\n")
