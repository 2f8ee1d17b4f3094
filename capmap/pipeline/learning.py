"""Learn from worked examples and files of decisions, and tell in a few lines what came of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from capmap.coding.evaluation import LEAST_SUPPORT, read_examples
from capmap.coding.learned.report import Report
from capmap.coding.learned.starting import MODEL, taught, worked_examples
from capmap.coding.learned.training import Learned, Progress, learn
from capmap.pipeline.parts import lexicon_coder
from capmap.wording import Wording

#: Codes named in the summary for each reason, the most read first.
_NAMED = 6


@dataclass(frozen=True, slots=True)
class Taught:
    """What taught the coder, what it learned, and where the model is."""

    learned: Learned
    examples: int
    decisions: int
    out: Path

    def as_values(self) -> dict[str, object]:
        """Return the same as plain values."""
        told: dict[str, object] = {
            "model": self.learned.model.version,
            "file": str(self.out),
            "examples": self.examples,
            "decisions": self.decisions,
        }
        return told | self.learned.report.as_values()


def learn_to(
    out: Path | None,
    decisions: Sequence[Path],
    *,
    framework: Path | None = None,
    codebook: Path | None = None,
    progress: Progress = lambda part: None,
) -> Taught:
    """Learn from worked examples, and from files of decisions beside them, and save it.

    Without ``out`` the model is saved beside the framework, where it codes from then on;
    one that decisions helped to make, or without a framework, in the folder at hand.
    Raises ``TooFewDecisions``, ``FrameworkError``, ``ValueError`` for a file of decisions
    that cannot be read, and ``OSError`` where nothing can be written.
    """
    lexicon = lexicon_coder(framework, codebook)
    worked = worked_examples(framework, lexicon.codebook)
    decided = read_examples(decisions)
    learned = learn(taught(worked, decided), lexicon, progress=progress)
    beside = framework if framework and not decisions else Path()
    out = out or beside / MODEL
    learned.model.save(out)
    return Taught(learned, len(worked), len(decided), out)


def summary(told: Taught, language: str, framework: Path | None = None) -> str:
    """Return what was learned as lines of plain text."""
    report, model, out = told.learned.report, told.learned.model, told.out
    words = Wording("command_line", language)
    say = words.say
    lines = [
        say(
            "learn_head",
            version=model.version,
            passages=say("passages", count=report.passages),
            documents=say("documents", count=report.documents),
        ),
        _taught(told, words),
        "",
        f"{say('learn_f1'):<16}{say('learn_lexicon'):>22}{say('learn_combined'):>22}",
    ]
    for facet, scores in report.facets.items():
        told_of = (c for (name, _), c in report.codes.items() if name == facet)
        if all(code.decisions < LEAST_SUPPORT for code in told_of):
            lines.append(f"{facet:<16}{say('learn_unknown'):>22}")
            continue
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
        say("learn_next_framework", folder=framework)
        if framework and out == framework / MODEL
        else say("learn_next", out=out),
    ]
    return "\n".join(lines)


def _taught(told: Taught, words: Wording) -> str:
    """Say what taught the coder, worked examples and decisions apart."""
    said = words.say("learn_taught", count=told.examples)
    more = words.say("learn_decided", count=told.decisions) if told.decisions else ""
    return f"{said} {more}" if more else f"{said}."


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
