"""The picture of coverage: how often each interval held, over all cells of the grid."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import vl_convert

from capmap.publishing.charts import ACT, INK, NOTE, STEPS, _theme, fonts

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
_LEAST = 50.0


def draw_coverages(found: Sequence[Any], name: str) -> Path:
    """A line a method: the middle 90 per cent of cells, a dot for the mean of all.

    ``found``: cells of coverage.py. Behind them the band from 94 to 97 per cent.
    """
    names = list(dict.fromkeys(cell.method for cell in found))
    rows = []
    for method in names:
        held = [100 * cell.coverage for cell in found if cell.method == method]
        low, high = np.quantile(held, (0.05, 0.95))
        rows.append(
            {
                "name": method,
                "mean": float(np.mean(held)),
                "low": max(float(low), _LEAST),
                "high": float(high),
                "ours": method == "capmap",
            }
        )
    scale = alt.Scale(domain=[_LEAST, 100], nice=False)
    colour = alt.condition("datum.ours", alt.value(ACT), alt.value(INK))
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("name:N", title=None, sort=names, axis=alt.Axis(labelLimit=260))
    )
    title = "Held the true share, per cent of samples"
    band = (
        alt.Chart(alt.InlineData(values=[{"from": 94, "to": 97}]))
        .mark_rect(color=STEPS[0], opacity=0.8)
        .encode(x=alt.X("from:Q", title=title, scale=scale), x2="to:Q")
    )
    line = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=title, scale=scale), x2="high:Q", color=colour
    )
    dot = base.mark_point(filled=True, size=80, opacity=1).encode(
        x=alt.X("mean:Q", title=title, scale=scale), color=colour
    )
    words = base.mark_text(align="left", dx=8, dy=-7, fontSize=10, color=NOTE).encode(
        x="mean:Q", text=alt.Text("mean:Q", format=".1f")
    )
    chart = alt.layer(band, line, dot, words).properties(
        width=420, height=250, padding=14
    )
    vl_convert.register_font_directory(fonts())
    svg = vl_convert.vegalite_to_svg(chart.configure(**_theme()).to_dict())
    path = FOLDER / f"{name}.png"
    path.write_bytes(vl_convert.svg_to_png(svg, scale=2))
    return path
