"""What was noticed while reading data: never silent, always with what was done about it."""

from __future__ import annotations

from dataclasses import dataclass

from planlib.model.vocabulary import Severity

#: Severity -> who must act. What is changed here is changed for this map only; mending it is for who keeps the data.
WHO_ACTS = {Severity.ERROR: "giver", Severity.WARNING: "keeper", Severity.NOTE: "nobody"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed in a file or layer.

    Attributes
    ----------
    severity
        ``error`` refuses the input, ``warning`` changed or dropped something, ``note`` is for information.
    where
        File, layer or rule id it was found in.
    row
        Zero-based row in the file, or None when it is about the whole.
    problem, action
        What is wrong and what was done, each a short English sentence.
    area_before_m2, area_after_m2
        Area of the row before and after a repair; None where there is no area to speak of.
    """

    severity: Severity
    where: str
    row: int | None
    problem: str
    action: str
    area_before_m2: float | None = None
    area_after_m2: float | None = None

    @property
    def who(self) -> str:
        """Who must act: the ``giver`` of what is refused, the ``keeper`` of what had to be changed, or ``nobody``."""
        return WHO_ACTS[self.severity]
