"""Charts as Vega-Lite specifications, rendered to SVG and PNG without a browser.

One specification serves page and paper. Colours are the tokens of the explorer page;
the font ships with the package, so that a picture looks the same on every machine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import Any

import altair as alt
import polars as pl
import vl_convert

from capmap.frameworks.codebook import shipped
from capmap.publishing.map_words import percent_sign
from capmap.wording import Wording

FONT = "Noto Sans"
WIDTH = 400  # of the plot, in pixels

INK, NOTE, RULE, ACT, WARM = "#191c20", "#5d636c", "#d9d5cb", "#1e4e79", "#a84a14"
WHITE, PAPER, WARM_TINT = "#ffffff", "#f7f6f2", "#fbeee3"

#: Light to dark on one hue; the number stays in the cell, dark text up to the third step.
STEPS = ("#dfeaf3", "#bcd4e7", "#8fb6d5", "#4378a6", "#27567f", "#0d2f50")


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with the words that belong to it. ``name`` is its file name's stem."""

    name: str
    title: str
    svg: str
    png: bytes
    alt: str
    source: str = ""


@cache
def _register_fonts() -> None:
    vl_convert.register_font_directory(str(fonts()))


def fonts() -> str:
    """Return the folder of the fonts that ship with capmap (OFL 1.1)."""
    return str(shipped().parent / "publishing" / "fonts")


def _render(
    name: str, title: str, words: str, source: str, chart: alt.LayerChart
) -> Chart:
    _register_fonts()
    spec: dict[str, Any] = chart.configure(**_theme()).to_dict()
    svg = vl_convert.vegalite_to_svg(spec)
    return Chart(
        name=name,
        title=title,
        svg=svg,
        png=vl_convert.svg_to_png(svg, scale=2.5),
        alt=words,
        source=source,
    )


def _theme() -> dict[str, Any]:
    text = {"labelFont": FONT, "titleFont": FONT, "labelColor": INK, "titleColor": NOTE}
    return {
        "background": "white",
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            **text,
            "labelFontSize": 11,
            "titleFontSize": 11,
            "titleFontWeight": "normal",
            "gridColor": RULE,
            "domain": False,
            "ticks": False,
            "labelLimit": 260,
        },
    }


def _in_words(row: dict[str, Any], words: Wording) -> str:
    if row["low"] is None:
        return percent_sign(row["value"], Wording("explorer", words.language))
    ends = {name: round(row[name] * 100) for name in ("value", "low", "high")}
    return words.say("chart_interval", **ends)


def interval_bars(
    name: str,
    shares: pl.DataFrame,
    *,
    title: str,
    language: str,
    source: str = "",
    warm: Sequence[str] = (),
) -> Chart:
    """Draw a share and its interval for each row of ``shares``, in the order given.

    ``shares`` has the columns label, numerator, denominator, value, low and high (0 to
    1; null where nothing says how far the share may be off). Labels in ``warm`` are what needs attention and get the warm accent, an open dot
    beside their words.
    """
    words = Wording("paper", language)
    rows = [
        {
            "label": row["label"],
            "value": row["value"] * 100,
            "low": (row["value"] if row["low"] is None else row["low"]) * 100,
            "high": (row["value"] if row["high"] is None else row["high"]) * 100,
            "number": words.number(row["numerator"]),
            "text": _in_words(row, words),
            "ink": WARM if row["label"] in warm else ACT,
        }
        for row in shares.iter_rows(named=True)
        if row["value"] is not None
    ]
    top = min(100, max([10, *(row["high"] for row in rows)]) * 1.02)
    order = [row["label"] for row in rows]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelPadding=38)),
        color=alt.Color("ink:N", scale=None),
    )
    x = alt.X(
        "value:Q",
        scale=alt.Scale(domain=[0, top], nice=True),
        title=words.say("chart_share_axis"),
        axis=alt.Axis(tickCount=6),
    )
    line = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=None), x2="high:Q"
    )
    dot = base.mark_point(filled=True, size=46, opacity=1).encode(x=x)
    count = base.mark_text(align="right", fontSize=11, font=FONT).encode(
        x=alt.value(-10), text="number:N", color=alt.value(INK)
    )
    value = base.mark_text(align="left", fontSize=11, font=FONT).encode(
        x=alt.value(WIDTH + 10), text="text:N", color=alt.value(INK)
    )
    chart = (line + dot + count + value).properties(width=WIDTH, height={"step": 22})
    spoken = "; ".join(f"{row['label']}: {row['text']}" for row in rows)
    return _render(name, title, spoken, source, chart)


def heat_map(
    name: str,
    cells: Mapping[tuple[str, str], int],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    title: str,
    language: str,
    axis: str,
    source: str = "",
) -> Chart:
    """Draw counts as a matrix: shade and number, a dot where nothing was found.

    ``cells`` counts by (row, column) label; what is missing is none. ``axis`` says what
    the columns are. A row that is empty throughout is warm.
    """
    words = Wording("paper", language)
    limits = _limits(max(cells.values(), default=0))
    values = []
    for row in rows:
        empty = not any(cells.get((row, column)) for column in columns)
        for column in columns:
            count = cells.get((row, column), 0)
            step = _step(count, limits)
            values.append(
                {
                    "row": row,
                    "column": column,
                    "text": words.number(count) if count else "·",
                    "fill": STEPS[step - 1] if step else WARM_TINT if empty else PAPER,
                    "ink": WHITE if step > 3 else WARM if empty else INK,
                }
            )
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X(
            "column:N",
            sort=list(columns),
            title=axis,
            axis=alt.Axis(orient="top", labelAngle=0),
        ),
        y=alt.Y("row:N", sort=list(rows), title=None),
    )
    square = base.mark_rect(stroke=WHITE, strokeWidth=1.5).encode(
        color=alt.Color("fill:N", scale=None)
    )
    number = base.mark_text(fontSize=10.5, font=FONT).encode(
        text="text:N", color=alt.Color("ink:N", scale=None)
    )
    chart = (square + number).properties(width={"step": 27}, height={"step": 21})
    spoken = "; ".join(
        f"{row} × {column}: {words.number(count)}"
        for (row, column), count in sorted(cells.items(), key=lambda item: -item[1])[
            :12
        ]
        if count
    )
    return _render(name, title, spoken, source, chart)


def _limits(biggest: int) -> tuple[int, ...]:
    """The most that each of the first five shades stands for; the sixth is above.

    Small counts get 1, 2, 3, 4-5, 6-7 and more, as people count; large ones steps that
    widen towards the top, so that a few peaks do not leave the rest pale.
    """
    if biggest <= 10:
        return (1, 2, 3, 5, 7)
    return tuple(ceil(biggest * part) for part in (0.04, 0.1, 0.2, 0.4, 0.65))


def _step(count: int, limits: Sequence[int]) -> int:
    """The shade of a count: 0 for none, 1 to 6."""
    if count == 0:
        return 0
    return next((step for step, most in enumerate(limits, 1) if count <= most), 6)
