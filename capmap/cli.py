"""The ``capmap`` command: options only, no logic."""

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from capmap import __version__
from capmap.wording import LANGUAGES, Wording


def _asked_language() -> str:
    """The language of the command line itself, help texts included: option, then environment."""
    for position, word in enumerate(sys.argv):
        if word.startswith("--language="):
            return word.partition("=")[2]
        if word == "--language" and position + 1 < len(sys.argv):
            return sys.argv[position + 1]
    return os.environ.get("CAPMAP_LANGUAGE", "en")


_language = _asked_language() if _asked_language() in LANGUAGES else "en"
_help = Wording("command_line", _language).say

app = typer.Typer(
    help=_help("help_app"),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
messages = Console(stderr=True)
answers = Console()


def _check_language(value: str) -> str:
    if value not in LANGUAGES:
        raise typer.BadParameter(_help("error_language", language=value))
    return value


Language = Annotated[
    str,
    typer.Option(
        "--language",
        help=_help("help_language"),
        envvar="CAPMAP_LANGUAGE",
        show_envvar=False,
        show_default=False,
        callback=_check_language,
    ),
]
FrameworkFolder = Annotated[
    Path | None,
    typer.Option(
        "--framework", exists=True, file_okay=False, help=_help("help_framework")
    ),
]
CodebookFolder = Annotated[
    Path | None,
    typer.Option(
        "--codebook", exists=True, file_okay=False, help=_help("help_codebook_folder")
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help=_help("help_json"))]


def _fail(text: str, code: int = 1) -> typer.Exit:
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
            help=_help("help_version"),
            callback=_print_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    """Options that stand before a command."""


@app.command("map", help=_help("help_map"))
def map_command(
    sources: Annotated[list[Path], typer.Argument(help=_help("help_sources"))],
    out: Annotated[Path, typer.Option("--out", help=_help("help_out"))] = Path("map"),
    title: Annotated[str, typer.Option("--title", help=_help("help_title"))] = "",
    cover: Annotated[
        Path | None,
        typer.Option("--cover", exists=True, dir_okay=False, help=_help("help_cover")),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, help=_help("help_jobs"))
    ] = None,
    framework: FrameworkFolder = None,
    codebook: CodebookFolder = None,
    quiet: Annotated[bool, typer.Option("--quiet", help=_help("help_quiet"))] = False,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    from capmap.frameworks.findings import FrameworkError
    from capmap.pipeline import summary
    from capmap.pipeline.portfolio_map import NothingRead, map_portfolio
    from capmap.pipeline.progress import progress_bar
    from capmap.pipeline.run import NotOurs
    from capmap.publishing.paper_cover import CoverFault, CoverSettings, read_cover

    words = Wording("command_line", language)
    for source in sources:
        if not source.exists():
            raise _fail(words.say("error_no_source", source=source), code=2)
    try:
        with progress_bar(messages, words, silent=quiet or as_json) as progress:
            mapped = map_portfolio(
                sources,
                out,
                language=language,
                title=title,
                jobs=jobs,
                framework=framework,
                codebook=codebook,
                cover=read_cover(cover) if cover else CoverSettings(),
                progress=progress,
            )
    except NotOurs:
        raise _fail(words.say("error_not_ours", out=out), code=2) from None
    except FrameworkError as fault:
        raise _fail(fault.finding.sentence(language), code=2) from None
    except CoverFault as fault:
        raise _fail(str(fault), code=2) from None
    except NothingRead as nothing:
        for line in summary.aside(nothing.set_aside, words):
            messages.print(line, highlight=False, soft_wrap=True)
        named = ", ".join(str(source) for source in sources)
        raise _fail(words.say("error_nothing_read", sources=named)) from None
    except KeyboardInterrupt:
        raise _fail(words.say("error_interrupted"), code=130) from None
    if as_json:
        _print_json(summary.as_values(mapped, language))
    elif not quiet:
        typer.echo(summary.summary(mapped, language))


def _print_json(content: object) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2))


@app.command("explain", help=_help("help_explain"))
def explain_command(
    identifier: Annotated[str, typer.Argument(help=_help("help_identifier"))],
    folder: Annotated[Path, typer.Option("--in", help=_help("help_in"))] = Path("map"),
    codebook: CodebookFolder = None,
    framework: FrameworkFolder = None,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    from capmap.frameworks.codebook import load_codebook
    from capmap.pipeline import explain
    from capmap.pipeline.explanation import explanation_text
    from capmap.pipeline.parts import codebook_folders

    words = Wording("command_line", language)
    try:
        found = explain.find(folder, identifier)
    except explain.NotAResult:
        raise _fail(words.say("error_not_a_result", folder=folder), code=2) from None
    if found.is_empty():
        raise _fail(words.say("error_no_intervention", identifier=identifier))
    if found.height > 1:
        typer.echo(
            words.say("error_several", identifier=identifier, count=found.height)
        )
        for one, title in found.select("intervention_id", "title").head(20).iter_rows():
            typer.echo(f"  {one}  {title}")
        raise typer.Exit(2)
    explanation = explain.explain(folder, found["intervention_id"][0])
    if as_json:
        _print_json(explanation.as_values())
        return
    book = load_codebook(*codebook_folders(framework, codebook))
    answers.print(explanation_text(explanation, book, language), soft_wrap=True)


@app.command("codebook", help=_help("help_codebook"))
def codebook_command(
    code: Annotated[str, typer.Argument(help=_help("help_code"))] = "",
    check: Annotated[bool, typer.Option("--check", help=_help("help_check"))] = False,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export", dir_okay=False, metavar="FILE", help=_help("help_export")
        ),
    ] = None,
    framework: FrameworkFolder = None,
    codebook: CodebookFolder = None,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    from capmap.frameworks.codebook import load_codebook
    from capmap.frameworks.findings import FrameworkError
    from capmap.frameworks.framework import load_framework
    from capmap.pipeline import codebook_listing
    from capmap.pipeline.parts import codebook_folders

    words = Wording("command_line", language)
    try:
        folders = codebook_folders(framework, codebook)
        if check:
            faults = codebook_listing.faults(folders, framework, language)
            for fault in faults:
                typer.echo(fault)
            if faults:
                raise typer.Exit(1)
        book = load_codebook(*folders)
        if check:
            typer.echo(words.say("check_clean", **codebook_listing.counts(book)))
        elif export is not None:
            codebook_listing.export(book, load_framework(framework), export, language)
        elif as_json:
            _print_json(codebook_listing.as_values(book, code))
        else:
            answers.print(codebook_listing.listing(book, code, language))
    except FrameworkError as fault:
        raise _fail(fault.finding.sentence(language), code=2) from None
    except codebook_listing.NoSuchCode:
        raise _fail(words.say("error_no_code", code=code), code=2) from None
    except codebook_listing.UnknownEnding:
        raise _fail(words.say("error_export_ending", file=export), code=2) from None


@app.command("evaluate", help=_help("help_evaluate"))
def evaluate_command(
    files: Annotated[
        list[Path],
        typer.Argument(exists=True, dir_okay=False, help=_help("help_examples")),
    ],
    framework: FrameworkFolder = None,
    codebook: CodebookFolder = None,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    from capmap.coding import evaluation
    from capmap.pipeline.parts import lexicon_coder

    try:
        examples = evaluation.read_examples(files)
        scores = evaluation.evaluate(lexicon_coder(framework, codebook), examples)
    except ValueError as fault:
        raise _fail(str(fault), code=2) from None
    if as_json:
        _print_json(scores)
    else:
        typer.echo(evaluation.as_text(scores))


@app.command("serve", help=_help("help_serve"))
def serve_command(
    host: Annotated[str, typer.Option("--host", help=_help("help_host"))] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help=_help("help_port"))
    ] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help=_help("help_workers"))
    ] = 3,
    sample: Annotated[
        bool, typer.Option("--sample/--no-sample", help=_help("help_sample"))
    ] = True,
    language: Language = "en",
) -> None:
    words = Wording("command_line", language)
    if find_spec("django") is None or find_spec("gunicorn") is None:
        raise _fail(words.say("serve_not_installed"), code=2)
    from capmap.web.serve import CannotStart, serve

    try:
        code = serve(
            host=host,
            port=port,
            workers=workers,
            sample=sample,
            words=words,
            tell=lambda text: print(text, flush=True),
        )
    except CannotStart as reason:
        raise _fail(str(reason)) from None
    raise typer.Exit(code)
