"""The pages of the register without a browser: opening one, and finding its fields."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

PAGES = Path(__file__).resolve().parents[1] / "pages"
_KINDS = ("text_input", "text_area", "selectbox", "multiselect", "date_input", "checkbox", "radio")
_PART = "[0-9a-f-]{12,36}"


def register_page(name: str, **address: str) -> AppTest:
    """Return a page that ran once."""
    page = AppTest.from_file(str(PAGES / f"{name}.py"), default_timeout=120)
    for key, value in address.items():
        page.query_params[key] = value
    return page.run()


def shown(page: AppTest) -> str:
    """Return all HTML on a page."""
    return "\n".join(block.proto.body for block in page.get("html"))


def labelled(page: AppTest, label: str) -> Any:
    """Return the first line of text with a label."""
    return next(field for field in page.text_input if field.label == label)


def field(page: AppTest, form: str, name: str) -> Any:
    """Return a field of a form, each by its own name."""
    key = re.compile(f"{re.escape(form)}_{_PART}_{name}")
    return next(one for kind in _KINDS for one in page.get(kind) if one.key and key.fullmatch(one.key))


def fill(page: AppTest, form: str, values: dict[str, Any]) -> None:
    """Fill in fields of a form."""
    for name, value in values.items():
        field(page, form, name).set_value(value)


def press(page: AppTest, form: str, label: str = "Bewaar") -> None:
    """Press a button of a form."""
    key = re.compile(f"FormSubmitter:{form}_{_PART}-{label}")
    next(button for button in page.button if button.key and key.fullmatch(button.key)).click().run()


def save_entry(page: AppTest) -> None:
    """Press the button of the form of an entry."""
    press(page, "edit_[^ ]*?")
