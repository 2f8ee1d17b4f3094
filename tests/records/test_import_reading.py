"""What a person brings is read file by file: what is bad is told of, the rest goes on."""

import zipfile

import openpyxl
import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from incoming import finished, state_of
from polars.testing import assert_frame_equal

from capmap.pipeline.portfolio_map import map_portfolio
from capmap.publishing.paper_cover import CoverSettings
from capmap.records.actions import import_files, imports, sample
from capmap.records.models import ColumnMapping, Import, Intervention
from capmap.records.queries import tables
from capmap.records.queries.imports import columns_of, files_of, first_of, set_aside_of

pytestmark = pytest.mark.django_db

IATI = """<iati-activities version="2.03"><iati-activity>
<iati-identifier>{0}</iati-identifier><title><narrative>{1}</narrative></title>
<description><narrative>Training of labour inspectors in {0}.</narrative></description>
</iati-activity></iati-activities>"""


def upload(name, content):
    data = content if isinstance(content, bytes) else content.encode()
    return SimpleUploadedFile(name, data)


def read(portfolio, by, *uploads):
    return finished(imports.start(portfolio=portfolio, by=by, uploads=uploads))


def sheet(path, heads, *rows):
    book = openpyxl.Workbook()
    for row in (heads, *rows):
        book.active.append(row)
    book.save(path)
    return upload(path.name, path.read_bytes())


def test_a_broken_file_beside_good_ones_is_told_of(portfolio, ana, tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("zeros.csv", b"0" * (80 << 20))
    imported = read(
        portfolio,
        ana,
        upload("good.xml", IATI.format("G-1", "Good")),
        upload("broken.xml", "<iati-activities><iati-activity>"),
        upload("empty.csv", b""),
        upload("named.pdf", "<html><body><p>Training of trainers.</p></body></html>"),
        upload(
            "latin.csv", "Code;Titre\nL-1;Formation à l'étranger\n".encode("cp1252")
        ),
        upload("bomb.zip", (tmp_path / "bomb.zip").read_bytes()),
    )

    assert imported.state == "ready", imported.job.error
    told = {row["source"]: row["problem"] for row in set_aside_of(imported, "fr")}
    assert told["empty.csv"] == "file_empty"
    assert told["bomb.zip/zeros.csv"] == "archive_bomb"
    assert "broken.xml" in told
    kinds = {row.file.name: row.file.kind for row in files_of(imported)}
    assert kinds["named.pdf"] == "html"
    found = {one.incoming.identifier: one.verdict for one in first_of(imported, 20)}
    assert found["G-1"] == found["L-1"] == "new"
    assert all(len(row.file.sha256) == 64 for row in files_of(imported))


def test_names_are_told_as_their_owner_knows_them(portfolio, ana, tmp_path):
    with zipfile.ZipFile(tmp_path / "plans.zip", "w") as package:
        package.writestr("2010/plan.xml", IATI.format("Z-1", "In a zip"))
    imported = read(
        portfolio, ana, upload("plans.zip", (tmp_path / "plans.zip").read_bytes())
    )

    assert [row.file.name for row in files_of(imported)] == ["plans.zip/2010/plan.xml"]
    assert (
        first_of(imported, 1)[0].incoming.fields["source"] == "plans.zip/2010/plan.xml"
    )


def test_two_identical_files_count_once(portfolio, ana):
    content = IATI.format("D-1", "Twice")
    imported = read(portfolio, ana, upload("a.xml", content), upload("A.xml", content))

    assert imported.counts["interventions"] == 1
    assert [row.file.name for row in files_of(imported)] == ["A (2).xml", "a.xml"]
    assert [r["problem"] for r in set_aside_of(imported, "en")] == [
        "repeated_intervention"
    ]


def test_the_preview_says_what_is_new_changed_and_the_same(portfolio, ana):
    files = [upload(f"{i}.xml", IATI.format(i, "Title")) for i in ("S-1", "S-2")]
    imports.confirm(imported=read(portfolio, ana, *files), by=ana)
    finished(Import.objects.latest("pk"))

    imported = read(
        portfolio,
        ana,
        upload("S-1.xml", IATI.format("S-1", "Title")),
        upload("S-2.xml", IATI.format("S-2", "Another title")),
        upload("S-3.xml", IATI.format("S-3", "Title")),
    )

    assert {k: imported.counts[k] for k in ("new", "changed", "same")} == {
        "new": 1, "changed": 1, "same": 1,
    }  # fmt: skip
    verdicts = {one.incoming.identifier: one.verdict for one in first_of(imported, 9)}
    assert verdicts == {"S-1": "same", "S-2": "changed", "S-3": "new"}


def test_columns_are_said_once_and_known_the_next_time(portfolio, ana, tmp_path):
    heads = ["Nr.", "Vorhaben", "Ziel"]
    row = [
        "V-1",
        "Arbeitsinspektion",
        "Training of inspectors in rural areas for a year",
    ]
    imported = read(portfolio, ana, sheet(tmp_path / "plan.xlsx", heads, row))
    assert imported.counts["interventions"] == 0
    assert columns_of(imported)["plan.xlsx"]["by"] == "name"
    meant = {"Nr.": "identifier", "Vorhaben": "title", "Ziel": "objective"}

    imports.map_columns(imported=imported, by=ana, columns={"plan.xlsx": meant})
    imported = finished(imported)

    assert columns_of(imported)["plan.xlsx"]["by"] == "person"
    first = first_of(imported, 1)[0].incoming
    assert (first.identifier, first.fields["title"]) == ("V-1", "Arbeitsinspektion")
    assert not ColumnMapping.objects.exists()
    imports.confirm(imported=imported, by=ana)
    finished(imported)

    other = ["V-2", "Sozialdialog", "Workshops on social dialogue with trade unions"]
    again = read(portfolio, ana, sheet(tmp_path / "plan 2.xlsx", heads, other))

    assert columns_of(again)["plan 2.xlsx"]["by"] == "memory"
    assert again.counts["new"] == 1


def test_a_column_can_be_said_to_mean_nothing(portfolio, ana, tmp_path):
    heads = ["Code", "Title", "Type"]
    uploaded = sheet(tmp_path / "p.xlsx", heads, ["X-1", "Inspection", "programme"])
    imported = read(portfolio, ana, uploaded)
    assert first_of(imported, 1)[0].incoming.fields["kind"] == "programme"

    meant = {"Code": "identifier", "Title": "title", "Type": ""}
    imports.map_columns(imported=imported, by=ana, columns={"p.xlsx": meant})

    assert first_of(finished(imported), 1)[0].incoming.fields["kind"] == "project"


def test_discarding_removes_the_files(
    portfolio, ana, django_capture_on_commit_callbacks
):
    imported = read(portfolio, ana, upload("a.xml", IATI.format("A", "T")))
    assert import_files.folder_of(imported).is_dir()

    with django_capture_on_commit_callbacks(execute=True):
        imports.discard(imported=imported, by=ana)

    assert not import_files.folder_of(imported).exists()
    with pytest.raises(imports.NotNow):
        imports.confirm(imported=imported, by=ana)


def test_a_reading_that_breaks_is_failed_and_leaves_no_files(
    portfolio, ana, monkeypatch
):
    def breaks(*told):
        raise MemoryError("too much")

    monkeypatch.setattr("capmap.records.actions.import_reading.merge", breaks)
    imported = read(portfolio, ana, upload("a.xml", IATI.format("A", "T")))

    assert imported.state == "failed"
    assert "too much" in imported.job.error
    assert not import_files.folder_of(imported).exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\plans\\Plan.xlsx", "Plan.xlsx"),
        ("a\x00b\x1b.xml", "a�b�.xml"),
        ("", "unnamed"),
        ("..", "unnamed"),
        ("…/é ü.csv", "é ü.csv"),
    ],
)
def test_a_name_cannot_lead_out_of_the_folder(given, kept):
    assert import_files.safe_name(given) == kept


def test_a_long_name_keeps_its_ending():
    name = import_files.safe_name("é" * 400 + ".xlsx")

    assert name.endswith(".xlsx")
    assert len(name.encode()) <= 255


def test_a_path_is_read_only_below_the_folders_named(
    portfolio, ana, settings, tmp_path
):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "a.xml").write_text(IATI.format("P-1", "By path"))
    (inside / "link.xml").symlink_to(outside / "a.xml")
    (inside / "linked").symlink_to(outside)
    settings.IMPORT_FOLDERS = [inside]

    for path in (
        outside / "a.xml", inside / "link.xml", inside / "linked/a.xml", inside / "no",
        inside / "../outside/a.xml", "a.xml", "\0", tmp_path,
    ):  # fmt: skip
        with pytest.raises(import_files.NotAllowedPath):
            imports.start_from_path(portfolio=portfolio, by=ana, path=str(path))

    imported = imports.start_from_path(portfolio=portfolio, by=ana, path=f"{inside}")
    imported = finished(imported)
    assert imported.counts["new"] == 1
    assert [row.file.name for row in files_of(imported)] == ["inside/a.xml"]
    assert (inside / "a.xml").exists()


@pytest.mark.slow
def test_the_sample_comes_in_as_the_command_line_maps_it(db, tmp_path):
    portfolio = sample.load_sample()
    mapped = tmp_path / "map"
    map_portfolio(
        [sample.sample_folder()], mapped, language="en", title="", jobs=1,
        framework=None, codebook=None, cover=CoverSettings(), progress=lambda *told: None,
    )  # fmt: skip
    theirs = pl.read_parquet(mapped / "interventions.parquet").sort("intervention_id")
    ours = tables.interventions(portfolio).sort("intervention_id")
    same = [name for name in ours.columns if name not in ("source", "intervention_id")]
    assert_frame_equal(
        ours.filter(~ours["intervention_id"].str.contains("#|\\.docx")).select(same),
        theirs.filter(~theirs["intervention_id"].str.contains("#|\\.docx")).select(
            same
        ),
    )
    assert (
        tables.codings(portfolio).height
        == pl.read_parquet(mapped / "codings.parquet").height
    )


@pytest.mark.slow
def test_real_files_come_in_twice_without_a_change(portfolio, data):
    first = imports.load_folder(portfolio=portfolio, by=None, paths=[data / "iati"])
    before = state_of(portfolio)

    again = imports.load_folder(portfolio=portfolio, by=None, paths=[data / "iati"])

    assert first.counts["new"] > 500
    assert again.counts["new"] == again.counts["changed"] == 0
    assert again.counts["same"] == first.counts["new"]
    for one, other in zip(before, state_of(portfolio), strict=True):
        assert_frame_equal(one, other)
    assert Intervention.objects.current().filter(portfolio=portfolio).count() > 500
