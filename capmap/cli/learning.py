"""The command that learns to code from decisions."""

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
        list[Path],
        typer.Argument(exists=True, dir_okay=False, help=explained("help_examples")),
    ],
    out: Annotated[
        Path, typer.Option("--out", dir_okay=False, help=explained("help_learn_out"))
    ] = Path("model.capmap"),
    framework: FrameworkFolder = None,
    codebook: CodebookFolder = None,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    from capmap.coding.evaluation import read_examples
    from capmap.coding.learned.training import TooFewDecisions, learn
    from capmap.frameworks.findings import FrameworkError
    from capmap.pipeline.learning import summary
    from capmap.pipeline.parts import lexicon_coder
    from capmap.pipeline.progress import part_bar

    words = Wording("command_line", language)
    try:
        coder = lexicon_coder(framework, codebook)
        with part_bar(messages, words.say("stage_learning"), silent=as_json) as told:
            learned = learn(read_examples(decisions), coder, progress=told)
        learned.model.save(out)
    except TooFewDecisions as few:
        told_few = words.say(
            "error_few_decisions", count=few.passages, needed=few.needed
        )
        raise fail(told_few) from None
    except FrameworkError as fault:
        raise fail(fault.finding.sentence(language), code=2) from None
    except OSError as fault:
        raise fail(
            words.say("error_not_written", out=out, error=fault.strerror), code=2
        ) from None
    except ValueError as fault:
        raise fail(str(fault), code=2) from None
    if as_json:
        print_json(
            {"model": learned.model.version, "file": str(out)}
            | learned.report.as_values()
        )
    else:
        typer.echo(summary(learned.report, learned.model, out, language))
