"""Files, folders and archives: found by content, kept within limits, nothing dropped."""

import hashlib
import io
import os
import pickle
import stat
import zipfile
from pathlib import Path

import openpyxl
import pytest

from capmap.sources import intake
from capmap.sources.activity import Activity, SetAside
from capmap.sources.archive import Limits, Unpacking
from capmap.sources.intake import Input, inputs, read

IATI = (
    b"<iati-activities><iati-activity><iati-identifier>A</iati-identifier>"
    b"<title>Skills</title></iati-activity></iati-activities>"
)
CSV = b"id,title,objective\n1,Skills,Train labour inspectors\n2,Voice,Train judges\n"
SIGNATURE_XLS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture
def take(tmp_path):
    """Read sources; return what is read as name -> kind, and the problems by name."""

    def taker(*sources: Path) -> tuple[dict[str, str], dict[str, str]]:
        found = list(inputs(sources, tmp_path / "unpacked"))
        names = [f.source if isinstance(f, SetAside) else f.name for f in found]
        assert names == sorted(names)
        strip = f"{tmp_path.as_posix()}/"
        return (
            {f.name.removeprefix(strip): f.kind for f in found if isinstance(f, Input)},
            {
                f.source.removeprefix(strip): f.problem
                for f in found
                if isinstance(f, SetAside)
            },
        )

    return taker


@pytest.fixture
def write(tmp_path):
    def writer(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return writer


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


def workbook() -> bytes:
    content = io.BytesIO()
    openpyxl.Workbook().save(content)
    return content.getvalue()


class TestKinds:
    @pytest.mark.parametrize(
        ("content", "kind"),
        [
            (IATI, "iati"),
            (
                b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- x --><iati-activities/>',
                "iati",
            ),
            (
                '<?xml version="1.0" encoding="utf-16"?><iati-activities/>'.encode(
                    "utf-16"
                ),
                "iati",
            ),
            (b'<i:iati-activities xmlns:i="x"/>', "iati"),
            (CSV, "csv"),
            (b"%PDF-1.7\n", "pdf"),
            (b"<!DOCTYPE html><html></html>", "html"),
            (b"<p>Training of trainers</p>", "html"),
            (b"The project trains labour inspectors.\nIt ends in 2012.\n", "text"),
            ("L’été, à Genève.".encode("cp1252"), "text"),
            (workbook(), "xlsx"),
            (
                zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
                "ods",
            ),
            (zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}), "odt"),
        ],
    )
    def test_content_tells_the_kind_and_not_the_ending(
        self, take, write, content, kind
    ):
        assert take(write("file.dat", content)) == ({"file.dat": kind}, {})

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (b"", "file_empty"),
            (b"\x89PNG\r\n\x1a\n", "format_image"),
            (b"{\\rtf1 text}", "format_word_other"),
            (b"\x1f\x8b\x08", "format_archive_other"),
            (b'{"a": 1}', "format_data"),
            (b'[{"a": 1}]', "format_data"),
            (b"\x00\x01\x02\x03" * 50, "format_unknown"),
            (b"PK\x03\x04 cut off", "archive_damaged"),
            (b"<iati-organisations/>", "iati_organisations"),
            (b"<rss><channel/></rss>", "xml_not_iati"),
            (
                SIGNATURE_XLS + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
                "file_password",
            ),
            (
                SIGNATURE_XLS + b"\0" * 600 + "WordDocument".encode("utf-16-le"),
                "format_word_other",
            ),
            (SIGNATURE_XLS + b"\0" * 600, "format_unknown"),
        ],
    )
    def test_what_is_not_read_is_told_of(self, take, write, content, problem):
        assert take(write("file.xml", content)) == ({}, {"file.xml": problem})

    def test_an_encrypted_open_document_is_told_of(self, take, write):
        members = {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": b"<manifest:encryption-data/>",
        }

        assert take(write("a.ods", zipped(members)))[1] == {"a.ods": "file_password"}

    def test_a_wrong_ending_is_read_as_what_it_is_with_a_remark(self, write, tmp_path):
        path = write("plan.pdf", CSV)

        remark, found = inputs([path], tmp_path / "u")

        told, file = (
            (remark, found) if isinstance(remark, SetAside) else (found, remark)
        )
        assert (file.kind, told.problem, told.scope) == (
            "csv",
            "file_wrong_ending",
            "value",
        )
        assert told.values == {"kind": "CSV", "ending": ".pdf"}
        assert [a.title for a in read(file)] == ["Skills", "Voice"]

    def test_prose_called_csv_is_text(self, take, write):
        prose = b"This note describes how the project trained the labour inspectors of four districts.\n"

        assert take(write("note.csv", prose * 3))[0] == {"note.csv": "text"}


class TestFolders:
    def test_folders_are_walked_and_sorted(self, take, write, tmp_path):
        write("p/b/2.xml", IATI)
        write("p/a.csv", CSV)
        write("p/b/1.xml", IATI)

        assert list(take(tmp_path / "p")[0]) == ["p/a.csv", "p/b/1.xml", "p/b/2.xml"]

    def test_hidden_and_system_files_are_skipped_with_a_remark(
        self, take, write, tmp_path
    ):
        for name in (
            ".secret.xml",
            "~$plan.xlsx",
            "Thumbs.db",
            ".git/config",
            "__MACOSX/a.xml",
        ):
            write(f"p/{name}", IATI)

        found, problems = take(tmp_path / "p")

        assert found == {}
        assert set(problems.values()) == {"file_hidden"}
        assert set(problems) == {
            "p/.secret.xml",
            "p/~$plan.xlsx",
            "p/Thumbs.db",
            "p/.git",
            "p/__MACOSX",
        }

    def test_a_hidden_file_that_is_named_is_read(self, take, write):
        assert take(write(".secret.xml", IATI))[0] == {".secret.xml": "iati"}

    def test_links_in_folders_are_not_followed(self, take, write, tmp_path):
        outside = write("outside/a.xml", IATI)
        write("p/b.xml", IATI)
        (tmp_path / "p/link.xml").symlink_to(outside)
        (tmp_path / "p/loop").symlink_to(tmp_path / "p")

        found, problems = take(tmp_path / "p")

        assert found == {"p/b.xml": "iati"}
        assert problems == {"p/link.xml": "file_link", "p/loop": "file_link"}

    def test_a_pipe_is_not_opened(self, take, tmp_path):
        (tmp_path / "p").mkdir()
        os.mkfifo(tmp_path / "p/pipe")

        assert take(tmp_path / "p")[1] == {"p/pipe": "file_special"}
        assert take(tmp_path / "p/pipe")[1] == {"p/pipe": "file_special"}

    def test_a_missing_source_is_told_of(self, take, tmp_path):
        assert take(tmp_path / "none.xml")[1] == {"none.xml": "file_missing"}

    def test_a_file_named_twice_is_one_file(self, take, write, tmp_path):
        path = write("p/a.xml", IATI)

        assert take(tmp_path / "p", path, tmp_path / "p/../p") == (
            {"p/a.xml": "iati"},
            {},
        )

    def test_a_file_beyond_the_limit_is_told_of(self, take, write, monkeypatch):
        monkeypatch.setitem(intake.LARGEST_MEGABYTES, "iati", -1)

        assert take(write("a.xml", IATI))[1] == {"a.xml": "file_too_large"}

    def test_a_mapping_file_belongs_to_its_sheet(self, write, tmp_path):
        write("p/plan.csv", b"Vorhaben;Ziel\nAusbildung;Kurz.\n")
        write("p/plan.mapping.yaml", b"title: Vorhaben\ntext: Ziel\n")

        (found,) = inputs([tmp_path / "p"], tmp_path / "u")

        assert [
            p.text for a in read(found) if isinstance(a, Activity) for p in a.passages
        ] == ["Ausbildung", "Kurz."]


class TestArchives:
    def test_members_are_read_under_the_name_of_the_archive(self, write, tmp_path):
        path = write(
            "a.zip",
            zipped(
                {"in/x.xml": IATI, "y.csv": CSV, "y.mapping.yaml": b"title: title\n"}
            ),
        )

        sheet, file = sorted(inputs([path], tmp_path / "u"), key=lambda one: one.kind)

        assert (file.name, file.kind) == (f"{path.as_posix()}/in/x.xml", "iati")
        assert sheet.mapping is not None
        assert [a.title for a in read(file)] == ["Skills"]
        assert file.path.is_relative_to(tmp_path / "u")

    def test_archives_in_archives_are_opened_but_no_deeper(self, take, write):
        third = zipped({"x.xml": IATI})
        second = zipped({"third.zip": third, "y.xml": IATI})

        found, problems = take(write("first.zip", zipped({"second.zip": second})))

        assert found == {"first.zip/second.zip/y.xml": "iati"}
        assert problems == {"first.zip/second.zip/third.zip": "archive_nested"}

    @pytest.mark.parametrize(
        "name",
        [
            "../evil.xml",
            "/etc/evil.xml",
            "a/../../evil.xml",
            "C:\\evil.xml",
            "..\\evil.xml",
        ],
    )
    def test_names_that_lead_out_are_refused(self, take, write, tmp_path, name):
        before = set(tmp_path.rglob("*"))

        found, problems = take(write("a.zip", zipped({name: IATI, "good.xml": IATI})))

        assert found == {"a.zip/good.xml": "iati"}
        assert list(problems.values()) == ["archive_unsafe_name"]
        new = set(tmp_path.rglob("*")) - before
        assert all(
            p.is_relative_to(tmp_path / "unpacked") or p.name == "a.zip" for p in new
        )

    @pytest.mark.parametrize(
        ("mode", "problem"),
        [(stat.S_IFLNK, "archive_link"), (stat.S_IFIFO, "archive_special")],
    )
    def test_links_and_devices_are_refused(self, take, tmp_path, mode, problem):
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            info = zipfile.ZipInfo("link")
            info.external_attr = (mode | 0o777) << 16
            archive.writestr(info, "/etc/passwd")

        assert take(path) == ({}, {"a.zip/link": problem})

    def test_an_encrypted_member_is_set_aside(self, take, write):
        content = bytearray(zipped({"a.xml": IATI}, zipfile.ZIP_STORED))
        content[6] |= 1  # the flag of the member ...
        content[content.index(b"PK\x01\x02") + 8] |= 1  # ... and of the directory

        assert take(write("a.zip", bytes(content))) == (
            {},
            {"a.zip/a.xml": "archive_password"},
        )

    def test_a_bomb_is_stopped_while_it_unpacks(self, take, write, tmp_path):
        bomb = zipped({"bomb.xml": b"\0" * (64 << 20), "good.xml": IATI})

        assert take(write("a.zip", bomb)) == (
            {"a.zip/good.xml": "iati"},
            {"a.zip/bomb.xml": "archive_bomb"},
        )
        assert (
            sum(
                p.stat().st_size
                for p in (tmp_path / "unpacked").rglob("*")
                if p.is_file()
            )
            < 1 << 20
        )

    def test_a_bomb_in_the_form_of_a_workbook_is_not_opened(self, take, write):
        members = {
            "[Content_Types].xml": b"spreadsheetml.sheet.main+xml",
            "xl/a.xml": b"\0" * (64 << 20),
        }

        assert take(write("a.xlsx", zipped(members))) == (
            {},
            {"a.xlsx": "archive_bomb"},
        )

    def test_too_many_members_and_bytes_are_stopped(self, take, write, monkeypatch):
        path = write("a.zip", zipped({f"{n}.xml": IATI for n in range(9)}))
        limits = Limits(members=3)
        monkeypatch.setattr(
            intake, "Unpacking", lambda folder: Unpacking(folder, limits)
        )
        assert take(path)[1] == {"a.zip": "archive_too_many"}

        limits = Limits(total_bytes=len(IATI) * 2)
        found, problems = take(path)
        assert len(found) == 2
        assert set(problems.values()) == {"archive_too_large"}

    def test_a_damaged_archive_is_told_of_and_whole_members_read(self, take, write):
        content = bytearray(zipped({"a.xml": IATI, "b.xml": IATI}, zipfile.ZIP_STORED))
        content[content.index(b"Skills")] ^= 1

        found, problems = take(write("a.zip", bytes(content)))

        assert (found, problems) == (
            {"a.zip/b.xml": "iati"},
            {"a.zip/a.xml": "archive_damaged"},
        )

    def test_names_are_shown_without_what_could_deceive(self, take, write):
        _, problems = take(write("a.zip", zipped({"x\x1b[31m\u202egpj.xml": b""})))

        assert list(problems) == ["a.zip/x\ufffd[31m\ufffdgpj.xml"]

    def test_hidden_members_are_skipped_with_a_remark(self, take, write):
        path = write("a.zip", zipped({"__MACOSX/._a.xml": IATI, "a.xml": IATI}))

        assert take(path) == (
            {"a.zip/a.xml": "iati"},
            {"a.zip/__MACOSX/._a.xml": "file_hidden"},
        )


class TestInputs:
    def test_an_input_travels_to_another_process_and_knows_its_hash(
        self, write, tmp_path
    ):
        (found,) = inputs([write("a.xml", IATI)], tmp_path / "u")

        again = pickle.loads(pickle.dumps(found))

        assert again == found
        assert (found.size, found.sha256) == (
            len(IATI),
            hashlib.sha256(IATI).hexdigest(),
        )

    def test_a_file_gone_since_is_told_of(self, write, tmp_path):
        path = write("a.xml", IATI)
        (found,) = inputs([path], tmp_path / "u")
        path.unlink()

        assert [r.problem for r in read(found)] == ["file_unreadable"]

    def test_a_reader_that_fails_does_not_end_the_run(
        self, write, tmp_path, monkeypatch
    ):
        (found,) = inputs([write("a.xml", IATI)], tmp_path / "u")

        def failing(*_):
            raise RuntimeError("of the library")
            yield

        monkeypatch.setattr(intake, "read_iati", failing)

        assert [(r.problem, r.values) for r in read(found)] == [
            ("reader_failed", {"error": "RuntimeError: of the library"})
        ]

    def test_the_whole_of_the_real_input_is_taken(self, data, tmp_path):
        found = list(inputs([data / "iati", data / "papers"], tmp_path))
        kinds = [f.kind for f in found if isinstance(f, Input)]

        assert (len(found), len(kinds)) == (13, 13)
        assert sorted(set(kinds)) == ["docx", "iati", "pdf", "text"]
        activities = [
            a
            for f in found
            if f.kind == "iati"
            for a in read(f)
            if isinstance(a, Activity)
        ]
        assert len(activities) == 480 + 83 + 8 + 1


def test_an_empty_folder_is_told(tmp_path):
    (tmp_path / "nothing" / "in it").mkdir(parents=True)

    found = list(inputs([tmp_path / "nothing"]))

    assert [one.problem for one in found] == ["folder_empty"]
