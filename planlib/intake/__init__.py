"""A file that somebody throws in: checked before it is opened, looked at in a process with limits, taken in on a word.

``gate`` refuses by size, name and first bytes; ``inspect`` reads it, in a process of its own that ``sandbox`` starts
with limits of time and memory; ``accept`` puts what was confirmed in the area, or nothing at all.
"""

from planlib.intake.accept import (
    Staged,
    add_blocks,
    discard,
    earlier_choices,
    plan_blocks,
    plan_rules,
    rule_block,
    stage,
)
from planlib.intake.gate import MOST_BYTES
from planlib.intake.inspect import Inspection, LayerLook, Repair
from planlib.intake.landing import Landing
from planlib.intake.sandbox import inspect_in_sandbox

__all__ = [
    "MOST_BYTES",
    "Inspection",
    "Landing",
    "LayerLook",
    "Repair",
    "Staged",
    "add_blocks",
    "discard",
    "earlier_choices",
    "inspect_in_sandbox",
    "plan_blocks",
    "plan_rules",
    "rule_block",
    "stage",
]
