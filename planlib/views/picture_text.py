"""Text and legend on a drawn page, in the one font that comes with matplotlib, wrapped by its own measures."""

from __future__ import annotations

import unicodedata
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planlib.model import Outcome
from planlib.views.looks import LOOKS, Look

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from matplotlib.ft2font import FT2Font

INK = "#1a1a1a"
#: Lines per em.
_LEADING = 1.3
#: What a character that the font does not have is drawn as.
_UNKNOWN = "\N{WHITE SQUARE}"
_HATCHES = {"plain": "", "dots": "..", "hatch": "////", "cross": "xxxx"}
#: Width in points of the lines of a pattern; dots have no lines.
_HATCH_WIDTH = {"plain": 0.0, "dots": 0.0, "hatch": 0.9, "cross": 0.6}


def font_file(*, bold: bool = False) -> Path:
    """Return the font: it comes with matplotlib, so a picture looks the same on every machine."""
    import matplotlib as mpl

    return Path(mpl.get_data_path()) / "fonts" / "ttf" / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")


def fill(look: Look) -> dict[str, Any]:
    """Return the properties of a patch in the look of an outcome, without its outline."""
    return {
        "facecolor": look.ground,
        "hatch": _HATCHES[look.pattern],
        "hatchcolor": look.ink,
        "hatch_linewidth": _HATCH_WIDTH[look.pattern],
        "linewidth": 0,
    }


def one_line(text: str) -> str:
    """Return text on one line, without characters that control rather than show."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(char for char in plain if unicodedata.category(char) not in {"Cc", "Cf", "Cs"})


class Page:
    """A figure that text is written on from top to bottom; places and widths are shares of the page."""

    def __init__(self, figure: Figure) -> None:
        self._figure = figure

    @cached_property
    def _fonts(self) -> dict[bool, FT2Font]:
        from matplotlib.ft2font import FT2Font

        return {bold: FT2Font(str(font_file(bold=bold))) for bold in (False, True)}

    def text(
        self, x: float, y: float, text: str, *, size: float, width: float, bold: bool = False, most_lines: int = 20
    ) -> float:
        """Write text below ``y`` and return where it ends; after ``most_lines`` it is cut, with a sign that it was."""
        for line in self._wrapped(text, size=size, bold=bold, width=width, most_lines=most_lines):
            self.line(x, y, line, size=size, bold=bold)
            y -= self.line_height(size)
        return y

    def line(self, x: float, y: float, text: str, *, size: float, bold: bool = False, right: bool = False) -> None:
        """Write one line with its top at ``y``, from ``x`` or up to it."""
        self._figure.text(
            x,
            y,
            self.drawable(text, bold=bold),
            fontproperties=self.font(size, bold=bold),
            color=INK,
            va="top",
            ha="right" if right else "left",
            parse_math=False,
        )

    def legend_entry(self, x: float, y: float, outcome: Outcome, name: str, told: str, *, width: float) -> float:
        """Draw the swatch of an outcome with its name and area, and return where it ends."""
        from matplotlib.patches import Rectangle

        wide, high = self._figure.get_size_inches()
        swatch = 0.42 / wide, 0.26 / high
        look = LOOKS[outcome]
        self._figure.add_artist(
            Rectangle((x, y - swatch[1]), *swatch, transform=self._figure.transFigure, **fill(look))
        )
        self._figure.add_artist(
            Rectangle(
                (x, y - swatch[1]),
                *swatch,
                transform=self._figure.transFigure,
                fill=False,
                edgecolor=look.outline,
                linewidth=0.8,
            )
        )
        beside = x + swatch[0] + 0.008
        end = self.text(beside, y + 0.002, name, size=9.5, width=width - swatch[0] - 0.008, most_lines=2)
        self.line(beside, end + 0.001, told, size=9.5, bold=True)
        return min(y - swatch[1], end - self.line_height(9.5)) - 0.008

    def lines_above(self, y: float, bottom: float, *, size: float) -> int:
        """Return how many lines fit between two heights."""
        return int((y - bottom) / self.line_height(size))

    def line_height(self, size: float) -> float:
        """Return the height of a line as a share of the page."""
        return size * _LEADING / 72 / self._figure.get_size_inches()[1]

    def font(self, size: float, *, bold: bool = False) -> FontProperties:
        """Return the font in a size in points."""
        from matplotlib.font_manager import FontProperties

        return FontProperties(fname=str(font_file(bold=bold)), size=size)

    def drawable(self, text: str, *, bold: bool = False) -> str:
        """Return text as one line that the font can draw."""
        known = self._fonts[bold].get_charmap()
        return "".join(char if ord(char) in known else _UNKNOWN for char in one_line(text))

    def _wrapped(self, text: str, *, size: float, bold: bool, width: float, most_lines: int) -> list[str]:
        lines: list[str] = []
        for word in self.drawable(text, bold=bold).split(" "):
            together = f"{lines[-1]} {word}" if lines else word
            if lines and self._width(together, size=size, bold=bold) <= width:
                lines[-1] = together
            else:
                lines.append(word)
        if len(lines) <= most_lines:
            return lines
        last = lines[most_lines - 1]
        while last and self._width(f"{last} …", size=size, bold=bold) > width:
            last = last[:-1]
        return [*lines[: most_lines - 1], f"{last} …"]

    def _width(self, text: str, *, size: float, bold: bool) -> float:
        font = self._fonts[bold]
        # Measured large: small sizes are rounded to whole dots.
        font.set_size(100, 72)
        font.set_text(text, 0.0)
        return font.get_width_height()[0] / 64 * size / 100 / 72 / self._figure.get_size_inches()[0]
