"""IATI XML to coded Parquet, beside lxml.iterparse doing nothing with the same file.

    .venv/bin/python benchmarks/speed/coded_parquet.py 1000     # megabytes; default 200

Two files of that size: one with half of its bytes in transactions, one with six in seven.

Each way runs in a process of its own; speed is megabytes of XML a second, memory the
peak of all processes of that way together.
"""

import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

from iati_file import generated
from lxml import etree

from capmap.pipeline.merge import merge
from capmap.pipeline.run import read_and_code

Measured = dict[str, float]


def main() -> None:
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for transactions in (10, 50):
        compare(generated(megabytes, transactions=transactions))


def compare(path: Path) -> None:
    size = path.stat().st_size / 1e6
    print(f"\n{path.name}, {size:.0f} MB\n")
    print(f"{'':34}{'s':>8}{'MB/s':>8}{'peak MB':>9}")
    results = {}
    for name, run in (
        ("lxml.iterparse doing nothing", nothing),
        ("capmap, one process", one_process),
        ("capmap, two processes", two_processes),
    ):
        results[name] = told = measured(run, path)
        print(f"{name:34}{told['s']:8.1f}{size / told['s']:8.1f}{told['mb']:9.0f}")
    idle, one, two = (told["s"] for told in results.values())
    print(f"\none process: {idle / one:.2f} of iterparse doing nothing (aim 0.25)")
    print(f"two processes: {one / two:.2f} times one (aim 1.7)")


def measured(run: Callable[[Path], None], path: Path) -> Measured:
    context = get_context("spawn")
    results = context.Queue()
    process = context.Process(target=_in_process, args=(run, path, results))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)
    told: Measured = results.get()
    return told


def _in_process(run: Callable[[Path], None], path: Path, results: object) -> None:
    peak = [0.0]
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.05):
            peak[0] = max(peak[0], _memory_of_all())

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.perf_counter()
    try:
        run(path)
    finally:
        stop.set()
        watcher.join()
    seconds = time.perf_counter() - began
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    results.put({"s": seconds, "mb": max(own, peak[0])})  # type: ignore[attr-defined]


def _memory_of_all() -> float:
    """Megabytes resident in this process and its children (Linux)."""
    total = 0.0
    pending = ["self"]
    while pending:
        pid = pending.pop()
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            for task in Path(f"/proc/{pid}/task").iterdir():
                pending += (task / "children").read_text().split()
        except OSError:
            continue
        line = next((x for x in status.splitlines() if x.startswith("VmRSS")), "")
        total += int(line.split()[1]) / 1000 if line else 0
    return total


def nothing(path: Path) -> None:
    for _, element in etree.iterparse(path, events=("end",), tag="iati-activity"):
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def one_process(path: Path) -> None:
    _to_parquet(path, 1)


def two_processes(path: Path) -> None:
    _to_parquet(path, 2)


def _to_parquet(path: Path, jobs: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "parts").mkdir()
        reading = read_and_code(
            [path],
            folder / "parts",
            jobs=jobs,
            framework=None,
            codebook=None,
            progress=lambda *told: None,
        )
        merge(folder / "parts", folder)
        assert reading.interventions


if __name__ == "__main__":
    main()
