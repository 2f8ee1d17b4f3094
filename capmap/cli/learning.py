"""The command that learns to code from worked examples and decisions."""

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
    messages,
    print_json,
)
from capmap.wording import Wording


@app.command("learn", help=explained("help_learn"))
def learn_command(
    decisions: Annotated[
        list[Path] | None,
        typer.Argument(
            exists=True,
            dir_okay=False,
            metavar="[FILES]...",
            help=explained("help_learn_files"),
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", dir_okay=False, help=explained("help_learn_out")),
    ] = None,
    framework: FrameworkFolder = None,
    codebook: CodebookFolder = None,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    from capmap.coding.learned.training import TooFewDecisions
    from capmap.frameworks.findings import FrameworkError
    from capmap.pipeline.learning import learn_to, summary
    from capmap.pipeline.progress import part_bar

    words = Wording("command_line", language)
    try:
        with part_bar(messages, words.say("stage_learning"), silent=as_json) as told:
            taught = learn_to(
                out,
                decisions or (),
                framework=framework,
                codebook=codebook,
                progress=told,
            )
    except TooFewDecisions as few:
        told_few = words.say(
            "error_few_decisions", count=few.passages, needed=few.needed
        )
        raise fail(told_few) from None
    except FrameworkError as fault:
        raise fail(fault.finding.sentence(language), code=2) from None
    except OSError as fault:
        raise fail(
            words.say("error_not_written", out=fault.filename, error=fault.strerror),
            code=2,
        ) from None
    except ValueError as fault:
        raise fail(str(fault), code=2) from None
    if as_json:
        print_json(taught.as_values())
    else:
        typer.echo(summary(taught, language, framework))
