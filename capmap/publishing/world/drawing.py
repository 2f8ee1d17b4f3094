"""A map of the world, countries shaded by a count, as SVG."""

import json
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from math import ceil
from typing import Any

#: Shades from light to dark, as in capmap/publishing/explorer/tokens.css.
SHADES = ("#dfeaf3", "#bcd4e7", "#8fb6d5", "#4378a6", "#27567f", "#0d2f50")
_ALONE = (
    "path{fill:#ece9e1;stroke:#fcfbf8;stroke-width:.5;fill-rule:evenodd}"
    "circle{stroke:#40464e;stroke-width:.7}text{font:12px sans-serif;fill:#191c20}"
    + "".join(f".q{n}{{fill:{shade}}}" for n, shade in enumerate(SHADES, start=1))
)


@cache
def _world() -> dict[str, Any]:
    path = files("capmap.publishing.world").joinpath("countries.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def classes(counts: Mapping[str, int]) -> list[tuple[int, int, int]]:
    """Return the classes of a legend: shade 1 to 6, lowest and highest count.

    Each class is so many times the one before: many countries have few interventions,
    few have many.
    """
    most = max(counts.values(), default=0)
    if not most:
        return []
    ends = sorted({ceil(most ** (n / 6) - 1e-9) for n in range(1, 7)} | {1})
    ends = ends[-6:]
    starts = [1, *(end + 1 for end in ends[:-1])]
    last = len(ends) - 1
    return [
        (1 + round(5 * n / last) if last else 4, low, high)
        for n, (low, high) in enumerate(zip(starts, ends, strict=True))
    ]


def world_map(
    counts: Mapping[str, int],
    titles: Mapping[str, str],
    label: str,
    *,
    links: Mapping[str, str] | None = None,
    alone: bool = False,
) -> str:
    """Return the map as SVG; ``alone`` as a file of its own, with its colours and title.

    ``titles`` tell of a country on hover, ``links`` lead to its page. Countries too small
    to be drawn stand as dots where they have a count. The table beside says the same to
    whoever does not see the map.
    """
    world, links = _world(), links or {}
    shades = classes(counts)
    width, height = world["width"], world["height"]
    shapes, dots = [], []
    for code, entry in world["countries"].items():
        count = counts.get(code, 0)
        shade = next((s for s, low, high in shades if low <= count <= high), 0)
        title = f"<title>{escape(titles[code])}</title>" if code in titles else ""
        if "path" in entry:
            mark = f' class="q{shade}"' if shade else ' class="land"'
            shape = f'<path{mark} d="{entry["path"]}">{title}</path>'
            shapes.append(_linked(shape, links.get(code)))
        elif shade:
            x, y = entry["point"]
            dot = f'<circle class="q{shade}" cx="{x}" cy="{y}" r="4">{title}</circle>'
            dots.append(_linked(dot, links.get(code)))
    inside = "".join(shapes + dots)
    if not alone:
        return (
            f'<svg class="world" viewBox="0 0 {width} {height}" role="group"'
            f' aria-label="{escape(label)}">{inside}</svg>'
        )
    legend = "".join(
        f'<rect class="q{shade}" x="{20 + 90 * n}" y="{height + 34}" width="22" height="12"/>'
        f'<text x="{48 + 90 * n}" y="{height + 44}">{_range(low, high)}</text>'
        for n, (shade, low, high) in enumerate(shades)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height + 60}"'
        f' viewBox="0 0 {width} {height + 60}"><title>{escape(label)}</title>'
        f'<style>{_ALONE}</style><rect width="100%" height="100%" fill="#fcfbf8"/>'
        f'<text x="20" y="22">{escape(label)}</text>'
        f'<g transform="translate(0 24)">{inside}</g>{legend}</svg>'
    )


def _range(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}–{high}"


def _linked(shape: str, link: str | None) -> str:
    """Lead from a shape to a page; the keyboard goes there by the table."""
    return f'<a href="{escape(link)}" tabindex="-1">{shape}</a>' if link else shape
