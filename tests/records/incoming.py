"""Bring activities into a portfolio as an import does, without files to read."""

from capmap.coding.suggestion import Suggestion
from capmap.pipeline.merge import merge
from capmap.pipeline.rows import PART_INTERVENTIONS, Rows
from capmap.records import tasks
from capmap.records.actions import import_files, imports
from capmap.records.actions.import_reading import compare
from capmap.records.models import Import, Job
from capmap.records.queries import tables
from capmap.sources.activity import Activity, Budget, Part, Passage


def activity(identifier, *texts, title="", countries=(), budget=None, **values):
    """An activity with a passage for each text."""
    return Activity(
        identifier=identifier,
        title=title or f"Project {identifier}",
        source="a.xml",
        place=f"activity {identifier}",
        countries=[Part(code) for code in countries],
        budgets=[Budget(budget, "USD")] if budget else [],
        passages=[
            Passage("description", text, f"description {number}")
            for number, text in enumerate(texts, start=1)
        ],
        **values,
    )


def suggest(activity, passage):
    """A code for each of the first two words, so that another text has other codes."""
    words = dict.fromkeys(passage.text.split()[:2])
    return "en", [
        Suggestion("topic", word.lower()[:40], 0.9, "words", word, ((0, len(word)),))
        for word in words
    ]


def wait(portfolio, activities, coder="lexicon test", by=None):
    """An import that has been read and waits for a yes."""
    imported = Import.objects.create(portfolio=portfolio, title="a.xml", started_by=by)
    folder = import_files.folder_of(imported)
    parts, out = folder / "parts", import_files.tables_of(imported)
    parts.mkdir(parents=True)
    out.mkdir()
    rows = Rows(parts, "000001", coder)
    for one in activities:
        rows.add(one, one.identifier, suggest)
    rows.flush()
    merge(parts, out, PART_INTERVENTIONS)
    imported.counts = {
        **compare(imported, out),
        "passages": rows.passages,
        "set_aside": 0,
    }
    imported.state = Import.State.READY
    imported.save()
    return imported


def bring(portfolio, activities, coder="lexicon test", by=None):
    """Bring activities in; return the import."""
    imported = wait(portfolio, activities, coder, by)
    imports.confirm(imported=imported, by=by)
    return finished(imported)


def undo(imported, by):
    imports.undo(imported=imported, by=by)
    return finished(imported)


def finished(imported):
    """Do the job of an import, and give it back as it then stands."""
    imported.refresh_from_db()
    job = Job.objects.get(about__import=imported.pk, state="waiting")
    tasks.run(job)
    imported.refresh_from_db()
    return imported


def state_of(portfolio):
    """All that the tables of a portfolio say, in an order that does not depend on numbers."""
    found = tables.tables_of(portfolio)
    return (
        found.interventions.sort("intervention_id"),
        found.passages.sort("intervention_id", "position", "passage_id"),
        found.codings.sort("passage_id", "facet", "code", "coder"),
    )
