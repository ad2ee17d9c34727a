"""What stands behind the map, on the page *Gegevens*: what each rule's data is worth, and the parcels."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from planlib.insight.layer_report import LayerReport
from planlib.model import Finding
from planlib.text.escape import safe
from planlib.text.findings import finding_text
from planlib.text.words import Words
from planlib.views.sentences import CONFIDENCE_NAMES


def data_table(reports: Sequence[LayerReport], words: Words) -> None:
    """Draw one row per rule: its data, how old it is, where it was surveyed, what was mended, how sure the law is."""
    heads = (
        words("rule"),
        words("shapes"),
        words("data of"),
        words("surveyed"),
        words("mended or left out"),
        words("how sure"),
    )
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in _row(report, words))}</tr>" for report in reports)
    head = "".join(f'<th scope="col">{safe(title)}</th>' for title in heads)
    caption = safe(words("The data of every rule"))
    st.html(f'<table class="pl-table"><caption>{caption}</caption><thead><tr>{head}</tr></thead>{rows}</table>')


def parcels_note(findings: Sequence[Finding], words: Words) -> None:
    """Draw what is to be said about the parcels."""
    if findings:
        items = "".join(
            f"<li>{safe(finding_text(finding.problem, words))}; {safe(finding_text(finding.action, words))}</li>"
            for finding in findings
        )
        st.html(
            f'<div class="pl-card"><h4>{safe(words("About the parcels"))}</h4><ul class="pl-open">{items}</ul></div>'
        )


def _row(report: LayerReport, words: Words) -> list[str]:
    rule = report.rule
    title = safe(rule.title.in_language(words.language))
    if rule.coverage.is_none:
        ask = safe(rule.ask.in_language(words.language)) if rule.ask else ""
        return [title, "–", "–", f"<b>{safe(words('nobody could look into it'))}</b><br><small>{ask}</small>", "–", "–"]
    surveyed = words("the whole area") if rule.coverage.everywhere else words("part of the area")
    age = words.date(rule.source_date)
    if report.is_old:
        age = words("{date} (old)", date=age)
    return [
        title,
        words.number(report.shapes),
        safe(age),
        safe(surveyed),
        words.number(len(report.findings)) if report.findings else "–",
        safe(words(CONFIDENCE_NAMES[rule.confidence])),
    ]
