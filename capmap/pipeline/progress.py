"""What is being done and how long it still takes, drawn in a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from capmap.pipeline import run
from capmap.wording import Wording


@contextmanager
def progress_bar(
    console: Console, words: Wording, *, silent: bool
) -> Iterator[run.Progress]:
    """Give a function that draws progress on ``console``; nothing where it is no terminal."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[detail]}"),
        console=console,
        transient=True,
        disable=silent or not console.is_terminal,
    ) as bar:
        tasks = {"reading": bar.add_task(words.say("stage_reading"), detail="")}

        def show(stage: str, done: float, total: float, detail: str) -> None:
            if stage == "reading":
                bar.update(
                    tasks["reading"], completed=done, total=total, detail=detail[-40:]
                )
                return
            label = words.say(f"stage_{stage}", what=detail)
            if "rest" not in tasks:
                tasks["rest"] = bar.add_task(label, detail="")
            bar.update(tasks["rest"], description=label, completed=done, total=total)

        yield show


@contextmanager
def part_bar(
    console: Console, label: str, *, silent: bool
) -> Iterator[Callable[[float], None]]:
    """Give a function that draws which part of one long step is done, 0 to 1."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=silent or not console.is_terminal,
    ) as bar:
        task = bar.add_task(label, total=1.0)
        yield lambda part: bar.update(task, completed=part)
