"""The command that says what to read next and when enough has been read."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from capmap.cli.shared import (
    AsJson,
    CodebookFolder,
    DecisionFiles,
    FrameworkFolder,
    Language,
    MappedFolder,
    app,
    explained,
    fail,
    print_json,
)
from capmap.wording import Wording


class _Unit(StrEnum):
    passages = "passages"
    interventions = "interventions"


@app.command("review-order", help=explained("help_review_order"))
def review_order_command(
    folder: MappedFolder,
    question: Annotated[
        str, typer.Option("--for", metavar="CODE", help=explained("help_for"))
    ],
    decisions: DecisionFiles = None,
    unit: Annotated[
        _Unit, typer.Option("--unit", help=explained("help_unit"))
    ] = _Unit.passages,
    batch: Annotated[
        int, typer.Option("--batch", min=2, help=explained("help_batch"))
    ] = 20,
    readers: Annotated[
        int, typer.Option("--readers", min=1, help=explained("help_readers"))
    ] = 1,
    out: Annotated[
        Path | None,
        typer.Option("--out", dir_okay=False, help=explained("help_batch_out")),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(
            "--model", exists=True, dir_okay=False, help=explained("help_ranking_model")
        ),
    ] = None,
    recall: Annotated[
        float,
        typer.Option("--recall", min=0.5, max=0.99, help=explained("help_recall")),
    ] = 0.95,
    confidence: Annotated[
        float,
        typer.Option("--confidence", min=0.5, max=0.99, help=explained("help_sure")),
    ] = 0.95,
    framework: FrameworkFolder = None,
    codebook: CodebookFolder = None,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    from capmap.coding.learned.model import BadModel, Model
    from capmap.coding.learned.starting import starting_model, worked_examples
    from capmap.frameworks.findings import FrameworkError
    from capmap.pipeline import review_order
    from capmap.pipeline.explain import NotAResult
    from capmap.pipeline.parts import lexicon_coder
    from capmap.pipeline.review_files import ENDINGS
    from capmap.pipeline.review_log import AnotherPortfolio

    words = Wording("review_order", language)
    if out is not None and out.suffix not in ENDINGS:
        raise fail(words.say("error_ending", path=out), code=2)
    try:
        lexicon = lexicon_coder(framework, codebook)
        order = review_order.review_order(
            folder,
            question,
            lexicon,
            decisions=decisions or (),
            unit=unit.value,
            size=batch,
            readers=readers,
            out=out,
            model=Model.load(model) if model else None,
            starting=None if model else starting_model(framework),
            worked=worked_examples(framework, lexicon.codebook),
            target=recall,
            confidence=confidence,
            language=language,
        )
    except NotAResult:
        raise fail(words.say("error_not_mapped", folder=folder), code=2) from None
    except review_order.NoSuchQuestion:
        raise fail(words.say("error_question", question=question), code=2) from None
    except AnotherPortfolio as fault:
        told = words.say("error_another_portfolio", path=fault.path)
        raise fail(told, code=2) from None
    except review_order.FileExists as fault:
        raise fail(words.say("error_file_exists", path=fault), code=2) from None
    except FrameworkError as fault:
        raise fail(fault.finding.sentence(language), code=2) from None
    except BadModel as fault:
        told = Wording("command_line", language).say("error_model", why=fault)
        raise fail(told, code=2) from None
    except ValueError as fault:
        raise fail(str(fault), code=2) from None
    if as_json:
        print_json(order.as_values())
    else:
        typer.echo(review_order.as_text(order, language, named=out is not None))
