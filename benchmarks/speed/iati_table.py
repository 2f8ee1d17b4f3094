"""How fast an IATI file becomes a table, beside what people use for it today.

    python benchmarks/speed/iati_table.py         # a file of 200 MB
    python benchmarks/speed/iati_table.py 1000    # megabytes
    python benchmarks/speed/iati_table.py 50 --only "capmap,okfn-iati"

Peers need the group ``bench`` of pyproject.toml. Each run is a process of its own, so
that peak memory is its own; the fastest of three runs counts (one above 100 MB).
"""

import argparse
import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

sys.path.insert(0, str(Path(__file__).parent))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("megabytes", type=int, nargs="?", default=200)
    parser.add_argument("--only", default="", help="names, parted by commas")
    parser.add_argument("--measure", default="", help=argparse.SUPPRESS)
    told = parser.parse_args()
    from iati_file import generated

    path = generated(told.megabytes)
    if told.measure:
        print(json.dumps(measured(RUNS[told.measure], path)))
        return
    names = [name for name in told.only.split(",") if name] or list(RUNS)
    size = path.stat().st_size / 1e6
    print(
        f"{path.name}: {size:.0f} MB\n\n| reader | MB/s | peak memory (MB) | activities |\n| --- | ---: | ---: | ---: |"
    )
    for name in names:
        best = best_of(name, told.megabytes, 3 if told.megabytes <= 100 else 1)
        if best is None:
            print(f"| {name} | not installed or failed | | |")
        else:
            print(
                f"| {name} | {size / best['seconds']:.1f} | {best['peak']:.0f} | {best['activities']} |",
                flush=True,
            )


def best_of(name: str, megabytes: int, runs: int) -> dict[str, float] | None:
    results = []
    for _ in range(runs):
        command = [sys.executable, __file__, str(megabytes), "--measure", name]
        # One core is one core: Polars must not use the other.
        alone = {**os.environ, "POLARS_MAX_THREADS": "1"}
        done = subprocess.run(command, capture_output=True, text=True, env=alone)
        if done.returncode:
            print(
                done.stderr.splitlines()[-1] if done.stderr else done.returncode,
                file=sys.stderr,
            )
            return None
        results.append(json.loads(done.stdout.splitlines()[-1]))
    return min(results, key=lambda result: result["seconds"])


def measured(run: Callable[[Path], int], path: Path) -> dict[str, float]:
    """Return seconds and peak memory in MB: of this process, and of each of its own."""
    for name in IMPORTS.get(run.__name__, ()):
        importlib.import_module(name)
    began = time.perf_counter()
    activities = run(path)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if run is capmap_two:
        # The two workers are alike; the largest stands for both.
        peak += 2 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {"seconds": seconds, "peak": peak / 1024, "activities": activities}


def nothing(path: Path) -> int:
    """lxml.iterparse, doing nothing but forget what it read."""
    from lxml import etree

    count = 0
    for _, element in etree.iterparse(str(path), tag="iati-activity"):
        count += 1
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return count


def capmap_one(path: Path) -> int:
    with tempfile.TemporaryDirectory() as folder:
        return to_parquet(path, 0, None, Path(folder))


def capmap_two(path: Path) -> int:
    from capmap.sources.iati import ranges

    # More ranges than processes, so that none waits long for the other.
    parts = ranges(path, max(2, path.stat().st_size // (16 << 20)))
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool,
    ):
        counts = [
            pool.submit(to_parquet, path, start, end, Path(folder))
            for start, end in parts
        ]
        return sum(count.result() for count in counts)


def to_parquet(path: Path, start: int, end: int | None, folder: Path) -> int:
    """Read a range into its tables, as Parquet, two thousand activities at a time."""
    from capmap.sources.activity import Activity
    from capmap.sources.iati import read_iati

    found = (
        a for a in read_iati(path, path.name, start, end) if isinstance(a, Activity)
    )
    count = 0
    while batch := list(islice(found, 2_000)):
        count += len(batch)
        for name, table in tables(batch).items():
            table.write_parquet(
                folder / f"{name}-{start}-{count}.parquet", compression="lz4"
            )
    return count


def tables(batch: list) -> dict[str, "pl.DataFrame"]:
    """Return interventions, and what they have several of as tables of their own."""
    import polars as pl

    plain = dict.fromkeys(
        ("identifier", "title", "kind", "place", "language", "status"), pl.String
    )
    fields = {
        "passages": ("kind", "place", "language", "context", "text"),
        "sectors": ("code", "percentage"),
        "countries": ("code", "percentage"),
        "markers": ("code", "significance"),
        "organisations": ("role", "name", "ref"),
        "budgets": ("amount", "currency", "starts_on", "ends_on"),
    }
    types = plain | {"starts_on": pl.Date, "ends_on": pl.Date}
    found = {
        "interventions": pl.DataFrame(
            {name: [getattr(activity, name) for activity in batch] for name in types},
            schema=types,
        )
    }
    for name, columns in fields.items():
        owners = [
            activity.identifier for activity in batch for _ in getattr(activity, name)
        ]
        each = [one for activity in batch for one in getattr(activity, name)]
        content = {column: list(map(attrgetter(column), each)) for column in columns}
        found[name] = pl.DataFrame({"intervention": owners, **content})
    return found


def xmltodict_pandas(path: Path) -> int:
    import pandas
    import xmltodict

    with path.open("rb") as file:
        content = xmltodict.parse(file)
    table = pandas.json_normalize(content["iati-activities"]["iati-activity"])
    return len(table)


def flatten_tool(path: Path) -> int:
    import flattentool

    with tempfile.TemporaryDirectory() as folder:
        flattentool.flatten(
            str(path),
            xml=True,
            root_list_path="iati-activity",
            main_sheet_name="iati-activity",
            id_name="iati-identifier",
            output_name=folder,
            output_format="csv",
        )
        return count_rows(Path(folder, "iati-activity.csv"))


def okfn_iati(path: Path) -> int:
    from okfn_iati import IatiMultiCsvConverter

    with tempfile.TemporaryDirectory() as folder:
        IatiMultiCsvConverter().xml_to_csv_folder(path, folder)
        return count_rows(Path(folder, "activities.csv"))


def count_rows(path: Path) -> int:
    import csv

    with path.open(newline="", encoding="utf-8") as file:
        return sum(1 for _ in csv.reader(file)) - 1


#: What each run imports, before the clock starts.
IMPORTS = {
    "nothing": ("lxml.etree",),
    "capmap_one": ("polars", "capmap.sources.iati"),
    "xmltodict_pandas": ("pandas", "xmltodict"),
    "flatten_tool": ("flattentool",),
    "okfn_iati": ("okfn_iati",),
}

RUNS: dict[str, Callable[[Path], int]] = {
    "iterparse doing nothing": nothing,
    "capmap": capmap_one,
    "capmap, two processes": capmap_two,
    "xmltodict with pandas": xmltodict_pandas,
    "flatten-tool": flatten_tool,
    "okfn-iati": okfn_iati,
}


if __name__ == "__main__":
    main()
