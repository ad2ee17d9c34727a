"""A new file on its way into the area, on the page *Gegevens*: chosen, looked into, asked about, taken in or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import streamlit as st

from planlib.catalogue import read_catalogue
from planlib.errors import PlanlibError
from planlib.intake import (
    Inspection,
    LayerLook,
    Staged,
    add_blocks,
    discard,
    earlier_choices,
    inspect_in_sandbox,
    plan_blocks,
    plan_rules,
    rule_block,
    stage,
)
from planlib.model import LocalText, Severity
from planlib.scenario import Assessment
from planlib.text.escape import safe
from planlib.text.findings import finding_text
from planlib.text.words import Words
from planlib.ui.loading import forget_release
from planlib.ui.repair_picture import repair_picture
from planlib.ui.where_it_lies import ask_where, show_where

_RULE, _PLAN = "rule", "plan"
KIND_NAMES = {_RULE: "the data of one rule", _PLAN: "a plan (IMRO, GIO): each kind of object its own rule"}
#: Columns that tell kinds of object apart, in a zoning plan and in a GIO.
_TELLING = ("bestemming", "groep", "normwaarde", "naam")
#: Findings of one kind that are drawn; all of them are counted.
_MOST_SAID = 100
_FLAT = {"point", "multipoint", "linestring", "multilinestring"}
ACTION_NAMES = {
    "error": "you are to act: mend the file, or ask who made it",
    "warning": "for this map only: who keeps the data can mend it there",
    "note": "nobody has to act",
}
SEVERITY_NAMES = {"error": "refused", "warning": "mended or left out", "note": "to know"}


def new_file(assessment: Assessment, words: Words) -> None:
    """Draw the way of a new file into the area: choose it, see what is said of it, say what it is, confirm or not."""
    release = assessment.release
    st.text(words("Files are read in a process of their own; nothing of a file that is refused stays here."))
    given = st.file_uploader(
        words("A map layer: GeoPackage, zipped Shapefile, GeoJSON, GML (IMRO, GIO), FlatGeobuf, GeoParquet or CSV"),
        key=f"upload_{st.session_state.setdefault('upload_turn', 0)}",
    )
    if given is None:
        _forget()
        if said := st.session_state.pop("upload_said", ""):
            st.success(said)
        return
    st.session_state.pop("upload_said", None)
    waiting = _waiting(release.area.path, given.name, given.file_id, given.getvalue(), words)
    if waiting is None:
        return
    staged, seen = waiting
    if seen.ask:
        _ask(given.file_id, staged, seen, assessment, words)
        return
    findings_list(seen.findings, words)
    if seen.refused:
        st.html(f'<p class="pl-problem" role="alert">{safe(words("This file cannot be used as it is."))}</p>')
        return
    layer = _pick_layer(seen.layers, words)
    _about_layer(layer, words)
    show_where(layer.lies, assessment, words)
    blocks = _blocks(staged, layer, words)
    yes, no = st.columns(2)
    if blocks and yes.button(words("Take it into the area"), type="primary", key="upload_accept"):
        _take_in(staged, blocks, words)
    if no.button(words("Throw it away"), key="upload_discard"):
        _throw_away()


def findings_list(findings: Sequence[dict[str, object]], words: Words) -> None:
    """Draw findings, the gravest first, counted per kind, with who is to act."""
    order = {str(severity): rank for rank, severity in enumerate(Severity)}
    counts = Counter(str(finding["severity"]) for finding in findings)
    kinds = sorted(counts, key=order.__getitem__)
    said = ", ".join(f"{words(SEVERITY_NAMES[name])}: {counts[name]}" for name in kinds)
    parts = [
        f"<p><b>{safe(words(SEVERITY_NAMES[name]))}</b> ({safe(words(ACTION_NAMES[name]))})</p>"
        + _items([finding for finding in findings if finding["severity"] == name][:_MOST_SAID], words)
        for name in kinds
    ]
    st.html(
        f'<div class="pl-card"><details class="pl-rule" open><summary>{safe(words("What was seen"))}: {safe(said)}'
        f"</summary>{''.join(parts)}</details></div>"
    )


def _items(findings: Sequence[dict[str, object]], words: Words) -> str:
    said = [f"{_where(one, words)}: {safe(finding_text(str(one['problem']), words))}" for one in findings]
    items = (f"<li>{text}{_done(one, words)}</li>" for text, one in zip(said, findings, strict=True))
    return f'<ul class="pl-open">{"".join(items)}</ul>'


def _waiting(
    area_folder: Path, name: str, file_id: str, content: bytes, words: Words
) -> tuple[Staged, Inspection] | None:
    """Return the file that waits and what it holds, looked into once; None, with the reason, when it is refused."""
    now = st.session_state.get("waiting_upload")
    if now is not None and now[0] == file_id:
        return now[1], now[2]
    _forget()
    staged = None
    try:
        staged = stage(area_folder, name, content)
        with st.spinner(words("Reading the file…")):
            seen = inspect_in_sandbox(staged.path)
    except PlanlibError as problem:
        if staged is not None:
            discard(staged)
        st.html(f'<p class="pl-problem" role="alert">{safe(words.error(problem))}</p>')
        return None
    if seen.refused:
        discard(staged)
    st.session_state["waiting_upload"] = (file_id, staged, seen)
    return staged, seen


def _ask(file_id: str, staged: Staged, seen: Inspection, assessment: Assessment, words: Words) -> None:
    """Ask where the file lies, and look into it again when that was said; until then nothing is taken over."""
    crs = ask_where(seen.ask, assessment, words)
    if crs is not None:
        try:
            with st.spinner(words("Reading the file…")):
                again = inspect_in_sandbox(staged.path, crs=crs)
        except PlanlibError as problem:
            _forget()
            st.html(f'<p class="pl-problem" role="alert">{safe(words.error(problem))}</p>')
            return
        if again.refused:
            discard(staged)
        st.session_state["waiting_upload"] = (file_id, staged, again)
        st.rerun()
    if st.button(words("Throw it away"), key="upload_discard"):
        _throw_away()


def _throw_away() -> None:
    _forget()
    _empty()
    st.rerun()


def _empty() -> None:
    """Let the next run ask for another file; the one that was dealt with would be looked into again."""
    st.session_state["upload_turn"] += 1


def _forget() -> None:
    """Throw away what waits, if anything does."""
    now = st.session_state.pop("waiting_upload", None)
    if now is not None:
        discard(now[1])


def _pick_layer(layers: Sequence[LayerLook], words: Words) -> LayerLook:
    if len(layers) == 1:
        return layers[0]
    at = st.selectbox(
        words("Which layer?"), range(len(layers)), format_func=lambda at: layers[at].name, key="upload_layer"
    )
    return layers[int(at or 0)]


def _about_layer(layer: LayerLook, words: Words) -> None:
    said = words("{count} rows, in {crs}.", count=words.number(layer.rows), crs=layer.crs[:40])
    st.html(f'<p class="pl-quiet">{safe(said)}</p>')
    for repair in layer.repairs:
        caption = words(
            "Row {row}: before {before}, after {after}",
            row=repair.row,
            before=words.exact_area(repair.area_before_m2),
            after=words.exact_area(repair.area_after_m2),
        )
        st.image(repair_picture(repair), caption=caption, width=360)


def _blocks(staged: Staged, layer: LayerLook, words: Words) -> list[dict[str, object]]:
    """Draw the question what the layer is, and return the rules that the answer makes."""
    kind = st.segmented_control(
        words("What is it?"),
        list(KIND_NAMES),
        format_func=lambda name: words(KIND_NAMES[name]),
        default=_RULE,
        required=True,
        key="upload_kind",
    )
    dated = st.date_input(words("Data of"), value=None, format="DD-MM-YYYY", key="upload_date")
    if not isinstance(dated, date):
        st.text(words("Say of which day the data is: every number names its date."))
        return []
    if kind == _PLAN:
        return _plan(staged, layer, dated, words)
    titles = {
        rule_id: LocalText(**block["title"]).in_language(words.language)
        for rule_id, block in read_catalogue().rules.items()
    }
    rule_id = st.selectbox(
        words("Which rule?"),
        sorted(titles, key=titles.__getitem__),
        format_func=lambda name: titles[name],
        index=None,
        placeholder=words("choose a rule of the catalogue"),
        key="upload_rule",
    )
    everywhere = st.checkbox(
        words("It was surveyed in the whole area: where it is not drawn, it is not"), key="upload_all"
    )
    if rule_id is None or not everywhere:
        st.text(words("Only data that was surveyed in the whole area can say that something is not there."))
        return []
    keys = {"source_date": dated, "coverage": "all", "crs": layer.named_crs or None}
    if set(layer.kinds) & _FLAT and not read_catalogue().rules[rule_id].get("buffer_m"):
        around = st.number_input(
            words("How far around it does the rule hold, in metres?"), min_value=0.0, value=None, key="upload_buffer"
        )
        if not around:
            st.text(words("Points and lines have no area of their own, so a rule needs a distance around them."))
            return []
        keys["buffer_m"] = float(around)
    return [rule_block(rule_id, staged, layer.name, **keys)]


def _plan(staged: Staged, layer: LayerLook, dated: date, words: Words) -> list[dict[str, object]]:
    columns = [name for name, values in layer.columns.items() if len(values) > 1]
    if not columns:
        st.text(words("This layer has no column with a small number of different values."))
        return []
    telling = [name for word in _TELLING for name in columns if word in name.casefold()]
    likely = next((name for name in telling if name.casefold() in _TELLING), (telling or columns)[0])
    column = str(
        st.selectbox(
            words("Which column tells the kinds apart?"), columns, index=columns.index(likely), key="upload_column"
        )
    )
    earlier = _earlier(staged, column)
    if earlier:
        st.text(words("Chosen as before, when a file of this name was taken in; what is new is proposed."))
    proposed = plan_rules(list(layer.columns[column])) | earlier
    titles = {"": words("limits nothing")} | {
        rule_id: LocalText(**block["title"]).in_language(words.language)
        for rule_id, block in read_catalogue().rules.items()
        if rule_id.startswith("zoning_")
    }
    chosen = {
        value: str(
            st.selectbox(
                f"{value} ({words.number(count)})",
                list(titles),
                index=list(titles).index(proposed[value]) if proposed[value] in titles else 0,
                format_func=lambda rule_id: titles[rule_id],
                key=f"upload_value_{column}_{value}",
            )
            or ""
        )
        for value, count in layer.columns[column].items()
    }
    return plan_blocks(staged, layer.name, column, chosen, source_date=dated, crs=layer.named_crs or None)


def _earlier(staged: Staged, column: str) -> dict[str, str]:
    try:
        return earlier_choices(staged, column)
    except PlanlibError:
        # An area file that cannot be read is told when the file is taken in.
        return {}


def _take_in(staged: Staged, blocks: Sequence[dict[str, object]], words: Words) -> None:
    try:
        ids = add_blocks(staged, blocks)
    except PlanlibError as problem:
        st.html(f'<p class="pl-problem" role="alert">{safe(words.error(problem))}</p>')
        return
    st.session_state.pop("waiting_upload", None)
    _empty()
    forget_release()
    said = words.some(
        "{count} rule now uses this file. The map is being made again.",
        "{count} rules now use this file. The map is being made again.",
        len(ids),
    )
    st.session_state["upload_said"] = said
    st.rerun()


def _where(finding: dict[str, object], words: Words) -> str:
    row = finding.get("row")
    where = safe(finding["where"])
    return where if row is None else f"{where}, {safe(words('row {row}', row=row))}"


def _done(finding: dict[str, object], words: Words) -> str:
    action = str(finding["action"])
    return "" if action == "nothing" else f"; {safe(finding_text(action, words))}"
