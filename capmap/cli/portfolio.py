"""Commands that read and map a portfolio, and show the codebook."""

from pathlib import Path
from typing import Annotated

import typer

from capmap.cli.shared import (
    AsJson,
    CodebookFolder,
    FrameworkFolder,
    Language,
    ModelFile,
    answers,
    app,
    explained,
    fail,
    messages,
    print_json,
)
from capmap.wording import Wording


@app.command("map", help=explained("help_map"))
def map_command(
    sources: Annotated[list[Path], typer.Argument(help=explained("help_sources"))],
    out: Annotated[Path, typer.Option("--out", help=explained("help_out"))] = Path(
        "map"
    ),
    title: Annotated[str, typer.Option("--title", help=explained("help_title"))] = "",
    cover: Annotated[
        Path | None,
        typer.Option(
            "--cover", exists=True, dir_okay=False, help=explained("help_cover")
        ),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, help=explained("help_jobs"))
    ] = None,
    framework: FrameworkFolder = None,
    codebook: CodebookFolder = None,
    model: ModelFile = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", help=explained("help_quiet"))
    ] = False,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    from capmap.coding.learned.model import BadModel
    from capmap.frameworks.findings import FrameworkError
    from capmap.pipeline import summary
    from capmap.pipeline.portfolio_map import NothingRead, map_portfolio
    from capmap.pipeline.progress import progress_bar
    from capmap.pipeline.run import NotOurs
    from capmap.publishing.paper_cover import CoverFault, CoverSettings, read_cover

    words = Wording("command_line", language)
    for source in sources:
        if not source.exists():
            raise fail(words.say("error_no_source", source=source), code=2)
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
                model=model,
                cover=read_cover(cover) if cover else CoverSettings(),
                progress=progress,
            )
    except NotOurs:
        raise fail(words.say("error_not_ours", out=out), code=2) from None
    except FrameworkError as fault:
        raise fail(fault.finding.sentence(language), code=2) from None
    except CoverFault as fault:
        raise fail(str(fault), code=2) from None
    except BadModel as fault:
        raise fail(words.say("error_model", why=fault), code=2) from None
    except NothingRead as nothing:
        for line in summary.aside(nothing.set_aside, words):
            messages.print(line, highlight=False, soft_wrap=True)
        named = ", ".join(str(source) for source in sources)
        raise fail(words.say("error_nothing_read", sources=named)) from None
    except KeyboardInterrupt:
        raise fail(words.say("error_interrupted"), code=130) from None
    if as_json:
        print_json(summary.as_values(mapped, language))
    elif not quiet:
        typer.echo(summary.summary(mapped, language))


@app.command("explain", help=explained("help_explain"))
def explain_command(
    identifier: Annotated[str, typer.Argument(help=explained("help_identifier"))],
    folder: Annotated[Path, typer.Option("--in", help=explained("help_in"))] = Path(
        "map"
    ),
    codebook: CodebookFolder = None,
    framework: FrameworkFolder = None,
    model: ModelFile = None,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    from capmap.coding.learned.model import BadModel
    from capmap.coding.learned.starting import worked_examples
    from capmap.frameworks.findings import FrameworkError
    from capmap.pipeline import explain
    from capmap.pipeline.explanation import explanation_text
    from capmap.pipeline.parts import build_coder

    words = Wording("command_line", language)
    try:
        found = explain.find(folder, identifier)
    except explain.NotAResult:
        raise fail(words.say("error_not_a_result", folder=folder), code=2) from None
    if found.is_empty():
        raise fail(words.say("error_no_intervention", identifier=identifier))
    if found.height > 1:
        typer.echo(
            words.say("error_several", identifier=identifier, count=found.height)
        )
        for one, title in found.select("intervention_id", "title").head(20).iter_rows():
            typer.echo(f"  {one}  {title}")
        raise typer.Exit(2)
    try:
        coder = build_coder(framework, codebook, model)
        explanation = explain.with_reasons(
            explain.explain(folder, found["intervention_id"][0]),
            coder,
            worked_examples(framework, coder.codebook),
        )
    except BadModel as fault:
        raise fail(words.say("error_model", why=fault), code=2) from None
    except FrameworkError as fault:
        raise fail(fault.finding.sentence(language), code=2) from None
    if as_json:
        print_json(explanation.as_values())
    else:
        answers.print(explanation_text(explanation, coder.codebook, language))


@app.command("codebook", help=explained("help_codebook"))
def codebook_command(
    code: Annotated[str, typer.Argument(help=explained("help_code"))] = "",
    check: Annotated[
        bool, typer.Option("--check", help=explained("help_check"))
    ] = False,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export", dir_okay=False, metavar="FILE", help=explained("help_export")
        ),
    ] = None,
    framework: FrameworkFolder = None,
    codebook: CodebookFolder = None,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    from capmap.coding.learned.starting import worked_examples
    from capmap.frameworks.codebook import load_codebook
    from capmap.frameworks.findings import FrameworkError
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
            examples = worked_examples(framework, book)
            codebook_listing.export(book, export, language, examples)
        elif as_json:
            examples = worked_examples(framework, book)
            print_json(codebook_listing.as_values(book, code, language, examples))
        else:
            examples = worked_examples(framework, book) if code else ()
            answers.print(codebook_listing.listing(book, code, language, examples))
    except FrameworkError as fault:
        raise fail(fault.finding.sentence(language), code=2) from None
    except codebook_listing.NoSuchCode:
        raise fail(words.say("error_no_code", code=code), code=2) from None
    except codebook_listing.UnknownEnding:
        raise fail(words.say("error_export_ending", file=export), code=2) from None


@app.command("evaluate", help=explained("help_evaluate"))
def evaluate_command(
    files: Annotated[
        list[Path],
        typer.Argument(exists=True, dir_okay=False, help=explained("help_examples")),
    ],
    framework: FrameworkFolder = None,
    codebook: CodebookFolder = None,
    model: ModelFile = None,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    from capmap.coding import evaluation
    from capmap.coding.learned.model import BadModel
    from capmap.frameworks.findings import FrameworkError
    from capmap.pipeline.parts import build_coder

    words = Wording("command_line", language)
    try:
        examples = evaluation.read_examples(files)
        coder = build_coder(framework, codebook, model)
        scores = evaluation.evaluate(coder, examples)
    except BadModel as fault:
        raise fail(words.say("error_model", why=fault), code=2) from None
    except FrameworkError as fault:
        raise fail(fault.finding.sentence(language), code=2) from None
    except ValueError as fault:
        raise fail(str(fault), code=2) from None
    if as_json:
        print_json({"coder": coder.version, **scores})
    else:
        typer.echo(f"{coder.version}\n{evaluation.as_text(scores)}")
