"""Where the pages stand, for whoever lists them or leads from one to another."""

from __future__ import annotations

from pathlib import Path

_PAGES = Path(__file__).parents[2] / "pages"
FREE_SPACE = _PAGES / "vrije_ruimte.py"
PROJECTOR = _PAGES / "beamer.py"
THEMES = _PAGES / "themas.py"
DATA = _PAGES / "gegevens.py"
INITIATIVES = _PAGES / "initiatieven.py"
BRONPUNTEN = _PAGES / "bronpunten.py"
COMPARE = _PAGES / "vergelijk.py"
FIT = _PAGES / "past_dit.py"
TIGHT = _PAGES / "knelpunten.py"

#: Every page with its name, in the order of the bar; the first one opens without a path. A new page is a line here.
PAGE_NAMES = {
    FREE_SPACE: "Free space",
    TIGHT: "Which rule holds it back?",
    COMPARE: "Compare",
    FIT: "Would it fit here?",
    INITIATIVES: "Initiatives",
    BRONPUNTEN: "Bronpunten",
    THEMES: "Themes and places",
    DATA: "Data",
    PROJECTOR: "Projector",
}


def page_path(page: Path) -> str:
    """Return how a page is called in the address: ``pages/vrije_ruimte.py`` is ``vrije-ruimte``."""
    return page.stem.replace("_", "-")
