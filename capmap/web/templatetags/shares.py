"""A share with its interval: number and thin mark, and on one click how it was estimated.

``{% share backed about=label %}`` shows one share; ``{% sample estimates %}`` says once a
page on what all of them rest, or that nothing was read at random yet, with the way to it.
"""

from typing import Any

from django import template
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe

from capmap.analysis.assisted import FEW
from capmap.analysis.precision import HALF_WIDTH, enough_to_read
from capmap.analysis.shares import rounded_ends, rounded_per_cent
from capmap.publishing.map_words import percent_sign
from capmap.records.models import ReviewItem, ReviewRound
from capmap.records.permissions import Access
from capmap.records.queries.holdings import holdings_of
from capmap.records.queries.portfolio_estimates import Backed, Estimates
from capmap.web.templatetags.capmap import language, said
from capmap.wording import Wording

register = template.Library()


@register.inclusion_tag("parts/_share.html", takes_context=True)
def share(
    context: dict[str, Any], backed: Backed | None, about: str = "", question: str = ""
) -> dict[str, object]:
    """Show a share; ``about`` names it for those who hear the page."""
    if backed is None:
        return {"backed": None}
    return {
        "backed": backed,
        "about": about,
        "mark": mark_of(backed),
        "shown": shown(backed),
        "ends": ends(backed),
        "sentences": sentences(backed),
        "round": _round(context, backed.unit, backed.to_halve, question),
    }


@register.inclusion_tag("parts/_sample.html", takes_context=True)
def sample(
    context: dict[str, Any], estimates: Estimates, question: str = ""
) -> dict[str, object]:
    """Say on how many readings the intervals of a page rest, or that there are none."""
    read = estimates.sample
    here = read.population + read.later + read.empty
    everything = holdings_of(context["access"]).count(read.unit)
    enough = enough_to_read(everything) or 0
    return {
        "sample": read,
        "sentences": sample_sentences(estimates),
        "enough": enough,
        "points": int(rounded_per_cent(HALF_WIDTH)),
        "is_part": here < everything,  # a draw from all leaves fewer here
        "round": _round(context, read.unit, enough, question),
    }


@register.simple_tag
def rests_on(estimates: Estimates) -> str:
    """Say in a line on what the intervals of a picture rest."""
    return mark_safe(" ".join(sample_sentences(estimates)))  # words of said


def sample_sentences(estimates: Estimates) -> list[str]:
    """Say in sentences on what the intervals rest."""
    read = estimates.sample
    if not read.read:
        return [said(f"estimates.none_read_{read.unit}")]
    key = "few_of" if read.is_few else "rests_on"
    told: list[str] = [
        said(
            f"estimates.{key}_{read.unit}",
            count=read.read, population=read.population, enough=FEW,
        )
    ]  # fmt: skip
    if read.later:
        told.append(said(f"estimates.later_{read.unit}", count=read.later))
    if not read.helped and read.read < read.population:
        told.append(said("estimates.coder_left_out"))
    if (wider := estimates.wider_body) is not None:
        told.append(said("estimates.wider_body", population=wider))
    return told


def mark_of(backed: Backed, top: float = 1.0) -> tuple[str, str, str] | None:
    """Return from, to and at of an interval, in per cent of an axis that ends at ``top``."""
    found = backed.estimate
    if found is None:
        return None
    low, high, value = (
        f"{100 * part / top:.2f}" for part in (found.low, found.high, found.value)
    )
    return low, high, value


def shown(backed: Backed) -> str:
    """Write the estimate short: 34%."""
    if backed.estimate is None:
        return ""
    return percent_sign(backed.estimate.value, Wording("explorer", language()))


@register.filter("interval")
def ends(backed: Backed) -> str:
    """Write the interval short: 31–38; nothing where all was read."""
    found = backed.estimate
    if found is None or found.method == "census":
        return ""
    words = Wording("explorer", language())
    low, high = rounded_ends(found.low, found.high)
    return f"{words.number(low)}–{words.number(high)}"


def sentences(backed: Backed) -> list[str]:
    """Say the estimate, how it was made, what the coder says, and what would halve it."""
    found = backed.estimate
    if found is None:
        if backed.reason == "too_few":
            return []
        key = backed.reason
        return [
            said(
                f"estimates.{key}_{backed.unit}"
                if key == "none_read"
                else f"estimates.{key}"
            )
        ]
    sentence = found.sentence(backed.unit, language())
    among = "" if backed.among == "all" else "_capacity"
    told: list[str] = [said(f"estimates.estimate{among}", sentence=sentence)]
    if among and found.method != "census":
        told.append(
            said(
                f"estimates.how_capacity_{backed.unit}",
                count=backed.read, found=backed.found,
            )
        )  # fmt: skip
    else:
        told.append(found.how(backed.unit, language()))
    coder = percent_sign(found.machine, Wording("explorer", language()))
    told.append(said("estimates.coder_says", share=coder))
    if backed.to_halve:
        told.append(said(f"estimates.halve_{backed.unit}", count=backed.to_halve))
    return told


def _round(
    context: dict[str, Any], unit: str, size: int, question: str
) -> dict[str, str] | None:
    """Return the way to readings that give or narrow the interval, for who may read.

    To the draw that is being read; else to a new one of what no draw holds yet.
    """
    access: Access | None = context.get("access")
    if access is None or not access.can_review or access.is_scoped or not size:
        return None
    slug = access.portfolio.slug
    if (reading := _open_draw(context, access, unit)) is not None:
        return {
            "address": reverse("round", args=[slug, reading.pk]),
            "label": said("estimates.go_on", title=reading.title),
        }
    asked = {
        "unit": unit, "order": "random", "size": str(size), "only": "undrawn",
        "question": question, "title": said("estimates.round_title"),
    }  # fmt: skip
    kept = {name: value for name, value in asked.items() if value}
    return {
        "address": f"{reverse('round_new', args=[slug])}?{urlencode(kept)}",
        "label": said(f"estimates.make_{unit}"),
    }


def _open_draw(
    context: dict[str, Any], access: Access, unit: str
) -> ReviewRound | None:
    """Return the newest draw from the portfolio that waits for readers; asked once a page."""
    known: dict[str, ReviewRound | None] = context["request"].__dict__.setdefault(
        "open_draws", {}
    )
    if unit not in known:
        waiting = ReviewItem.objects.filter(round=OuterRef("pk"), state="open")
        known[unit] = ReviewRound.objects.filter(
            Exists(waiting), portfolio=access.portfolio, unit=unit, closed_at=None,
            order=ReviewRound.Order.RANDOM, drawn_up_to__isnull=False,
        ).first()  # fmt: skip
    return known[unit]
