"""The sentences that planlib can say on a screen, and which of them have no translation yet.

``python tools/messages.py`` prints the missing ones as entries for ``planlib/text/locale/nl.po``.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
CATALOG = ROOT / "planlib" / "text" / "locale" / "nl.po"
#: Tables of words by a key end in one of these, by convention.
_TABLES = ("_NAMES", "_STEPS")
#: What a reader of a TOML table puts before its own sentence (planlib/model/table.py).
_REFUSAL = "{file}: {place}: "


def sentences() -> set[str]:
    """Return every sentence in the code that goes through ``words``, and every sentence of an error."""
    files = [*(ROOT / "planlib").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    found: set[str] = set()
    for path in files:
        # The command line speaks English only (DESIGN 8).
        if "node_modules" not in path.parts and "cli" not in path.parts:
            found.update(_sentences_in(ast.parse(path.read_text(encoding="utf-8"))))
    return found


def translations() -> dict[str, str]:
    """Return the translated sentences of the Dutch catalogue; a plural stands under its singular."""
    with CATALOG.open("rb") as stream:
        catalog = read_po(stream, locale="nl")
    result = {}
    for message in catalog:
        key = message.id if isinstance(message.id, str) else message.id[0]
        forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
        if key:
            result[key] = "|".join(forms) if all(forms) else ""
    return result


def missing() -> list[str]:
    """Return the sentences without a translation, in order."""
    known = translations()
    return sorted(sentence for sentence in sentences() if not known.get(sentence))


def _sentences_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _said(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id.endswith(_TABLES) for target in targets):
                yield from (text for value in node.value.values if (text := _text(value)))


def _said(call: ast.Call) -> Iterator[str]:
    if not call.args or (text := _text(call.args[0])) is None:
        return
    match call.func:
        case (
            ast.Name(id="words") | ast.Attribute(value=ast.Name(id="words" | "self"), attr="some") | ast.Name(id="self")
        ):
            yield text
        case ast.Name(id=name) | ast.Attribute(attr=name) if name.endswith("Error") and name != "ValueError":
            yield text
        case ast.Attribute(attr="refuse"):
            yield _REFUSAL + text


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


if __name__ == "__main__":
    for sentence in missing():
        escaped = sentence.replace("\\", "\\\\").replace('"', '\\"')
        sys.stdout.write(f'msgid "{escaped}"\nmsgstr ""\n\n')
