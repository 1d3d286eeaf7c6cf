"""The report's charts: Altair specifications rendered to SVG for inlining. Importing this module imports Altair.

Actual is dark and solid, the prior year lighter, good and bad coloured by polarity and signed. An SVG carries no font,
no identifier and no address, so that the page's style applies and the same data gives the same bytes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from html import escape
from itertools import accumulate, pairwise
from typing import Any

import altair as alt
import vl_convert

from orchestration.address_space import Needs, require_address_space
from orchestration.analysis.bridge import Bridge
from orchestration.analysis.control_limits import Limits
from orchestration.reports.formats import number

INK, MIDDLE, LIGHT, BAND, RULE = "#1f2933", "#6b7785", "#b8c1cc", "#e9edf1", "#9aa5b1"
GOOD, BAD = "#1b7f5c", "#c2412d"
_PAGE, _WIDE, _ROW = 1100, 580, 24
_NAMES = 190
_LABEL_ROOM = 1.15
"""How far an axis goes beyond its highest bar, for the label at the bar's end."""
_BELOW = 16
"""Pixels below a negative column, for its label."""
_LABEL_GAP = 0.075
"""Of a chart's height: the distance of two labels that must not touch."""

Values = list[dict[str, Any]]


@dataclass(frozen=True)
class Series:
    """A named series of floats, None for a gap."""

    name: str
    values: tuple[float | None, ...]


def sparkline(values: Sequence[Decimal | None], limits: Sequence[Limits | None], label: str) -> str:
    """Draw a trend without axes: the values, their expected range as a band, the newest point, points outside."""
    data: Values = []
    for index, (value, limit) in enumerate(zip(values, limits, strict=True)):
        is_outside = limit is not None and value is not None and not limit.lower <= value <= limit.upper
        data.append(
            {
                "x": index,
                "y": None if value is None else float(value),
                "lower": float(limit.lower) if limit else None,
                "upper": float(limit.upper) if limit else None,
                "mark": "newest" if index == len(values) - 1 else "outside" if is_outside else "",
            }
        )
    return _svg({**_sparkline_spec(), "datasets": {"series": data}}, label, "sparkline")


@cache
def _sparkline_spec() -> dict[str, Any]:
    base = alt.Chart(alt.NamedData("series"))
    x = alt.X("x:Q", axis=None, scale=alt.Scale(nice=False, zero=False, padding=4))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(nice=False, zero=False))
    band = base.mark_area(color=BAND).encode(x=x, y=alt.Y("lower:Q", axis=None), y2="upper:Q")
    line = base.mark_line(color=INK, strokeWidth=1.2).encode(x=x, y=y)
    points = (
        base.mark_point(filled=True, opacity=1, stroke=INK, strokeWidth=0.9)
        .encode(
            x=x,
            y=y,
            fill=alt.Fill("mark:N", legend=None, scale=alt.Scale(domain=["newest", "outside"], range=[INK, "#ffffff"])),
            size=alt.Size("mark:N", legend=None, scale=alt.Scale(domain=["newest", "outside"], range=[18, 9])),
        )
        .transform_filter("datum.mark != '' && datum.y != null")
    )
    return _themed(alt.layer(band, line, points).properties(width=150, height=30, padding=1))


def waterfall(bridge: Bridge, ends: tuple[str, str], scale: Decimal, reach: tuple[float, float], label: str) -> str:
    """Draw a bridge as horizontal bars between its `ends`, each labelled with its printed effect over `scale`.

    The axis goes over `reach`, so that several bridges can share it.
    """
    rows: Values = []
    level = Decimal(0)
    start_name, end_name = ends
    bars = [(start_name, bridge.printed_start, "base"), *((bar.name, bar.printed, "") for bar in bridge.bars)]
    for name, size, kind in (*bars, (end_name, bridge.printed_end, "total")):
        begin = Decimal(0) if kind else level
        level = size if kind else level + size
        text = f"{size / scale:{',' if kind else '+,'}.0f}".replace("-", "−")
        fill = {"base": "base", "total": "total"}.get(kind, "good" if size >= 0 else "bad")
        low, high = sorted((float(begin / scale), float(level / scale)))
        rows.append({"name": name, "low": low, "high": high, "fill": fill, "text": text, "end": float(level / scale)})
    for row, following in pairwise(rows):
        row["next"] = following["name"]
    names = [row["name"] for row in rows]
    base = alt.Chart(_data(rows))
    y = alt.Y("name:N", sort=names, axis=_name_axis())
    x = alt.X("low:Q", axis=None, scale=alt.Scale(domain=list(reach), nice=False))
    fills = alt.Scale(domain=["base", "total", "good", "bad"], range=[LIGHT, INK, GOOD, BAD])
    bar = base.mark_bar(height=15).encode(y=y, x=x, x2="high:Q", color=alt.Color("fill:N", scale=fills, legend=None))
    text = base.mark_text(align="left", dx=5, color=INK).encode(y=y, x=alt.X("high:Q", axis=None), text="text:N")
    zero = alt.Chart(_data([{"zero": 0}])).mark_rule(color=RULE).encode(x=alt.X("zero:Q", axis=None))
    link = (
        base.mark_rule(color=RULE, strokeWidth=0.7)
        .encode(
            x=alt.X("end:Q", axis=None),
            y=alt.Y("name:N", sort=names, bandPosition=0.8),
            y2=alt.Y2("next:N", bandPosition=0.2),
        )
        .transform_filter("datum.next != null")
    )
    chart = alt.layer(link, zero, bar, text).properties(width=_WIDE - _NAMES, height=_ROW * len(rows))
    return _svg(_themed(chart), label, "chart")


def reach(bridges: Sequence[Bridge], scale: Decimal) -> tuple[float, float]:
    """Return the lowest and the highest level that any of `bridges` comes to, over `scale`, zero included."""
    levels = [Decimal(0)]
    for bridge in bridges:
        levels += accumulate((bridge.printed_start, *(bar.printed for bar in bridge.bars)))
    return float(min(levels) / scale), float(max(levels) / scale) * _LABEL_ROOM


def columns(
    closings: Sequence[str], panels: Sequence[tuple[Series, Series]], label: str, *, is_wide: bool = False
) -> str:
    """Draw each panel's actual as columns over closings, its prior year lighter behind, all panels to one scale.

    A wide chart takes the page's width, others half of it.
    """
    width, height, bar = (_PAGE, 150, 46) if is_wide else (_WIDE - 20, 250, 22)
    spans = [_span([*actual.values, *before.values]) for actual, before in panels]
    per_unit = height / sum(high - low for low, high in spans)
    spans = [(low - _BELOW / per_unit if low < 0 else low, high) for low, high in spans]
    charts = []
    for (actual, before), (low, high) in zip(panels, spans, strict=True):
        rows: Values = []
        for index, closing in enumerate(closings):
            for name, series in (("actual", actual), ("prior year", before)):
                value, both = series.values[index], (actual.values[index] or 0.0, before.values[index] or 0.0)
                edge = min(both) if (actual.values[index] or 0.0) < 0 else max(both)
                rows.append({"closing": closing, "what": name, "value": value, "edge": edge})
        base = alt.Chart(_data(rows), title=alt.TitleParams(actual.name, anchor="start", fontWeight=600))
        x = alt.X(
            "closing:N",
            sort=list(closings),
            axis=_closing_axis(closings, shown=actual is panels[-1][0], is_narrow=not is_wide),
        )
        y = alt.Y("value:Q", axis=None, scale=alt.Scale(domain=[low, high], nice=False))
        color = alt.Color("what:N", legend=None, scale=alt.Scale(domain=["prior year", "actual"], range=[LIGHT, INK]))
        prior = (
            base.transform_filter("datum.what == 'prior year'")
            .mark_bar(width=bar, xOffset=bar // 4)
            .encode(x=x, y=y, color=color)
        )
        now = base.transform_filter("datum.what == 'actual'").mark_bar(width=bar).encode(x=x, y=y, color=color)
        texts = [
            base.transform_filter(f"datum.what == 'actual' && datum.value {side}")
            .mark_text(dy=dy, color=INK, fontSize=10)
            .encode(x=x, y=alt.Y("edge:Q", axis=None), text=alt.Text("value:Q", format=",.0f"))
            for side, dy in ((">= 0", -6), ("< 0", 8))
        ]
        zero = alt.Chart(_data([{"zero": 0}])).mark_rule(color=RULE).encode(y=alt.Y("zero:Q", axis=None))
        charts.append(
            alt.layer(prior, now, zero, *texts).properties(width=width, height=round(per_unit * (high - low)) + 14)
        )
    return _svg(_themed(alt.vconcat(*charts, spacing=18)), label, "chart wide" if is_wide else "chart")


def lines(closings: Sequence[str], series: Sequence[Series], label: str) -> str:
    """Draw series over closings, each named and valued at its end; the first is the main one."""
    rows = [
        {"closing": closing, "series": one.name, "value": value}
        for one in series
        for closing, value in zip(closings, one.values, strict=True)
    ]
    newest = [(value, one.name) for one in series if (value := one.values[-1]) is not None]
    tallest = max((value for one in series for value in one.values if value is not None), default=1.0)
    last: Values = [
        {"closing": closings[-1], "series": name, "value": value, "at": at, "text": f"{name} {value:,.0f}"}
        for (value, name), at in zip(sorted(newest), _apart(sorted(newest), tallest * _LABEL_GAP), strict=True)
    ]
    shades = [INK, MIDDLE, MIDDLE, MIDDLE][: len(series)]
    names = [one.name for one in series]
    color = alt.Color("series:N", legend=None, scale=alt.Scale(domain=names, range=shades))
    x = alt.X(
        "closing:N", sort=list(closings), axis=_closing_axis(closings), scale=alt.Scale(type="point", padding=0.3)
    )
    y = alt.Y("value:Q", axis=alt.Axis(title=None, grid=True, tickCount=4, ticks=False, domain=False))
    line = (
        alt.Chart(_data(rows))
        .mark_line()
        .encode(
            x=x,
            y=y,
            color=color,
            strokeWidth=alt.condition(f"datum.series == '{names[0]}'", alt.value(2.2), alt.value(1.2)),
        )
    )
    ends = alt.Chart(_data(last)).mark_text(align="left", dx=8).encode(x=x, y=alt.Y("at:Q"), text="text:N", color=color)
    dots = alt.Chart(_data(last)).mark_point(filled=True, opacity=1, size=28).encode(x=x, y=y, color=color)
    return _svg(_themed(alt.layer(line, dots, ends).properties(width=_WIDE - 90, height=210)), label, "chart")


def structure(names: Sequence[str], actual: Series, before: Series, label: str) -> str:
    """Draw one horizontal bar for each name, the prior year lighter behind it, the actual's value at its end."""
    rows = [
        {"name": name, "actual": now, "before": then, "end": max(now or 0, 0), "text": number(Decimal(now))}
        for name, now, then in zip(names, actual.values, before.values, strict=True)
        if now is not None
    ]
    base = alt.Chart(_data(rows))
    y = alt.Y("name:N", sort=list(names), axis=_name_axis())
    x = alt.X("actual:Q", axis=None)
    prior = base.mark_bar(height=12, yOffset=4, color=LIGHT).encode(y=y, x=alt.X("before:Q", axis=None))
    now = base.mark_bar(height=12, color=INK).encode(y=y, x=x)
    text = base.mark_text(align="left", dx=6, color=INK).encode(y=y, x=alt.X("end:Q", axis=None), text="text:N")
    zero = alt.Chart(_data([{"zero": 0}])).mark_rule(color=RULE).encode(x=alt.X("zero:Q", axis=None))
    chart = alt.layer(prior, now, zero, text).properties(width=_WIDE - _NAMES, height=_ROW * len(rows))
    return _svg(_themed(chart), label, "chart")


def _data(values: Values) -> alt.Data:
    return alt.Data(values=values)  # type: ignore[no-untyped-call]


def _name_axis() -> alt.Axis:
    """Return an axis of one width whatever the names, so that charts beside one another have one size."""
    return alt.Axis(
        title=None,
        labelLimit=_NAMES + 40,
        ticks=False,
        domain=False,
        labelPadding=8,
        minExtent=_NAMES,
        maxExtent=_NAMES,
    )


def _closing_axis(closings: Sequence[str], *, shown: bool = True, is_narrow: bool = False) -> alt.Axis | None:
    """Return the axis of closings; where it is narrow the year stands below the month."""
    step = 1 if len(closings) <= 13 else 6  # noqa: PLR2004 - a year of labels fits, more do not
    values = list(closings)[::-1][::step]
    if not shown:
        return None
    label = "split(datum.label, ' ')" if is_narrow else alt.Undefined
    return alt.Axis(title=None, labelAngle=0, labelExpr=label, values=values, ticks=False, domain=False, labelPadding=6)


def _apart(placed: Sequence[tuple[float, str]], gap: float) -> list[float]:
    """Where labels stand so that none covers the one below it."""
    at: list[float] = []
    for value, _ in placed:
        at.append(max(value, at[-1] + gap) if at else value)
    return at


def _span(values: Sequence[float | None]) -> tuple[float, float]:
    known = [value for value in values if value is not None]
    low, high = min(0.0, *known), max(0.0, *known)
    return low, high if high > low else low + 1


def _themed(chart: alt.LayerChart | alt.VConcatChart | alt.FacetChart) -> dict[str, Any]:
    spec: dict[str, Any] = (
        chart.configure(background="transparent", font="Arial", padding=2, aria=False)
        .configure_view(stroke=None)
        .configure_axis(labelColor=INK, labelFontSize=11, gridColor=BAND)
        .configure_text(fontSize=11)
        .configure_title(color=INK, fontSize=12, offset=8)
        .configure_bar(binSpacing=0)
        .to_dict()
    )
    return spec


def _svg(spec: dict[str, Any], label: str, css_class: str) -> str:
    """Render, and strip what an inlined SVG must not have: namespaces, ids, fonts."""
    require_address_space(Needs.CHARTS)
    text = vl_convert.vegalite_to_svg(spec)
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', text)
    width, height = (size[1], size[2]) if size else ("0", "0")
    body = re.sub(r"^<svg[^>]*>|</svg>\s*$|<defs>.*?</defs>", "", text, flags=re.DOTALL)
    body = re.sub(r' (?:font-family|class|role|aria-[a-z]+|id|clip-path)="[^"]*"', "", body)
    body = re.sub(r'<path d="[^"]*" display="none"\s*/>|<path d="M[^"]*Z?"\s*/>', "", body)
    head = f'<svg class="{css_class}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
    return f'{head} aria-label="{escape(label)}">{body}</svg>'
