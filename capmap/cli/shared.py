"""What the commands share: the app, the options that recur, and how it speaks."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from capmap import __version__
from capmap.wording import LANGUAGES, Wording

# The tables of the coder are small: threads of a linear algebra library would only wait
# for each other, minutes long on a busy machine. Set before the library is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _asked_language() -> str:
    """The language of the command line itself, help texts included: option, then environment."""
    for position, word in enumerate(sys.argv):
        if word.startswith("--language="):
            return word.partition("=")[2]
        if word == "--language" and position + 1 < len(sys.argv):
            return sys.argv[position + 1]
    return os.environ.get("CAPMAP_LANGUAGE", "en")


_language = _asked_language() if _asked_language() in LANGUAGES else "en"
explained = Wording("command_line", _language).say

app = typer.Typer(
    help=explained("help_app"),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
messages = Console(stderr=True)
answers = Console()


def _check_language(value: str) -> str:
    if value not in LANGUAGES:
        raise typer.BadParameter(explained("error_language", language=value))
    return value


Language = Annotated[
    str,
    typer.Option(
        "--language",
        help=explained("help_language"),
        envvar="CAPMAP_LANGUAGE",
        show_envvar=False,
        show_default=False,
        callback=_check_language,
    ),
]
FrameworkFolder = Annotated[
    Path | None,
    typer.Option(
        "--framework", exists=True, file_okay=False, help=explained("help_framework")
    ),
]
CodebookFolder = Annotated[
    Path | None,
    typer.Option(
        "--codebook",
        exists=True,
        file_okay=False,
        help=explained("help_codebook_folder"),
    ),
]
ModelFile = Annotated[
    Path | None,
    typer.Option("--model", exists=True, dir_okay=False, help=explained("help_model")),
]
DecisionFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--decisions",
        exists=True,
        dir_okay=False,
        metavar="FILE",
        help=explained("help_decisions"),
    ),
]
MappedFolder = Annotated[Path, typer.Argument(help=explained("help_mapped"))]
AsJson = Annotated[bool, typer.Option("--json", help=explained("help_json"))]


def fail(text: str, code: int = 1) -> typer.Exit:
    messages.print(text, style="red", highlight=False, soft_wrap=True, markup=False)
    return typer.Exit(code)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"capmap {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help=explained("help_version"),
            callback=_print_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    """Options that stand before a command."""


def print_json(content: object) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
