"""One ``iati-activity`` element to one ``Activity``, whatever its version.

Version 1 writes text and words where version 2 writes ``narrative`` elements and codes;
publishers mix both, so each is understood everywhere.
"""

from collections import defaultdict
from datetime import date
from functools import lru_cache

from lxml import etree

from capmap.sources import amounts, iati_codes
from capmap.sources.activity import Activity, Budget, Marker, Organisation, Part
from capmap.sources.countries import country_code
from capmap.sources.dates import iso_date
from capmap.sources.iati_texts import Texts, add_passages, narratives, words
from capmap.sources.intervention_kinds import is_country_programme
from capmap.sources.remarks import Remarks

Children = dict[str, list[etree._Element]]

# The same few values stand in every activity of a publisher; one object serves them all.
_part = lru_cache(maxsize=4096)(Part)
_marker = lru_cache(maxsize=256)(Marker)
_organisation = lru_cache(maxsize=4096)(Organisation)


def read_activity(
    element: etree._Element, *, number: int, remarks: Remarks
) -> Activity:
    """Return what ``element`` says. ``number`` counts the activities of the file from 1."""
    children: Children = defaultdict(list)
    for child in element:
        children[child.tag].append(child)
    place = f"activity {number}"
    identifier = _text(children, "iati-identifier")
    if identifier:
        place_told = f"{place} ({identifier})"
    else:
        identifier, place_told = f"{remarks.source}#{number}", place
        remarks.add("identifier_missing", place, identifier=identifier)
    default = _language(element)
    activity = Activity(identifier, "", source=remarks.source, place=place)
    activity.title, title_language = _title(children["title"], default)
    activity.language = default or title_language
    activity.status = _status(children)
    activity.starts_on, activity.ends_on = _dates(children, remarks, place_told)
    activity.countries = _countries(children, remarks, place_told)
    activity.regions = _regions(children, default, remarks, place_told)
    activity.sectors = _sectors(children, remarks, place_told)
    activity.markers = _markers(children, remarks, place_told)
    activity.organisations = _organisations(children, default, remarks, place_told)
    currency = (element.get("default-currency") or "").strip().upper()
    activity.budgets = _budgets(children, currency, remarks, place_told)
    for related in children["related-activity"]:
        reference = (related.get("ref") or "").strip()
        kind = (related.get("type") or "").lower()
        if reference and reference != identifier:
            if kind in iati_codes.PARENT:
                activity.parents.append(reference)
            elif kind in iati_codes.CHILD:
                activity.children.append(reference)
    activity.kind = _kind(activity, element.get("hierarchy") or "")
    texts = Texts(activity.title)
    add_passages(texts, children, default)
    activity.passages = texts.passages()
    if not activity.passages:
        remarks.add("activity_without_text", place_told)
    return activity


def _language(element: etree._Element) -> str:
    """Return the language of an element, or of the nearest one around it that says."""
    node: etree._Element | None = element
    while node is not None:
        if said := node.get("{http://www.w3.org/XML/1998/namespace}lang"):
            return iati_codes.language_code(said)
        node = node.getparent()
    return ""


def _text(children: Children, tag: str) -> str:
    return words(children[tag][0]).strip() if children[tag] else ""


def _title(titles: list[etree._Element], default: str) -> tuple[str, str]:
    """Return the title in the activity's own language, or else the first."""
    found = [pair for title in titles for pair in narratives(title, default)]
    own = [pair for pair in found if pair[1] == default]
    text, language = (own or found or [("", "")])[0]
    return " ".join(text.split()), language


def _kind(activity: Activity, hierarchy: str) -> str:
    if not activity.parents and is_country_programme(activity.title):
        return "country_programme"
    if hierarchy in ("", "1") and activity.children:
        return "programme"
    return "project"


def _status(children: Children) -> str:
    for status in children["activity-status"]:
        return (status.get("code") or "").strip() or iati_codes.STATUSES.get(
            words(status).strip().lower(), ""
        )
    return ""


def _dates(
    children: Children, remarks: Remarks, place: str
) -> tuple[date | None, date | None]:
    """Return start and end: the actual date where it is possible, else the planned."""
    found: dict[tuple[str, bool], date] = {}
    for element in children["activity-date"]:
        kind = iati_codes.DATE_TYPES.get((element.get("type") or "").strip().lower())
        text = (element.get("iso-date") or words(element)).strip()
        if kind is None or not text:
            continue
        when = iso_date(text)
        if when is None:
            where = f"{place}, {'actual' if kind[1] else 'planned'} {kind[0]}"
            remarks.add("date_impossible", where, value=text[:60])
        else:
            found.setdefault(kind, when)
    start = found.get(("start", True)) or found.get(("start", False))
    end = found.get(("end", True)) or found.get(("end", False))
    if start and end and end < start:
        remarks.add("dates_reversed", place, start=str(start), end=str(end))
        end = None
    return start, end


def _percentage(element: etree._Element, remarks: Remarks, place: str) -> float | None:
    text = (element.get("percentage") or "").strip()
    if not text:
        return None
    value = amounts.percentage(text)
    if value is None:
        where = f"{place}, {element.tag}"
        remarks.add("percentage_impossible", where, value=text[:60])
    return value


def _countries(children: Children, remarks: Remarks, place: str) -> list[Part]:
    found = []
    for element in children["recipient-country"]:
        said = (element.get("code") or "").strip() or words(element).strip()
        code = country_code(said)
        if code:
            found.append(_part(code, _percentage(element, remarks, place)))
        elif said:
            remarks.add("country_unknown", place, value=said[:60])
    return found


def _regions(
    children: Children, default: str, remarks: Remarks, place: str
) -> list[Part]:
    found = []
    for element in children["recipient-region"]:
        code = (element.get("code") or "").strip()
        names = narratives(element, default)
        is_dac = (element.get("vocabulary") or "") in iati_codes.DAC_REGIONS
        said = code if code and is_dac else names[0][0] if names else code
        if said:
            found.append(_part(said, _percentage(element, remarks, place)))
    return found


def _sectors(children: Children, remarks: Remarks, place: str) -> list[Part]:
    """Return DAC purpose codes: five digits, or three where no five are given.

    Each vocabulary covers the whole activity, so that both would count it twice.
    """
    five: list[Part] = []
    three: list[Part] = []
    for element in children["sector"]:
        code = (element.get("code") or "").strip()
        vocabulary = (element.get("vocabulary") or "").strip().upper()
        if not code:
            continue
        if vocabulary in iati_codes.DAC_FIVE_DIGITS:
            chosen = five if len(code) == 5 else three
        elif vocabulary in iati_codes.DAC_THREE_DIGITS:
            chosen = three
        else:
            continue
        if code.isascii() and code.isdigit() and len(code) in (3, 5):
            chosen.append(_part(code, _percentage(element, remarks, place)))
        else:
            remarks.add("sector_unknown", place, value=code[:60])
    return five or three


def _markers(children: Children, remarks: Remarks, place: str) -> list[Marker]:
    found = []
    for element in children["policy-marker"]:
        code = (element.get("code") or "").strip()
        significance = (element.get("significance") or "").strip()
        vocabulary = element.get("vocabulary") or ""
        if not code or not significance or vocabulary not in iati_codes.DAC_MARKERS:
            continue
        if significance in ("0", "1", "2", "3", "4"):
            found.append(_marker(code, int(significance)))
        else:
            remarks.add("marker_unknown", place, value=significance[:60], code=code)
    return found


def _organisations(
    children: Children, default: str, remarks: Remarks, place: str
) -> list[Organisation]:
    found = []
    for element in children["reporting-org"] + children["participating-org"]:
        names = narratives(element, default)
        name = names[0][0] if names else ""
        if len(names) > 1:
            own = (text for text, language in names if language == default)
            name = next(own, name)
        name = " ".join(name.split())
        reference = (element.get("ref") or "").strip()
        if not name and not reference:
            continue
        said = (element.get("role") or "").strip()
        is_reporting = element.tag == "reporting-org"
        role = "reporting" if is_reporting else iati_codes.ROLES.get(said.lower(), "")
        if role:
            found.append(_organisation(role, name, reference))
        else:
            remarks.add("role_unknown", place, value=said[:60], name=name[:80])
    return found


def _budgets(
    children: Children, currency: str, remarks: Remarks, place: str
) -> list[Budget]:
    """Return budgets; planned disbursements where there are none; else commitments.

    Which of the three it is depends on the elements that stand there, not on their
    values, so that a wrong amount never brings amounts of another kind in its place.
    """
    if children["budget"]:
        stated = _in_force([_Sum(element) for element in children["budget"]])
    elif children["planned-disbursement"]:
        remarks.count("budget_from_planned_disbursements")
        stated = _in_force([_Sum(e) for e in children["planned-disbursement"]])
    else:
        transactions = [_Sum(element) for element in children["transaction"]]
        stated = [t for t in transactions if t.type_code in iati_codes.COMMITMENT]
        if stated:
            remarks.count("budget_from_commitments")
    found = (one.budget(currency, remarks, place) for one in stated)
    return [budget for budget in found if budget is not None]


class _Sum:
    """A budget, planned disbursement or transaction: money, and when."""

    def __init__(self, element: etree._Element) -> None:
        self.name = element.tag
        self.is_revised = element.get("type") == iati_codes.REVISED
        self.value: etree._Element | None = None
        self.type_code: str | None = None
        start = end = ""
        for child in element:
            if child.tag == "value":
                self.value = child
            elif child.tag == "transaction-type":
                self.type_code = child.get("code")
            elif child.tag == "period-start":
                start = (child.get("iso-date") or words(child)).strip()
            elif child.tag == "period-end":
                end = (child.get("iso-date") or words(child)).strip()
        self.period = (start, end)

    def budget(self, default: str, remarks: Remarks, place: str) -> Budget | None:
        """Return the sum with its currency, or None with a remark where one is wrong."""
        text = words(self.value).strip() if self.value is not None else ""
        if self.value is None or not text:
            return None
        amount = amounts.decimal(text)
        currency = (self.value.get("currency") or default).strip().upper()
        if amount is None:
            remarks.add("amount_impossible", f"{place}, {self.name}", value=text[:60])
        elif len(currency) != 3 or not currency.isalpha():
            remarks.add("currency_missing", f"{place}, {self.name}", value=text[:60])
        else:
            start, end = self.period
            return Budget(amount, currency, iso_date(start), iso_date(end))
        return None


def _in_force(stated: list[_Sum]) -> list[_Sum]:
    """Leave out an original budget where a revised one covers the same period."""
    revised = {one.period for one in stated if one.is_revised}
    return [one for one in stated if one.is_revised or one.period not in revised]
