"""The shares of pages that are no map: of a code, of a country, of levels that meet."""

from dataclasses import dataclass, replace

from capmap.analysis.integration import LEVELS
from capmap.records.permissions import Access
from capmap.records.queries.maps import Maps
from capmap.records.queries.portfolio_estimates import Backed, Estimates
from capmap.web.templatetags.capmap import said


@dataclass(frozen=True, slots=True)
class Labelled:
    """A share with what it is of, and what a round would ask to narrow it."""

    label: str
    backed: Backed
    question: str = ""


def estimates_of(access: Access, unit: str = "") -> Estimates:
    """Return the shares of what a person sees: of passages where nothing else is counted."""
    maps = Maps(access)
    counted = "interventions" if maps.holdings.count("interventions") else "passages"
    return Estimates(maps, unit or counted)


def in_country(access: Access, code: str) -> Estimates:
    """Return the shares of one country."""
    return estimates_of(replace(access, countries=(code,)))


def of_code(estimates: Estimates, facet: str, code: str) -> list[Labelled]:
    """Return the share that has a code: of all, and of what develops capacity."""
    key = f"{facet}:{code}"
    if facet == "capacity" and code != "cd":
        return []
    amongst = ("all",) if facet == "capacity" else ("all", "capacity")
    return [
        Labelled(said(f"estimates.of_{a}"), estimates.having([key], among=a), key)
        for a in amongst
    ]


def of_levels(estimates: Estimates) -> list[Labelled]:
    """Return the shares in which the three levels meet, and the individual stands alone."""
    levels = [f"level:{level}" for level in LEVELS]
    meet = estimates.having(levels, among="capacity")
    alone = estimates.having(levels[:1], without=levels[1:], among="capacity")
    return [
        Labelled(said("estimates.levels_meet"), meet),
        Labelled(said("estimates.individual_alone"), alone),
    ]


def by_level(estimates: Estimates, levels: list[str]) -> dict[str, Backed]:
    """Return the share of each level among what develops capacity."""
    return {
        level: estimates.having([f"level:{level}"], among="capacity")
        for level in levels
    }
