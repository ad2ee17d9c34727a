"""The page *Gegevens* as HTML: what each layer is worth, and what is to be said of the parcels."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from planlib.insight.freshness import Freshness
from planlib.insight.last_refresh import LayerRefresh
from planlib.insight.layer_report import BaseReport, LayerReport
from planlib.model import ContextKind, Finding
from planlib.sources import Provenance
from planlib.text.escape import safe
from planlib.text.findings import finding_text
from planlib.text.words import Words
from planlib.views.ages import aged
from planlib.views.sentences import CONFIDENCE_NAMES, EDGE_M2

#: Findings of one layer that are written out; the others are counted.
_MOST_FINDINGS = 20
BASE_NAMES: dict[ContextKind | None, str] = {
    None: "parcels",
    ContextKind.ROADS: "roads under the map",
    ContextKind.WATER: "water under the map",
    ContextKind.BUILDINGS: "buildings under the map",
    ContextKind.WOODS: "woods under the map",
    ContextKind.PLACES: "names of places",
    ContextKind.ADDRESSES: "addresses to find",
    ContextKind.REGIONS: "villages and districts",
}


def layers_table(reports: Sequence[LayerReport], words: Words) -> str:
    """Return one row per rule: origin, age, shapes, where it was surveyed, what was mended, how sure the law is."""
    heads = [
        words("rule"),
        words("origin"),
        words("data of"),
        words("shapes"),
        words("surveyed"),
        words("mended or left out"),
        words("how sure"),
    ]
    return table(words("The data of every rule"), heads, [_rule_row(report, words) for report in reports])


def base_table(reports: Sequence[BaseReport], words: Words) -> str:
    """Return one row for the parcels and for each layer under the map."""
    rows = [
        [
            safe(words(BASE_NAMES[report.kind])),
            _origin(report.fresh, report.path.name, words),
            _age(report.fresh, report.failed, words),
            "–" if report.shapes is None else safe(words.number(report.shapes)),
        ]
        for report in reports
    ]
    title = words("Parcels, and what lies under the map")
    heads = [words("layer"), words("origin"), words("data of"), words("shapes")]
    return f'<div class="pl-card"><h4>{safe(title)}</h4>{table(title, heads, rows)}</div>'


def parcels_note(findings: Sequence[Finding], words: Words) -> str:
    """Return what is to be said about the parcels: overlaps, gaps, repairs; empty when there is nothing."""
    if not findings:
        return ""
    title = safe(words("About the parcels"))
    return f'<div class="pl-card"><h4>{title}</h4><ul class="pl-open">{_findings(findings, words)}</ul></div>'


def failure_text(layer: LayerRefresh, words: Words) -> str:
    """Return which copy of a layer stands there and why it is no newer one."""
    day = words.date(layer.retrieved_at.date())
    reason = words.error(layer.failure) if layer.failure is not None else ""
    if layer.is_down:
        return words("The server could not be reached; this is the copy of {date}. {reason}", date=day, reason=reason)
    return words("The service did not give this layer; this is the copy of {date}. {reason}", date=day, reason=reason)


def _rule_row(report: LayerReport, words: Words) -> list[str]:
    rule = report.rule
    title = safe(rule.title.in_language(words.language))
    basis = f"{safe(words(CONFIDENCE_NAMES[rule.confidence]))}<br><small>{safe(rule.legal_basis)}</small>"
    if rule.source is None:
        ask = f"<br><small>{safe(rule.ask.in_language(words.language))}</small>" if rule.ask else ""
        return [title, "–", "–", "–", f"<b>{safe(words('nobody could look into it'))}</b>{ask}", "–", basis]
    return [
        title,
        _origin(report.fresh, rule.source.path.name, words),
        _age(report.fresh, report.failed, words),
        safe(words.number(report.shapes)),
        _surveyed(report, words),
        _mended(report.findings, words),
        basis,
    ]


def _origin(fresh: Freshness, file_name: str, words: Words) -> str:
    """Return where a layer comes from: the service with its licence, or the file that somebody put there."""
    if not fresh.fetched:
        return safe(words("file {name}", name=file_name))
    return "<br>".join(_service(about, words) for about in fresh.fetched)


def _service(about: Provenance, words: Words) -> str:
    name = f"{urlsplit(about.url).netloc}: {about.collection or about.title}"
    if about.licence in ("", "not stated"):
        licence = safe(words("licence not stated"))
    elif about.licence.startswith("https://"):
        licence = _link(about.licence, words("licence {name}", name=_short(about.licence)))
    else:
        licence = safe(words("licence {name}", name=about.licence[:200]))
    return f"{_link(about.url, name)}<br><small>{licence}</small>"


def _age(fresh: Freshness, failed: Sequence[LayerRefresh], words: Words) -> str:
    said = safe(aged(fresh, words))
    if fresh.fetched and fresh.since is not None:
        said = f"{safe(words('fetched'))} {said}"
    notes = [failure_text(layer, words) for layer in failed]
    if fresh.is_old:
        said = f"<b>{said}</b>"
        notes.insert(0, fresh.limit.reason.in_language(words.language))
    return said + "".join(f"<br><small>{safe(note)}</small>" for note in notes)


def _surveyed(report: LayerReport, words: Words) -> str:
    if report.rule.coverage.is_none:
        return f"<b>{safe(words('only where it is drawn'))}</b>"
    if report.not_known_m2 < EDGE_M2:
        return safe(words("the whole area"))
    return safe(words("all but {area}", area=words.area(report.not_known_m2)))


def _mended(findings: Sequence[Finding], words: Words) -> str:
    if not findings:
        return "–"
    return (
        f'<details class="pl-about"><summary>{safe(words.number(len(findings)))}</summary>'
        f"<ul>{_findings(findings, words)}</ul></details>"
    )


def _findings(findings: Sequence[Finding], words: Words) -> str:
    items = [_finding(finding, words) for finding in findings[:_MOST_FINDINGS]]
    more = len(findings) - len(items)
    if more:
        items.append(safe(words("and {count} more", count=words.number(more))))
    return "".join(f"<li>{item}</li>" for item in items)


def _finding(finding: Finding, words: Words) -> str:
    said = safe(finding_text(finding.problem, words))
    if finding.row is not None:
        said = f"{safe(words('row {row}', row=finding.row))}: {said}"
    if finding.action != "nothing":
        said += f"; {safe(finding_text(finding.action, words))}"
    before, after = finding.area_before_m2, finding.area_after_m2
    if before is not None and after is not None:
        change = words("{before} before, {after} after", before=words.exact_area(before), after=words.exact_area(after))
        said += f" ({safe(change)})"
    return said


def table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, kind: str = "") -> str:
    """Return a table of cells that are HTML already; on a phone each row becomes a block that names its cells."""
    head = "".join(f'<th scope="col">{safe(title)}</th>' for title in heads)
    body = "".join(
        "<tr>"
        + "".join(f'<td data-head="{safe(title)}">{cell}</td>' for title, cell in zip(heads, row, strict=True))
        + "</tr>"
        for row in rows
    )
    return (
        f'<table class="pl-table pl-stacked {kind}"><caption>{safe(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _link(url: str, text: str) -> str:
    if not url.startswith("https://"):
        return safe(text)
    return f'<a href="{safe(url)}" target="_blank" rel="noopener noreferrer">{safe(text)}</a>'


def _short(url: str) -> str:
    """Return a licence's address as people know it: CC0, CC BY 4.0, or the host and path."""
    parts = [part for part in urlsplit(url).path.split("/") if part]
    if urlsplit(url).netloc.endswith("creativecommons.org") and len(parts) >= 3:
        kind, number = parts[1].upper(), parts[2]
        return "CC0" if kind == "ZERO" else f"CC {kind} {number}"
    return url.partition("://")[2].rstrip("/")[:60]
