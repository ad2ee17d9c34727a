"""How old the data of a rule is, and from when on that is called old."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from planlib.model import Constraint
from planlib.sources import Provenance, provenances_of
from planlib.sources.services import OldAfter, old_after


@dataclass(frozen=True, slots=True)
class Freshness:
    """The age of a layer.

    Attributes
    ----------
    since
        The day its age counts from: when it was last asked for, or of which day the file is; None when nobody said.
    age_days
        Days from then on; None without a day.
    limit
        From how many days on it is called old, and why. It counts all the same.
    fetched
        Where its layers come from; empty for a file that was put there by hand.
    """

    since: date | None
    age_days: int | None
    limit: OldAfter
    fetched: tuple[Provenance, ...] = ()

    @property
    def is_old(self) -> bool:
        """Whether a reader must be told."""
        return self.age_days is not None and self.age_days > self.limit.days


def freshness(rule: Constraint, on: date) -> Freshness:
    """Return how old the data of a rule is on a day."""
    fetched = () if rule.source is None else provenances_of(rule.source.path)
    return _aged(fetched, rule.source_date, on)


def layer_freshness(fetched: tuple[Provenance, ...], on: date) -> Freshness:
    """Return how old a layer is that is no rule's, such as the parcels."""
    return _aged(fetched, None, on)


def old_rules(rules: Iterable[Constraint], on: date) -> list[tuple[Constraint, Freshness]]:
    """Return the rules whose data is old on a day, the oldest first."""
    found = [(rule, fresh) for rule in rules if not rule.coverage.is_none and (fresh := freshness(rule, on)).is_old]
    return sorted(found, key=lambda pair: (-(pair[1].age_days or 0), pair[0].id))


def _aged(fetched: tuple[Provenance, ...], source_date: date | None, on: date) -> Freshness:
    oldest = min(fetched, key=lambda about: about.retrieved_at, default=None)
    since = source_date if oldest is None else oldest.retrieved_at.date()
    # A file may carry a day that is still to come; then it is as new as can be.
    age = None if since is None else max(0, (on - since).days)
    return Freshness(since, age, old_after(None if oldest is None else oldest.url), fetched)
