"""Where the pages stand, for whoever lists them or leads from one to another."""

from __future__ import annotations

from pathlib import Path

_PAGES = Path(__file__).parents[2] / "pages"
FREE_SPACE = _PAGES / "vrije_ruimte.py"
PROJECTOR = _PAGES / "beamer.py"
THEMES = _PAGES / "themas.py"
DATA = _PAGES / "gegevens.py"
