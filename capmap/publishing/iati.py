"""Interventions as an IATI 2.03 activity file, one small function an element.

What IATI can carry of a portfolio: identifiers, titles, texts, organisations, status,
dates, places, sectors, budgets and relations. What the texts were coded with stands in
``tag`` elements of the publisher's own vocabulary (99). What a source does not say is not
made up: where it lacks a status or a date, which IATI asks for, the file lacks it too.

- Documents are no activities and are left out.
- A budget needs a period in IATI, so it is written where start and end are known.
- Dates are written as planned ones (types 1 and 3), which claim least.
- Every passage beside the title is a ``description``: of type 1, or 4 ("other") where it
  came from a result, an indicator or a table.

Source: the IATI activity standard 2.03, order of elements of its schema.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO

import polars as pl
from lxml import etree

from capmap.tables import LazyPortfolio, Portfolio

#: Interventions whose passages are in memory at a time.
CHUNK = 5_000

ROLES = {"funding": "1", "accountable": "2", "extending": "3", "implementing": "4"}

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

#: Signs that XML 1.0 cannot hold.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes the file, where their codes are defined, and what those are called."""

    name: str
    codes_at: str = ""  # address of the codebook
    language: str = "en"
    label: Callable[[str, str], str] = lambda facet, code: code


@dataclass(frozen=True, slots=True)
class Told:
    """An intervention with its passages, codes and the interventions under it."""

    row: Row
    passages: Sequence[Row]
    codes: Sequence[tuple[str, str]]
    children: Sequence[str]
    publisher: Publisher


def write_iati(
    portfolio: Portfolio | LazyPortfolio, file: BinaryIO, publisher: Publisher
) -> None:
    """Write the interventions of a portfolio; memory does not grow with their number."""
    with etree.xmlfile(file, encoding="utf-8") as xml:
        xml.write_declaration()
        made = datetime.now(UTC).replace(microsecond=0).isoformat()
        root = {"version": "2.03", "generated-datetime": made}
        with xml.element("iati-activities", root):
            for told in _told(portfolio, publisher):
                xml.write("\n")
                xml.write(activity(told))
            xml.write("\n")


def activity(told: Told) -> etree._Element:
    """Return an intervention as an element, its parts in the order of the standard."""
    row = told.row
    element = etree.Element("iati-activity")
    if row["budget_currency"]:
        element.set("default-currency", row["budget_currency"])
    if row["language"]:
        element.set(_LANG, row["language"])
    element.extend(
        [
            *identifier(told),
            *reporting_org(told),
            *title(told),
            *descriptions(told),
            *participating_orgs(told),
            *status(told),
            *dates(told),
            *countries(told),
            *regions(told),
            *sectors(told),
            *tags(told),
            *budget(told),
            *related(told),
        ]
    )
    return element


def identifier(told: Told) -> Iterator[etree._Element]:
    element = etree.Element("iati-identifier")
    element.text = _text(told.row["intervention_id"])
    yield element


def reporting_org(told: Told) -> Iterator[etree._Element]:
    """Name who reports: the first that the source names, or the publisher, at second hand.

    The kind of organisation is not known and stands as 90, "other".
    """
    named = [o for o in _organisations(told) if o["role"] == "reporting"]
    said = named[0] if named else {"name": told.publisher.name, "ref": ""}
    attributes = {"ref": _text(said["ref"]), "type": "90"}
    if not named:
        attributes["secondary-reporter"] = "1"
    yield _narrated("reporting-org", attributes, [(said["name"], "")])


def title(told: Told) -> Iterator[etree._Element]:
    """Give the title, then what it is in other languages."""
    own = told.row["title"] or told.row["intervention_id"]
    others = [
        (passage["text"], passage["language"])
        for passage in told.passages
        if passage["kind"] == "title" and passage["text"] != own
    ]
    yield _narrated("title", {}, [(own, told.row["language"]), *others], told)


def descriptions(told: Told) -> Iterator[etree._Element]:
    for passage in told.passages:
        if passage["kind"] != "title":
            kind = "1" if passage["kind"] in ("description", "paragraph") else "4"
            said = [(passage["text"], passage["language"])]
            yield _narrated("description", {"type": kind}, said, told)


def participating_orgs(told: Told) -> Iterator[etree._Element]:
    for organisation in _organisations(told):
        if organisation["role"] in ROLES:
            attributes = {"role": ROLES[organisation["role"]]}
            if organisation["ref"]:
                attributes["ref"] = _text(organisation["ref"])
            yield _narrated(
                "participating-org", attributes, [(organisation["name"], "")]
            )


def status(told: Told) -> Iterator[etree._Element]:
    if told.row["status"]:
        yield etree.Element("activity-status", {"code": _text(told.row["status"])})


def dates(told: Told) -> Iterator[etree._Element]:
    for column, kind in (("starts_on", "1"), ("ends_on", "3")):
        if told.row[column]:
            when = {"iso-date": told.row[column].isoformat(), "type": kind}
            yield etree.Element("activity-date", when)


def countries(told: Told) -> Iterator[etree._Element]:
    for part in told.row["countries"] or ():
        yield etree.Element("recipient-country", _part(part))


def regions(told: Told) -> Iterator[etree._Element]:
    """Give regions by their DAC code, or by name where the source has only that."""
    for part in told.row["regions"] or ():
        if part["code"].isascii() and part["code"].isdigit():
            yield etree.Element("recipient-region", _part(part, vocabulary="1"))
        else:
            attributes = _part(part, vocabulary="99")
            yield _narrated("recipient-region", attributes, [(part["code"], "")])


def sectors(told: Told) -> Iterator[etree._Element]:
    for part in told.row["sectors"] or ():
        vocabulary = "2" if len(part["code"]) == 3 else "1"
        yield etree.Element("sector", _part(part, vocabulary=vocabulary))


def tags(told: Told) -> Iterator[etree._Element]:
    """Give the codes of passages on capacity development, once an intervention."""
    for facet, code in told.codes:
        attributes = {"code": _text(f"{facet}:{code}"), "vocabulary": "99"}
        if told.publisher.codes_at:
            attributes["vocabulary-uri"] = told.publisher.codes_at
        label = told.publisher.label(facet, code)
        said = [(label, told.publisher.language)]
        yield _narrated("tag", attributes, said, told)


def budget(told: Told) -> Iterator[etree._Element]:
    row = told.row
    if row["budget_amount"] is None or not (row["starts_on"] and row["ends_on"]):
        return
    element = etree.Element("budget", {"type": "1"})
    start, end = row["starts_on"].isoformat(), row["ends_on"].isoformat()
    etree.SubElement(element, "period-start", {"iso-date": start})
    etree.SubElement(element, "period-end", {"iso-date": end})
    attributes = {"currency": row["budget_currency"] or "", "value-date": start}
    value = etree.SubElement(element, "value", attributes)
    value.text = _number(row["budget_amount"])
    yield element


def related(told: Told) -> Iterator[etree._Element]:
    for kind, references in (("1", told.row["parents"] or ()), ("2", told.children)):
        for reference in references:
            attributes = {"ref": _text(reference), "type": kind}
            yield etree.Element("related-activity", attributes)


def _told(portfolio: Portfolio | LazyPortfolio, publisher: Publisher) -> Iterator[Told]:
    """Yield the interventions in their order, some thousands read at a time."""
    listed = (
        portfolio.interventions.lazy().filter(pl.col("kind") != "document").collect()
    )
    under = defaultdict(list)
    for name, parents in listed.select("intervention_id", "parents").iter_rows():
        for parent in parents or ():
            under[parent].append(name)
    for part in listed.iter_slices(CHUNK):
        here = part.lazy().select("intervention_id")
        passages = _grouped(
            portfolio.passages.lazy()
            .join(here, on="intervention_id", how="semi")
            .select("intervention_id", "position", "kind", "language", "text")
            .sort("intervention_id", "position")
        )
        codes = _grouped(_codes(portfolio.codings.lazy(), here))
        for row in part.iter_rows(named=True):
            name = row["intervention_id"]
            held = [(code["facet"], code["code"]) for code in codes.get(name, ())]
            yield Told(
                row, passages.get(name, ()), held, under.get(name, ()), publisher
            )


def _codes(codings: pl.LazyFrame, here: pl.LazyFrame) -> pl.LazyFrame:
    near = codings.join(here, on="intervention_id", how="semi").select(
        "passage_id", "intervention_id", "facet", "code"
    )
    capacity = near.filter((pl.col("facet") == "capacity") & (pl.col("code") == "cd"))
    return (
        near.join(capacity.select("passage_id").unique(), on="passage_id", how="semi")
        .select("intervention_id", "facet", "code")
        .unique()
        .sort("intervention_id", "facet", "code")
    )


def _grouped(table: pl.LazyFrame) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in table.collect().iter_rows(named=True):
        grouped[row["intervention_id"]].append(row)
    return grouped


def _organisations(told: Told) -> Iterable[Row]:
    found: Iterable[Row] = told.row["organisations"] or ()
    return found


def _narrated(
    name: str,
    attributes: Mapping[str, str],
    said: Sequence[tuple[str | None, str | None]],
    told: Told | None = None,
) -> etree._Element:
    """Return an element with a narrative for each text, its language where it differs."""
    element = etree.Element(name, dict(attributes))
    default = told.row["language"] if told else ""
    for text, language in said:
        narrative = etree.SubElement(element, "narrative")
        narrative.text = _text(text or "")
        if language and language != default:
            narrative.set(_LANG, language)
    return element


def _part(part: Row, **more: str) -> dict[str, str]:
    attributes = {"code": _text(part["code"]), **more}
    if part["percentage"] is not None:
        attributes["percentage"] = _number(part["percentage"])
    return attributes


def _number(value: float) -> str:
    """Write a number without an exponent and without what is not needed.

    >>> _number(2400000.0), _number(33.5)
    ('2400000', '33.5')
    """
    text = format(value, ".12f") if abs(value) < 1e15 else str(int(value))
    return text.rstrip("0").rstrip(".") if "." in text else text


def _text(text: str) -> str:
    """Leave out signs that XML cannot hold."""
    return _NOT_XML.sub("", text)
