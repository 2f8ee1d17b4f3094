"""Learn from files of decisions, and tell in a few lines what came of it."""

from collections import Counter
from pathlib import Path

from capmap.coding.learned.model import Model
from capmap.coding.learned.report import Report
from capmap.wording import Wording

#: Codes named in the summary for each reason, the most read first.
_NAMED = 6


def summary(report: Report, model: Model, out: Path, language: str) -> str:
    """Return what was learned as lines of plain text."""
    words = Wording("command_line", language)
    say = words.say
    lines = [
        say(
            "learn_head",
            version=model.version,
            passages=say("passages", count=report.passages),
            documents=say("documents", count=report.documents),
        ),
        "",
        f"{say('learn_f1'):<16}{say('learn_lexicon'):>22}{say('learn_combined'):>22}",
    ]
    for facet, scores in report.facets.items():
        cells = (
            f"{f1:.2f} [{low:.2f}-{high:.2f}]"
            for f1, low, high in (scores["lexicon"], scores["combined"])
        )
        lines.append(f"{facet:<16}" + "".join(f"{cell:>22}" for cell in cells))
    lines += ["", say("learn_folds", folds=report.folds), ""]
    lines += _codes(report, words)
    lines += [
        say(
            "learn_error",
            before=words.number(round(100 * report.error_before, 1)),
            after=words.number(round(100 * report.error_after, 1)),
        ),
        *([say("learn_worse")] if report.error_after > report.error_before else []),
        "",
        say("learn_written", out=out),
        say("learn_next", out=out),
    ]
    return "\n".join(lines)


def _codes(report: Report, words: Wording) -> list[str]:
    """Say how many codes are learned and left to the lexicon, and name some."""
    reasons = Counter(told.why for told in report.codes.values())
    lines = []
    for why, key in (
        ("", "learn_learned"), ("no_better", "learn_no_better"), ("few", "learn_few"),
    ):  # fmt: skip
        if not reasons[why]:
            continue
        named = sorted(
            (key for key, told in report.codes.items() if told.why == why),
            key=lambda key: (-report.codes[key].decisions, key),
        )
        more = ", …" if len(named) > _NAMED else ""
        codes = ", ".join(f"{facet}:{code}" for facet, code in named[:_NAMED])
        lines.append(words.say(key, count=reasons[why], codes=codes + more))
    return lines
