"""The pictures of docs/pictures/, in the look of capmap's own charts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import altair as alt
import numpy as np
import vl_convert

from benchmarks.learning.effort import Run
from benchmarks.learning.quality import Point, Reliability
from benchmarks.learning.worked_curves import Point as Learned
from capmap.publishing.charts import ACT, FONT, INK, NOTE, RULE, WARM, _theme, fonts

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
#: Line, dash and width: colour is never the only difference.
_STYLES = (
    (ACT, [1, 0], 3.0),
    (WARM, [6, 3], 2.0),
    (INK, [2, 2], 1.6),
    (NOTE, [8, 2, 2, 2], 1.6),
    (ACT, [4, 3], 1.6),
)


def learning_curves(points: Sequence[Point], name: str) -> Path:
    """Macro F1 against decisions: the mean over facets and seeds, a line for each coder."""
    of: dict[tuple[str, int], list[float]] = defaultdict(list)
    for p in points:
        of[p.coder, p.decisions].append(p.macro_f1)
    rows = [
        {"name": coder, "x": decisions, "y": float(np.nanmean(values))}
        for (coder, decisions), values in of.items()
    ]
    return _lines(rows, name, "Decisions learned from", "Macro F1, mean of the facets")


def of_worked_examples(points: Sequence[Learned], name: str) -> Path:
    """Mean macro F1 against the number of worked examples, a line for each test."""
    of: dict[tuple[str, float], list[float]] = defaultdict(list)
    for p in points:
        of[p.tested, p.learned_from].append(p.mean)
    rows = [
        {"name": tested, "x": number, "y": float(np.mean(means))}
        for (tested, number), means in of.items()
    ]
    return _lines(
        rows, name, "Worked examples learned from", "Macro F1, mean of the facets"
    )


def recall_curves(runs: Sequence[Run], name: str, shaded: Sequence[str]) -> Path:
    """Share found against share read: the median of all reviews.

    The middle half of them is shaded for the orders named in ``shaded``.
    """
    rows = []
    for order in dict.fromkeys(run.order for run in runs):
        curves = np.array([run.curve for run in runs if run.order == order]) * 100
        low, middle, high = np.quantile(curves, (0.25, 0.5, 0.75), axis=0)
        rows += [
            {"name": order, "x": i, "y": y}
            | ({"low": a, "high": b} if order in shaded else {})
            for i, (a, y, b) in enumerate(zip(low, middle, high, strict=True))
        ]
    return _lines(rows, name, "Read, per cent", "Found, per cent", band=True)


def reliabilities(parts: Mapping[str, Reliability], name: str) -> Path:
    """How often suggestions were right against what was said of them."""
    rows = [
        {"name": part, "x": said * 100, "y": right * 100}
        for part, found in parts.items()
        for said, right in zip(found.said, found.right, strict=True)
    ]
    rows += [{"name": "as said", "x": v, "y": v} for v in (0, 100)]
    return _lines(
        rows, name, "Confidence said, per cent", "Right, per cent", points=True
    )


def promise(way: Sequence[tuple[float, ...]], name: str) -> Path:
    """One review: what was found in truth, by the estimate, and at least, against read."""
    told = ("found in truth", "found at least, with 95% confidence", "by the estimate")
    rows = [
        {"name": line, "x": read * 100, "y": value * 100}
        for read, true, at_least, estimate in way
        for line, value in zip(told, (true, at_least, estimate), strict=True)
    ]
    rows += [
        {"name": "may stop", "x": x * 100, "y": 95} for x in (way[0][0], way[-1][0])
    ]
    return _lines(rows, name, "Read, per cent", "Found, per cent of all there are")


def _lines(
    rows: list[dict[str, object]],
    name: str,
    x: str,
    y: str,
    *,
    band: bool = False,
    points: bool = False,
) -> Path:
    names = list(dict.fromkeys(str(row["name"]) for row in rows))
    styles = [*_STYLES[: len(names)]]
    if points:
        styles[-1] = (RULE, [1, 0], 1.6)
    domain = alt.Scale(domain=names, range=[s[0] for s in styles])
    legend = alt.Legend(
        title=None, orient="bottom", labelFont=FONT, labelLimit=400, columns=2,
        symbolStrokeWidth=2, symbolSize=600, labelFontSize=11, symbolType="stroke",
        symbolOpacity=1,
    )  # fmt: skip
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("x:Q", title=x, scale=alt.Scale(nice=False)),
        color=alt.Color("name:N", scale=domain, legend=legend, sort=names),
    )
    line = base.mark_line(point=points).encode(
        y=alt.Y("y:Q", title=y),
        strokeDash=alt.StrokeDash(
            "name:N",
            scale=alt.Scale(domain=names, range=[s[1] for s in styles]),
            legend=legend,
            sort=names,
        ),
        strokeWidth=alt.StrokeWidth(
            "name:N",
            scale=alt.Scale(domain=names, range=[s[2] for s in styles]),
            legend=None,
            sort=names,
        ),
    )
    layers = [line]
    if band:
        shade = base.mark_area(opacity=0.13).encode(
            y=alt.Y("low:Q", title=y),
            y2="high:Q",
            color=alt.Color("name:N", scale=domain, legend=None),
        )
        layers = [line, shade]
    chart = alt.layer(*layers).properties(width=460, height=320, padding=14)
    vl_convert.register_font_directory(fonts())
    svg = vl_convert.vegalite_to_svg(chart.configure(**_theme()).to_dict())
    path = FOLDER / f"{name}.png"
    path.write_bytes(vl_convert.svg_to_png(svg, scale=2))
    return path
