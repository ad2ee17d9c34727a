"""How the cost of a build grows with the number of parcels and of rules."""

from __future__ import annotations

from benchmarks.figures import Figure, Part, Setting
from benchmarks.measure import exponent

_RULES = (5, 10, 20, 40, 60)


def measure(setting: Setting) -> Part:
    """Fit time ~ size ** exponent over three sizes, and over five numbers of rules."""
    sizes = list(dict.fromkeys(("small", setting.middle, setting.large)))
    by_size = [setting.builds.quickest(size) for size in sizes]
    by_rules = [setting.builds.quickest(setting.middle, rules=rules) for rules in _RULES]
    parcels = [built.parcels for built in by_size]
    cells = [built.cells for built in by_rules]
    figures = [
        Figure(f"{built.parcels:,} parcels x 20 rules", built.run.seconds, "s", note=f"{built.cells:,} cells")
        for built in by_size
    ]
    figures += [
        Figure("exponent in parcels, wall time", exponent(parcels, [built.run.seconds for built in by_size])),
        Figure("exponent in parcels, CPU time", exponent(parcels, [built.run.cpu_seconds for built in by_size])),
    ]
    if len(by_size) > 2:
        figures.append(
            Figure(
                "exponent in parcels between the two largest, wall time",
                exponent(parcels[-2:], [built.run.seconds for built in by_size[-2:]]),
                note="start-up weighs on the smallest",
            )
        )
    figures += [
        Figure(
            f"{by_rules[0].parcels:,} parcels x {rules} rules", built.run.seconds, "s", note=f"{built.cells:,} cells"
        )
        for rules, built in zip(_RULES, by_rules, strict=True)
    ]
    seconds = [built.run.seconds for built in by_rules]
    figures += [
        Figure("exponent in rules, wall time", exponent(_RULES, seconds)),
        Figure("exponent in rules, 20 to 60", exponent(_RULES[2:], seconds[2:])),
        Figure("exponent in cells as rules grow, wall time", exponent(cells, seconds)),
    ]
    details = {
        "parcels": {str(built.parcels): built.run.figures() for built in by_size},
        "rules": {str(rules): built.run.figures() for rules, built in zip(_RULES, by_rules, strict=True)},
    }
    return Part("growth", "Growth: time against parcels and rules (1 = linear)", tuple(figures), details)
