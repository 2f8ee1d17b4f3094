"""Imports through the pages: files in, preview, report, downloads, undo."""

from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from capmap.records.actions import import_files
from capmap.records.models import Coding, Import, Intervention, Membership, Portfolio

pytestmark = pytest.mark.django_db

IATI = """<iati-activities version="2.03"><iati-activity>
<iati-identifier>{0}</iati-identifier><title><narrative>{1}</narrative></title>
<description><narrative>Training of labour inspectors.</narrative></description>
<recipient-country code="PE"/></iati-activity></iati-activities>"""


def file(name="plan.xml", identifier="X-9", title="A plan"):
    return SimpleUploadedFile(name, IATI.format(identifier, title).encode())


@pytest.fixture
def bring(page, portfolio, ana, do_jobs):
    """Upload files as Ana and have them read, then brought in if asked."""

    def act(*files, confirm=False):
        answer = page(ana, "import_new", portfolio.slug, post={"uploads": list(files)})
        assert answer.status_code == 302, answer.content.decode()
        do_jobs()
        imported = Import.objects.latest("pk")
        if confirm:
            page(ana, "import_confirm", portfolio.slug, imported.pk, post={})
            do_jobs()
            imported.refresh_from_db()
        return imported

    return act


def content(answer):
    whole = b"".join(answer) if answer.streaming else answer.content
    return whole.decode("utf-8-sig")


def test_from_files_to_preview_to_report_to_undo(page, portfolio, ana, do_jobs):
    files = [file(), SimpleUploadedFile("empty.csv", b"")]
    sent = page(ana, "import_new", portfolio.slug, post={"uploads": files})
    imported = Import.objects.get()
    assert sent.url == reverse("import", args=[portfolio.slug, imported.pk])

    at_work = content(page(ana, "import", portfolio.slug, imported.pk))
    assert reverse("job", args=[portfolio.slug, imported.job_id]) in at_work

    do_jobs()
    preview = content(page(ana, "import", portfolio.slug, imported.pk))
    assert "1 new, 0 changed, 0 as they were" in preview
    assert "Import 1 intervention" in preview
    assert "The file is empty." in preview
    assert not Intervention.objects.filter(identifier="X-9").exists()

    page(ana, "import_confirm", portfolio.slug, imported.pk, post={})
    do_jobs()
    report = content(page(ana, "import", portfolio.slug, imported.pk))
    one = Intervention.objects.current().get(identifier="X-9")
    assert "1 came in, 0 changed" in report
    assert reverse("intervention", args=[portfolio.slug, one.pk]) in report

    warning = content(page(ana, "import_undo", portfolio.slug, imported.pk))
    assert "1 intervention that came in" in warning
    page(ana, "import_undo", portfolio.slug, imported.pk, post={})
    do_jobs()
    undone = content(page(ana, "import", portfolio.slug, imported.pk))
    assert "Undone on" in undone
    assert reverse("import_undo", args=[portfolio.slug, imported.pk]) not in undone
    assert not Intervention.objects.current().filter(identifier="X-9").exists()


def test_a_change_is_shown_before_and_after(bring, page, portfolio, ana):
    bring(file(title="Old <b>title</b>"), confirm=True)
    imported = bring(file(title="New title"), confirm=True)

    report = content(page(ana, "import", portfolio.slug, imported.pk))

    assert "0 came in, 1 changed" in report
    assert "<ins>New title</ins>" in report
    assert "<b>title</b>" not in report


def test_the_warning_counts_decisions(bring, page, portfolio, ana, rita):
    imported = bring(file(), confirm=True)
    coding = Coding.objects.filter(passage__intervention__identifier="X-9").first()
    coding.status, coding.decided_by = "accepted", rita
    coding.decided_at = imported.loaded_at
    coding.save()

    warning = content(page(ana, "import_undo", portfolio.slug, imported.pk))

    assert "1 decided code" in warning
    assert "comes back if the same files are imported again" in warning


PAGES = ("imports", "import_new", "import_from_server", "import", "import_columns",
         "import_confirm", "import_discard", "import_undo", "import_list")  # fmt: skip
GETS = {"imports", "import", "import_undo", "import_list"}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("olga", None), ("ana", None), ("rita", 403), ("ravi", 403), ("paul", 403),
        ("rosa", 403), ("vera", 403), ("stefan", 404), (None, 302),
    ],
)  # fmt: skip
def test_only_who_may_analyse_imports(
    bring, page, portfolio, request, name, who, status
):
    imported = bring(file())
    person = request.getfixturevalue(who) if who else None
    arguments = [portfolio.slug]
    if name not in PAGES[:3]:
        arguments.append(imported.pk)
    if name == "import_list":
        arguments += ["files", "csv"]

    answer = page(person, name, *arguments, post=None if name in GETS else {})

    if status is None:
        assert answer.status_code in (200, 302, 400)
        assert "login" not in answer.get("Location", "")
    else:
        assert answer.status_code == status
    if status in (403, 404):
        imported.refresh_from_db()
        assert imported.state == "ready"


def test_an_analyst_of_some_countries_does_not_import(page, portfolio, ana):
    Membership.objects.filter(user=ana).update(countries=["PE"])

    assert page(ana, "imports", portfolio.slug).status_code == 403


def test_an_import_of_another_portfolio_is_not_there(bring, page, olga):
    imported = bring(file())
    other = Portfolio.objects.create(slug="other", title="Other")

    for name in ("import", "import_undo"):
        assert page(olga, name, other.slug, imported.pk).status_code == 404
    answer = page(olga, "import_confirm", other.slug, imported.pk, post={})
    assert answer.status_code == 404
    assert (
        page(olga, "import_list", other.slug, imported.pk, "files", "csv").status_code
        == 404
    )


def test_an_upload_that_is_too_large_is_said_and_not_kept(
    page, portfolio, ana, settings
):
    settings.UPLOAD_MEGABYTES = 1
    files = [SimpleUploadedFile(f"{n}.csv", b"x" * 700_000) for n in range(2)]

    answer = page(ana, "import_new", portfolio.slug, post={"uploads": files})

    assert answer.status_code == 413
    assert "larger than the 1 MB" in content(answer)
    assert not Import.objects.exists()


def test_no_file_is_said_beside_the_field(page, portfolio, ana):
    answer = page(ana, "import_new", portfolio.slug, post={})

    assert answer.status_code == 400
    assert "Choose at least one file." in content(answer)


def test_an_upload_from_another_site_is_refused(portfolio, ana):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    address = reverse("import_new", args=[portfolio.slug])

    assert client.post(address, {"uploads": [file()]}).status_code == 403
    client.get(reverse("imports", args=[portfolio.slug]))
    token = client.cookies["csrftoken"].value
    sent = {"uploads": [file()], "csrfmiddlewaretoken": token}
    assert client.post(address, sent).status_code == 302


def test_names_and_titles_with_script_are_shown_as_text(bring, page, portfolio, ana):
    imported = bring(
        file('"><img src=x>.xml', title="&lt;script&gt;alert(1)&lt;/script&gt;")
    )

    for answer in (
        page(ana, "imports", portfolio.slug),
        page(ana, "import", portfolio.slug, imported.pk),
    ):
        assert "<img src=x>" not in content(answer)
        assert "<script>alert" not in content(answer)
    assert "&lt;script&gt;alert(1)" in content(answer)


@pytest.mark.parametrize("what", ["files", "new", "changed", "set-aside"])
def test_every_list_is_downloaded_without_live_formulas(
    bring, page, portfolio, ana, what
):
    bring(file(identifier="C-1", title="=1+1"), confirm=True)
    imported = bring(
        file("=cmd.xml", identifier="C-1", title="=HYPERLINK(1)"),
        file("b.xml", identifier="@N", title="+SUM(1)"),
        SimpleUploadedFile("=e.csv", b""),
        confirm=True,
    )
    arguments = [portfolio.slug, imported.pk, what]

    as_csv = content(page(ana, "import_list", *arguments, "csv"))
    as_xlsx = page(ana, "import_list", *arguments, "xlsx")

    assert as_xlsx["X-Content-Type-Options"] == "nosniff"
    book = openpyxl.load_workbook(BytesIO(as_xlsx.content))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert any("=" in str(cell.value) or "+" in str(cell.value) for cell in cells)
    assert not any(cell.data_type == "f" for cell in cells)
    for line in as_csv.splitlines()[1:]:
        for cell in line.split(","):
            assert not cell.strip('"').startswith(("=", "+", "@"))


@pytest.mark.parametrize(("what", "form"), [("all", "csv"), ("files", "html")])
def test_a_list_that_does_not_exist_is_not_found(
    bring, page, portfolio, ana, what, form
):
    imported = bring(file())

    answer = page(ana, "import_list", portfolio.slug, imported.pk, what, form)

    assert answer.status_code == 404


def test_columns_are_mapped_on_the_page(bring, page, portfolio, ana, do_jobs):
    table = (
        "Nr.;Vorhaben;Ziel\nV-1;Inspektion;Training of labour inspectors for a year\n"
    )
    imported = bring(SimpleUploadedFile("plan.csv", table.encode()))
    preview = content(page(ana, "import", portfolio.slug, imported.pk))
    assert "Nothing could be read" in preview
    assert 'name="0-0-1"' in preview

    chosen = {"0-0-0": "identifier", "0-0-1": "title", "0-0-2": "no such field"}
    page(ana, "import_columns", portfolio.slug, imported.pk, post=chosen)
    do_jobs()

    preview = content(page(ana, "import", portfolio.slug, imported.pk))
    assert "1 new, 0 changed" in preview
    assert "as you said" in preview
    assert '<option value="title" selected>' in preview


def test_the_second_of_two_people_is_told(bring, page, portfolio, ana, olga):
    imported = bring(file())
    page(ana, "import_discard", portfolio.slug, imported.pk, post={})

    page(olga, "import_confirm", portfolio.slug, imported.pk, post={})

    shown = content(page(olga, "import", portfolio.slug, imported.pk))
    assert "Someone was faster" in shown
    imported.refresh_from_db()
    assert imported.state == "discarded"


def test_a_later_import_has_to_be_undone_first(bring, page, portfolio, ana):
    first = bring(file(title="Old"), confirm=True)
    second = bring(file("later.xml", title="New"), confirm=True)

    sent = page(ana, "import_undo", portfolio.slug, first.pk, post={})
    warning = content(page(ana, "import_undo", portfolio.slug, first.pk))

    assert sent.url == reverse("import_undo", args=[portfolio.slug, first.pk])
    assert "Undo that one first" in warning
    assert reverse("import", args=[portfolio.slug, second.pk]) in warning


def test_a_path_is_offered_only_where_folders_are_set_up(
    page, portfolio, ana, settings, tmp_path, do_jobs
):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.xml").write_text(IATI.format("P-1", "By path"))
    (tmp_path / "secret.xml").write_text(IATI.format("P-2", "Secret"))
    assert "from-server" not in content(page(ana, "imports", portfolio.slug))
    asked = {"path": f"{folder}/a.xml"}
    refused = page(ana, "import_from_server", portfolio.slug, post=asked)
    assert refused.status_code == 400

    settings.IMPORT_FOLDERS = [folder]
    outside = {"path": f"{folder}/../secret.xml"}
    answer = page(ana, "import_from_server", portfolio.slug, post=outside)
    assert answer.status_code == 400
    assert "There is no such file or folder there" in content(answer)
    assert outside["path"] in content(answer)

    sent = page(ana, "import_from_server", portfolio.slug, post=asked)
    do_jobs()
    assert "1 new" in content(
        page(ana, "import", portfolio.slug, sent.url.split("/")[-2])
    )


def test_a_failed_import_says_why_and_what_to_do(
    bring, page, portfolio, ana, monkeypatch
):
    def breaks(*told):
        raise OSError("No space left on device")

    monkeypatch.setattr("capmap.records.actions.import_reading.merge", breaks)
    imported = bring(file())

    shown = content(page(ana, "import", portfolio.slug, imported.pk))

    assert "No space left on device" in shown
    assert "Nothing of it is in the portfolio" in shown


def test_uploads_are_nowhere_served(bring, page, portfolio, ana, client):
    imported = bring(file())
    assert import_files.folder_of(imported).is_dir()
    client.force_login(ana)

    for address in (
        f"/uploads/{imported.pk}/files/plan.xml",
        f"/static/../uploads/{imported.pk}/files/plan.xml",
        f"/portfolios/{portfolio.slug}/imports/{imported.pk}/files/plan.xml",
    ):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "1 nouvelles, 0 modifiées"), ("es", "1 nuevas, 0 cambiadas")],
)
def test_the_preview_speaks_the_language_of_its_reader(
    bring, page, portfolio, ana, client, language, words
):
    imported = bring(file(), SimpleUploadedFile("empty.csv", b""))
    client.cookies["django_language"] = language

    assert words in content(page(ana, "import", portfolio.slug, imported.pk))


def test_the_list_does_not_ask_once_for_each_import(
    bring, page, portfolio, ana, django_assert_max_num_queries
):
    bring(file())
    for number in range(30):
        Import.objects.create(portfolio=portfolio, title=f"{number}", started_by=ana)

    with django_assert_max_num_queries(14):
        page(ana, "imports", portfolio.slug)


@pytest.mark.parametrize("name", ["import_new", "import_from_server"])
def test_who_reloads_the_address_files_are_sent_to_comes_back_to_the_imports(
    page, portfolio, ana, vera, name
):
    answer = page(ana, name, portfolio.slug)

    assert answer.status_code == 302
    assert answer["Location"] == reverse("imports", args=[portfolio.slug])
    assert page(vera, name, portfolio.slug).status_code in (403, 404)
