"""Writes golden.json: what SciPy and plain enumeration say of the same numbers. Run with Python and SciPy 1.17.1."""

import itertools
import json
import math
import pathlib

import numpy as np
from scipy import special, stats

rng = np.random.default_rng(20261121)


def walsh(d):
    return sorted((d[i] + d[j]) / 2 for i in range(len(d)) for j in range(i, len(d)))


def signed_rank(n, shift, spread):
    d = (shift + spread * rng.standard_normal(n)).tolist()
    interval = {}
    for confidence in (0.9, 0.975):
        # Shifts that a two-sided exact test does not reject: by asking SciPy at every Walsh average.
        averages = walsh(d)
        inside = [
            average
            for average in averages
            if min(
                stats.wilcoxon(np.array(d) - average + eps, alternative=side, method="exact").pvalue
                for eps, side in ((1e-9, "less"), (-1e-9, "greater"))
            )
            > (1 - confidence) / 2
        ]
        possible = 0.5**n <= (1 - confidence) / 2 + 1e-12
        interval[str(confidence)] = [inside[0], inside[-1]] if possible else None
    permutation = (
        stats.permutation_test(
            (np.array(d),),
            lambda x, axis: np.mean(x, axis=axis),
            permutation_type="samples",
            alternative="greater",
            n_resamples=np.inf,
            vectorized=True,
        ).pvalue
        if n <= 14
        else None
    )
    return {
        "differences": d,
        "estimate": float(np.median(walsh(d))),
        "pValue": float(stats.wilcoxon(d, alternative="greater", method="exact").pvalue),
        "interval": interval,
        "sd": float(np.std(d, ddof=1)),
        "permutation": None if permutation is None else float(permutation),
    }


def effect(n):
    a, b = rng.integers(1, 12, n).tolist(), rng.integers(3, 14, n).tolist()
    return {"a": a, "b": b, "a12": float(stats.mannwhitneyu(b, a).statistic) / (n * n)}


def share(hits, tries, confidence):
    low, high = stats.binomtest(hits, tries).proportion_ci(confidence, method="exact")
    return {"hits": hits, "tries": tries, "confidence": confidence, "low": float(low), "high": float(high)}


def beta(x, a, b):
    return {"x": x, "a": a, "b": b, "atMost": float(special.betainc(a, b, x))}


def evidence(before, during, margin):
    upper = stats.binomtest(before[1], before[0]).proportion_ci(0.99, method="exact").high
    accepted = upper + margin
    n, k = during
    density = lambda p: p ** (k - 0.5) * (1 - p) ** (n - k - 0.5)
    from scipy.integrate import quad

    # Scaled by the likelihood at the accepted share, so that nothing underflows.
    ratio = lambda p: math.exp(
        k * math.log(p / accepted) + (n - k) * (math.log1p(-p) - math.log1p(-accepted))
    ) / math.sqrt(p * (1 - p))
    mean = k / n
    points = [accepted + 1e-12, max(mean, accepted + 1e-9), 1]
    mixed = sum(quad(ratio, a, b, limit=500, points=None)[0] for a, b in itertools.pairwise(points) if b > a)
    whole = special.beta(0.5, 0.5) * (1 - special.betainc(0.5, 0.5, accepted))
    return {
        "before": {"requests": before[0], "errors": before[1]},
        "during": {"requests": n, "errors": k},
        "margin": margin,
        "accepted": float(accepted),
        "evidence": float(mixed / whole),
    }


def holm(p):
    order = np.argsort(p)
    adjusted, most = [0.0] * len(p), 0.0
    for rank, place in enumerate(order):
        most = max(most, min(1.0, (len(p) - rank) * p[place]))
        adjusted[place] = most
    return {"p": p, "adjusted": adjusted}


golden = {
    "signedRank": [
        signed_rank(n, shift, spread)
        for n, shift, spread in [(5, 0.1, 0.05), (7, 0.05, 0.07), (10, 0.0, 0.07), (10, 0.1, 0.07), (13, 0.02, 0.1), (16, 0.05, 0.1), (30, 0.03, 0.1)]
    ],
    "effect": [effect(n) for n in (5, 10, 16)],
    "share": [share(h, t, c) for h, t, c in [(0, 40, 0.95), (1, 40, 0.95), (17, 20, 0.95), (20, 20, 0.9), (350, 4000, 0.99)]],
    "beta": [beta(*x) for x in [(0.3, 2, 5), (0.01, 0.5, 3000.5), (0.02, 40.5, 1000.5), (0.999, 3, 0.5), (0.5, 200, 200)]],
    "evidence": [evidence((3000, 3), (500, 20), 0.005), evidence((3000, 0), (300, 2), 0.005), evidence((1000, 10), (2000, 24), 0.01)],
    "normal": [[p, float(stats.norm.ppf(p))] for p in (0.001, 0.0125, 0.05, 0.3, 0.5, 0.8, 0.95, 0.9875, 0.999)],
    "holm": [holm([0.01, 0.04, 0.03]), holm([0.2, 0.001, 0.03, 0.03])],
}
pathlib.Path(__file__).with_name("golden.json").write_text(json.dumps(golden, indent=1) + "\n")
