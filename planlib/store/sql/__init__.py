"""What the two stores say to their databases in SQL of their own; one statement per paragraph."""

from __future__ import annotations

from importlib.resources import files


def statements(name: str, *, table: str = "") -> list[str]:
    """Return the statements in a file of this folder, for a table of ours where they are about one."""
    text = (files(__name__) / f"{name}.sql").read_text(encoding="utf-8")
    return [statement.replace("{table}", table) for statement in text.split("\n\n")]
