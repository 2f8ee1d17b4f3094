"""The commands that check worked examples and add more of them."""

from pathlib import Path
from typing import Annotated

import typer

from capmap.cli.shared import (
    AsJson,
    CodebookFolder,
    FrameworkFolder,
    Language,
    app,
    explained,
    fail,
    print_json,
)
from capmap.wording import Wording

examples_app = typer.Typer(help=explained("help_worked_examples"), no_args_is_help=True)
app.add_typer(examples_app, name="examples")

_Files = Annotated[
    list[Path],
    typer.Argument(
        exists=True, dir_okay=False, metavar="FILE...", help=explained("help_add_files")
    ),
]


@examples_app.command("check", help=explained("help_examples_check"))
def check_command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            exists=True,
            dir_okay=False,
            metavar="[FILES]...",
            help=explained("help_check_files"),
        ),
    ] = None,
    framework: FrameworkFolder = None,
    codebook: CodebookFolder = None,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    from capmap.frameworks.codebook import load_codebook
    from capmap.frameworks.findings import FrameworkError
    from capmap.pipeline.example_files import check_files, checked_text
    from capmap.pipeline.parts import codebook_folders

    try:
        book = load_codebook(*codebook_folders(framework, codebook))
        checked = check_files(framework, book, files or ())
    except FrameworkError as fault:
        raise fail(fault.finding.sentence(language), code=2) from None
    if as_json:
        print_json(checked.as_values(language))
    else:
        typer.echo(checked_text(checked, language))
    if checked.findings:
        raise typer.Exit(1)


@examples_app.command("add", help=explained("help_examples_add"))
def add_command(
    files: _Files,
    genre: Annotated[
        str, typer.Option("--genre", metavar="NAME", help=explained("help_genre"))
    ] = "",
    framework: FrameworkFolder = None,
    codebook: CodebookFolder = None,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    from capmap.frameworks.codebook import load_codebook
    from capmap.frameworks.findings import FrameworkError
    from capmap.pipeline import example_files
    from capmap.pipeline.parts import codebook_folders

    words = Wording("command_line", language)
    try:
        book = load_codebook(*codebook_folders(framework, codebook))
        added = example_files.add_files(framework, book, files, genre)
    except FrameworkError as fault:
        raise fail(fault.finding.sentence(language), code=2) from None
    except example_files.ThereAlready as path:
        raise fail(words.say("error_there_already", file=path), code=2) from None
    except example_files.NoGenre as name:
        raise fail(words.say("error_genre", name=name), code=2) from None
    except OSError as fault:
        told = words.say("error_not_written", out=fault.filename, error=fault.strerror)
        raise fail(told, code=2) from None
    if as_json:
        print_json(added.as_values(language))
    else:
        typer.echo(example_files.added_text(added, language, framework))
    if added.findings:
        raise typer.Exit(1)
