"""What was noticed while reading data: never silent, always with what was done about it."""

from __future__ import annotations

from dataclasses import dataclass

from planlib.model.vocabulary import Severity


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
