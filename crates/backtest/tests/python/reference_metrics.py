"""Figures of the same daily returns by empyrical and quantstats, for a test to hold ours against.

    python3 -m venv target/reference
    target/reference/bin/pip install -r crates/backtest/tests/python/requirements.txt
    target/reference/bin/python crates/backtest/tests/python/reference_metrics.py           # compares
    target/reference/bin/python crates/backtest/tests/python/reference_metrics.py --write   # writes anew

Without `--write` the committed figures are computed again and compared to a part in 10^12, so that a
machine with another libm agrees; code 1 and the difference when they do not. Years have 365 days. A
figure that a package leaves undefined (nan, infinite) is null.
"""

import json
import math
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

warnings.filterwarnings("ignore")

import empyrical  # noqa: E402
import numpy  # noqa: E402
import pandas  # noqa: E402
import quantstats.stats as quantstats  # noqa: E402
import scipy.stats  # noqa: E402

HERE = Path(__file__).resolve().parent / "reference_metrics.json"
YEAR = 365
FIRST_DAY = "2023-01-01"


class Random:
    """Numbers in [0, 1) by splitmix64, which depend on no package."""

    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & mask
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & mask
        return ((mixed ^ (mixed >> 31)) >> 11) / (1 << 53)

    def bell(self):
        return sum(self.uniform() for _ in range(12)) - 6.0


def bells(seed, days, drift, spread):
    random = Random(seed)
    return [round(drift + spread * random.bell(), 9) for _ in range(days)]


def fat(seed, days):
    """Calm days with a wild one among twelve, and two crashes."""
    random = Random(seed)
    returns = []
    for day in range(days):
        wild = 6.0 if random.uniform() < 1 / 12 else 1.0
        returns.append(round(0.0005 + 0.012 * wild * random.bell(), 9))
        if day in (201, 602):
            returns[-1] = -0.27
    return returns


def sparse(seed, days):
    """Mostly nothing: a strategy that is in the market one day in nine."""
    random = Random(seed)
    return [round(0.02 * random.bell(), 9) if day % 9 == 4 else 0.0 for day in range(days)]


SERIES = [
    ("rising", "a year of small days with a drift upwards", bells(11, 365, 0.0014, 0.011)),
    ("falling", "half a year of small days with a drift downwards", bells(2, 181, -0.0017, 0.016)),
    ("fat", "three years with wild days and two crashes", fat(3, 1095)),
    ("sparse", "a year in which most days are nothing", sparse(4, 365)),
    ("tiny", "two months of days of a few hundredths of a percent", bells(5, 61, 1e-4, 4e-4)),
    ("short", "nine days, written by hand", [0.01, -0.02, 0.005, 0.0, 0.03, -0.011, 0.002, -0.004, 0.007]),
    ("under water from the first day", "loses at once and never comes back", [-0.05, 0.01, 0.01, -0.02, 0.012]),
    ("one loss", "gains but for one day", [0.01, 0.02, 0.015, -0.001, 0.03, 0.002]),
    ("only gains", "no day lost: no Sortino, no profit factor, no drawdown", [0.01, 0.02, 0.015, 0.001]),
    ("only losses", "no day won", [-0.01, -0.02, -0.015, -0.001]),
    ("nothing", "no day moved", [0.0] * 12),
]


def probabilistic_sharpe(returns):
    """Bailey and Lopez de Prado 2012, from scipy's moments of the population.

    quantstats's own subtracts 3 from a kurtosis that is in excess already, and is another figure.
    """
    ratio = returns.mean() / returns.std(ddof=1)
    skew = scipy.stats.skew(returns, bias=True)
    kurtosis = scipy.stats.kurtosis(returns, fisher=False, bias=True)
    scale = math.sqrt(1.0 - skew * ratio + (kurtosis - 1.0) / 4.0 * ratio**2)
    return scipy.stats.norm.cdf(ratio * math.sqrt(len(returns) - 1.0) / scale)


def figures(values):
    """By figure, then by package."""
    days = pandas.date_range(FIRST_DAY, periods=len(values), freq="D")
    returns = pandas.Series(values, index=days, dtype=float)
    under = quantstats.to_drawdown_series(returns)
    trough = (under.idxmin() - days[0]).days + 1 if under.min() < 0.0 else math.nan
    found = {
        "sharpe": {
            "empyrical": empyrical.sharpe_ratio(returns, annualization=YEAR),
            "quantstats": quantstats.sharpe(returns, periods=YEAR),
        },
        "sortino": {
            "empyrical": empyrical.sortino_ratio(returns, annualization=YEAR),
            "quantstats": quantstats.sortino(returns, periods=YEAR),
        },
        "cagr_pct": {
            "empyrical": 100.0 * empyrical.cagr(returns, annualization=YEAR),
            "quantstats": 100.0 * quantstats.cagr(returns, periods=YEAR),
        },
        "max_drawdown_pct": {
            "empyrical": -100.0 * empyrical.max_drawdown(returns),
            "quantstats": -100.0 * quantstats.max_drawdown(returns),
        },
        "calmar": {
            "empyrical": empyrical.calmar_ratio(returns, annualization=YEAR),
            "quantstats": defined(lambda: quantstats.calmar(returns, periods=YEAR)),
        },
        "total_return_pct": {
            "empyrical": 100.0 * empyrical.cum_returns_final(returns),
            "quantstats": 100.0 * quantstats.comp(returns),
        },
        "expectancy": {"numpy": numpy.mean(values)},
        "trough_day": {"quantstats": trough},
        "probabilistic_sharpe": {"scipy": probabilistic_sharpe(numpy.array(values))},
    }
    if any(values):
        # Of days that are all nothing quantstats says 0, and ours that it is undefined.
        found["profit_factor"] = {"quantstats": quantstats.profit_factor(returns)}
    if 0.0 not in values:
        # quantstats counts the share of days that moved, ours the share of all.
        found["win_rate_pct"] = {"quantstats": 100.0 * quantstats.win_rate(returns)}
    return {name: {by: number(value) for by, value in row.items()} for name, row in found.items()}


def defined(figure):
    """A figure that may divide by nothing."""
    try:
        return figure()
    except ZeroDivisionError:
        return math.nan


def number(value):
    value = float(value)
    return value if math.isfinite(value) else None


def document():
    packages = ["empyrical-reloaded", "quantstats", "numpy", "pandas", "scipy"]
    return {
        "made_by": "crates/backtest/tests/python/reference_metrics.py",
        "packages": {name: version(name) for name in packages},
        "year_days": YEAR,
        "series": [
            {"name": name, "what": what, "returns": returns, "figures": figures(returns)}
            for name, what, returns in SERIES
        ],
    }


def written(found):
    """JSON with the returns of a series on one line."""
    lists = {f'"list {at}"': json.dumps(one["returns"]) for at, one in enumerate(found["series"])}
    named = [{**one, "returns": f"list {at}"} for at, one in enumerate(found["series"])]
    text = json.dumps({**found, "series": named}, indent=1)
    for name, values in lists.items():
        text = text.replace(name, values)
    return text + "\n"


def differences(old, new, place=""):
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from differences(old.get(key), new.get(key), f"{place}/{key}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for at, (one, other) in enumerate(zip(old, new)):
            yield from differences(one, other, f"{place}/{at}")
    elif isinstance(old, float) and isinstance(new, float):
        if not math.isclose(old, new, rel_tol=1e-12, abs_tol=1e-15):
            yield f"{place}: {old!r} is on record, {new!r} was found"
    elif old != new:
        yield f"{place}: {old!r} is on record, {new!r} was found"


def main():
    found = document()
    if "--write" in sys.argv:
        HERE.write_text(written(found))
        print(f"written: {HERE.name}, {len(found['series'])} series")
        return 0
    wrong = list(differences(json.loads(HERE.read_text()), found))
    for line in wrong:
        print(line, file=sys.stderr)
    if not wrong:
        print(f"{len(found['series'])} series: the figures on record are those of {found['packages']}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
