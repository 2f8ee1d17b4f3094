"""The command that draws a random sample to read, and estimates from what was read."""

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
    interventions = "interventions"
    passages = "passages"


class _By(StrEnum):
    country = "country"
    region = "region"
    year = "year"
    kind = "kind"
    sector = "sector"
    organisation = "organisation"


@app.command("estimate", help=explained("help_estimate"))
def estimate_command(
    folder: MappedFolder,
    named: Annotated[
        list[str] | None,
        typer.Option("--for", metavar="CODE", help=explained("help_estimate_for")),
    ] = None,
    decisions: DecisionFiles = None,
    unit: Annotated[
        _Unit, typer.Option("--unit", help=explained("help_estimate_unit"))
    ] = _Unit.interventions,
    by: Annotated[
        _By | None, typer.Option("--by", help=explained("help_estimate_by"))
    ] = None,
    budgets: Annotated[
        bool, typer.Option("--budgets", help=explained("help_estimate_budgets"))
    ] = False,
    draw: Annotated[
        int | None, typer.Option("--draw", min=1, help=explained("help_draw"))
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help=explained("help_seed"))
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", dir_okay=False, help=explained("help_estimate_out")),
    ] = None,
    framework: FrameworkFolder = None,
    codebook: CodebookFolder = None,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    from capmap.frameworks.codebook import load_codebook
    from capmap.frameworks.findings import FrameworkError
    from capmap.frameworks.framework import load_framework
    from capmap.pipeline import estimate, estimate_report, estimate_sample
    from capmap.pipeline.explain import NotAResult
    from capmap.pipeline.parts import codebook_folders
    from capmap.pipeline.review_files import ENDINGS
    from capmap.pipeline.review_log import AnotherPortfolio
    from capmap.pipeline.review_order import FileExists, NoSuchQuestion

    words, of_review = Wording("estimates", language), Wording("review_order", language)
    if out is not None and out.suffix not in ENDINGS:
        raise fail(words.say("error_ending", path=out), code=2)
    try:
        book = load_codebook(*codebook_folders(framework, codebook))
        if draw is not None:
            named = named or estimate_sample.asked_before(folder, unit.value)
        questions = estimate.questions_of(named or ["capacity:cd"], book)
        if draw is not None:
            sample = estimate_sample.draw(
                folder, unit.value, draw, questions, seed=seed, out=out
            )
            if as_json:
                print_json(sample.as_values())
            else:
                typer.echo(estimate_sample.as_text(sample, language))
            return
        found = estimate.estimates(
            folder,
            questions,
            load_framework(framework),
            book,
            decisions=decisions or (),
            unit=unit.value,
            by=by.value if by else "",
            budgets=budgets,
            language=language,
        )
    except NotAResult:
        raise fail(of_review.say("error_not_mapped", folder=folder), code=2) from None
    except NoSuchQuestion as fault:
        raise fail(of_review.say("error_question", question=fault), code=2) from None
    except AnotherPortfolio as fault:
        told = of_review.say("error_another_portfolio", path=fault.path)
        raise fail(told, code=2) from None
    except FileExists as fault:
        raise fail(of_review.say("error_file_exists", path=fault), code=2) from None
    except estimate_sample.AnotherSeed as fault:
        told = words.say("error_another_seed", seed=fault.seed, path=fault.path)
        raise fail(told, code=2) from None
    except estimate_sample.AllDrawn:
        raise fail(words.say("error_all_drawn")) from None
    except estimate.NoBudgetsOfPassages:
        raise fail(words.say("error_budgets_of_passages"), code=2) from None
    except estimate.NothingDecided:
        word = words.say(f"units_{unit.value}", count=2)
        raise fail(words.say("error_nothing_decided", units=word)) from None
    except FrameworkError as fault:
        raise fail(fault.finding.sentence(language), code=2) from None
    except ValueError as fault:
        raise fail(str(fault), code=2) from None
    if out is not None:
        estimate_report.write(found, out, language)
    if as_json:
        print_json(estimate_report.as_values(found, language))
    else:
        typer.echo(estimate_report.as_text(found, language))
