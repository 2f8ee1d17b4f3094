"""IATI that is broken or means harm: what can be read is read, and the rest is told."""

from pathlib import Path

import pytest

from capmap.sources import iati_bytes
from capmap.sources.activity import Activity, SetAside
from capmap.sources.iati import ranges, read_iati

ACTIVITY = (
    "<iati-activity><iati-identifier>{0}</iati-identifier>"
    "<title><narrative>{1}</narrative></title></iati-activity>"
)
OPEN, CLOSE = '<iati-activities version="2.03">', "</iati-activities>"


@pytest.fixture
def write(tmp_path):
    def writer(content: str | bytes) -> Path:
        path = tmp_path / "file.xml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return writer


def read(path: Path) -> tuple[dict[str, str], list[SetAside]]:
    """Return the titles by identifier, and the remarks."""
    found = list(read_iati(path, path.name))
    titles = {a.identifier: a.title for a in found if isinstance(a, Activity)}
    return titles, [r for r in found if isinstance(r, SetAside)]


def problems(path: Path) -> list[str]:
    return [remark.problem for remark in read(path)[1]]


def test_a_bomb_of_entities_is_set_aside_whole(write):
    path = write(
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        + OPEN + ACTIVITY.format("A", "&b;") + CLOSE
    )  # fmt: skip

    assert read(path) == ({}, [SetAside("file.xml", "xml_entities")])


def test_an_external_entity_is_never_fetched(write, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    path = write(
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
        + OPEN + ACTIVITY.format("A", "&e;") + CLOSE
    )  # fmt: skip

    titles, _ = read(path)

    assert titles == {}


def test_entities_behind_a_long_comment_are_still_found(write):
    comment = f"<!--{'x' * 70_000}-->"
    path = write(
        f'{comment}<!DOCTYPE x [<!ENTITY a "aaaa">]>'
        + OPEN
        + ACTIVITY.format("A", "&a;")
        + CLOSE
    )

    assert read(path) == ({}, [SetAside("file.xml", "xml_entities")])


def test_a_document_type_without_entities_does_no_harm(write):
    path = write(
        "<!DOCTYPE iati-activities>" + OPEN + ACTIVITY.format("A", "T") + CLOSE
    )

    assert read(path) == ({"A": "T"}, [])


def test_every_whole_activity_before_a_cut_is_read(write):
    whole = OPEN + ACTIVITY.format("A", "T") + ACTIVITY.format("B", "U") + CLOSE
    cut = whole.index("U</narr")
    path = write(whole[:cut])

    titles, (told,) = read(path)

    assert titles == {"A": "T"}
    assert (told.problem, told.values, told.scope) == (
        "xml_truncated",
        {"count": "1"},
        "intervention",
    )
    assert told.place == f"activity 2 (B), byte {whole.index('<iati-activity>', 60)}"


def test_a_file_cut_between_activities_is_told_of(write):
    path = write(OPEN + ACTIVITY.format("A", "T") + "\n")

    assert problems(path) == ["xml_truncated"]


@pytest.mark.parametrize(
    "broken",
    [
        "<iati-activity><iati-identifier>B</iati-identifier><title>x</tilte></iati-activity>",
        "<iati-activity><iati-identifier>B</iati-identifier><title>x & y</title></iati-activity>",
        "<iati-activity><iati-identifier>B</iati-identifier><title>x</title>",
        "<iati-activity a=1><iati-identifier>B</iati-identifier></iati-activity>",
        "<iati-activity><iati-identifier>B</iati-identifier><title>&undefined;</title></iati-activity>",
        "<iati-activity><iati-identifier>B</iati-identifier><title>\x01</title></iati-activity>",
    ],
)
def test_a_broken_activity_is_set_aside_and_the_rest_goes_on(write, broken):
    path = write(
        OPEN + ACTIVITY.format("A", "T") + broken + ACTIVITY.format("C", "V") + CLOSE
    )

    titles, (told,) = read(path)

    assert titles == {"A": "T", "C": "V"}
    assert (told.problem, told.scope) == ("activity_broken", "intervention")
    assert told.place.startswith("activity 2 (B), byte ")


def test_windows_bytes_in_declared_utf_8_are_recovered(write):
    content = ('<?xml version="1.0" encoding="UTF-8"?>' + OPEN).encode()
    content += ACTIVITY.format("A", "Renforcement des capacités – été").encode()
    content += ACTIVITY.format("B", "Capacités de l’État").encode("cp1252")
    path = write(content + CLOSE.encode())

    titles, (told,) = read(path)

    assert titles == {
        "A": "Renforcement des capacités – été",
        "B": "Capacités de l’État",
    }
    assert told.problem == "encoding_mended"


def test_utf_8_that_declares_latin_1_is_recovered(write):
    path = write(
        '<?xml version="1.0" encoding="ISO-8859-1"?>'
        + OPEN
        + ACTIVITY.format("A", "été")
        + CLOSE
    )

    titles, (told,) = read(path)

    assert (titles, told.problem) == ({"A": "été"}, "encoding_mended")


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-32", "iso-8859-1", "utf-8-sig"]
)
def test_other_encodings_are_read_without_remark(write, encoding):
    declared = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16"}.get(encoding, encoding)
    text = (
        f'<?xml version="1.0" encoding="{declared}"?>'
        + OPEN
        + ACTIVITY.format("A", "été")
        + CLOSE
    )
    path = write(text.encode(encoding))

    assert read(path) == ({"A": "été"}, [])


def test_an_encoding_that_does_not_exist_is_read_as_utf_8(write):
    path = write(
        '<?xml version="1.0" encoding="ANSI_X"?>'
        + OPEN
        + ACTIVITY.format("A", "été")
        + CLOSE
    )

    titles, (told,) = read(path)

    assert (titles, told.problem) == ({"A": "été"}, "encoding_unknown")


def test_activities_in_comments_and_cdata_are_not_read(write):
    hidden = ACTIVITY.format("X", "hidden")
    path = write(
        f"{OPEN}<!-- {hidden} -->" + ACTIVITY.format("A", f"<![CDATA[{hidden}]]>")
        + f"<?keep {hidden}?>" + ACTIVITY.format("B", "T<!-- </iati-activity> -->U") + CLOSE
    )  # fmt: skip

    assert read(path) == ({"A": hidden, "B": "TU"}, [])


def test_prefixed_and_default_namespaces_are_understood(write):
    prefixed = (
        ACTIVITY.format("A", "T")
        .replace("</", "</i:")
        .replace("<", "<i:")
        .replace("<i:/i:", "</i:")
    )
    path = write(
        f'<i:iati-activities xmlns:i="http://example.org/i">{prefixed}</i:iati-activities>'
    )
    assert read(path) == ({"A": "T"}, [])

    path = write(
        '<iati-activities xmlns="http://example.org/i">'
        + ACTIVITY.format("A", "T")
        + CLOSE
    )
    assert read(path) == ({"A": "T"}, [])

    path = write(
        OPEN
        + ACTIVITY.format("A", "T").replace("y>", 'y xmlns="http://e.org/">', 1)
        + CLOSE
    )
    assert read(path) == ({"A": "T"}, [])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            "<iati-organisations><iati-organisation/></iati-organisations>",
            "iati_organisations",
        ),
        ("<rss><channel/></rss>", "xml_not_iati"),
        (OPEN + CLOSE, "iati_without_activities"),
        ('<iati-activities version="2.03"/>', "iati_without_activities"),
        (OPEN, "xml_truncated"),
    ],
)
def test_what_holds_no_activities_is_said(write, content, problem):
    assert (read(write(content))[0], problems(write(content))) == ({}, [problem])


def test_a_million_wrong_dates_make_few_remarks(write):
    wrong = '<activity-date type="1" iso-date="never"/>' * 500
    activity = f"<iati-activity><iati-identifier>A</iati-identifier><title>T</title>{wrong}</iati-activity>"
    path = write(OPEN + activity + CLOSE)

    _, told = read(path)

    assert len(told) == 51
    assert told[-1].place.startswith("and 450 more")


def test_an_activity_beyond_measure_is_set_aside(write, monkeypatch):
    monkeypatch.setattr(iati_bytes, "BLOCK", 1 << 12)
    monkeypatch.setattr(iati_bytes, "LARGEST_ACTIVITY", 1 << 14)
    path = write(
        OPEN + ACTIVITY.format("A", "x" * 100_000) + ACTIVITY.format("B", "U") + CLOSE
    )

    titles, (told,) = read(path)

    assert titles == {"B": "U"}
    assert (told.problem, told.scope) == ("activity_too_large", "intervention")


def test_blocks_of_any_size_give_the_same(data, monkeypatch):
    path = data / "iati" / "standard-example-203.xml"
    whole = list(read_iati(path, "x"))

    for size in (7, 64, 1000):
        monkeypatch.setattr(iati_bytes, "BLOCK", size)
        assert list(read_iati(path, "x")) == whole


class TestRanges:
    @pytest.fixture
    def large(self, tmp_path, monkeypatch):
        monkeypatch.setattr("capmap.sources.iati.SMALLEST_PART", 1000)
        path = tmp_path / "large.xml"
        activities = "".join(ACTIVITY.format(f"A{n}", f"Title {n}") for n in range(200))
        path.write_text(OPEN + activities + CLOSE)
        return path

    def test_ranges_together_give_every_activity_once(self, large):
        whole = list(read_iati(large, "x"))
        for parts in (2, 3, 7):
            found = ranges(large, parts)

            assert len(found) == parts
            assert found[0][0] == 0
            assert found[-1][1] == large.stat().st_size
            assert [
                a for start, end in found for a in read_iati(large, "x", start, end)
            ] == whole

    def test_a_small_file_is_one_range(self, large):
        assert ranges(large, 1) == [(0, large.stat().st_size)]

    def test_a_file_that_hides_activities_is_one_range(self, large):
        hidden = f"<!-- {ACTIVITY.format('X', 'hidden') * 100} -->"
        large.write_text(
            large.read_text().replace("</iati-activities>", hidden + CLOSE)
        )

        assert len(ranges(large, 4)) == 1
        assert len(list(read_iati(large, "x"))) == 200

    def test_a_cut_off_file_is_told_of_once(self, large):
        large.write_bytes(large.read_bytes()[:-60])
        found = [a for s, e in ranges(large, 3) for a in read_iati(large, "x", s, e)]

        assert [a.problem for a in found if isinstance(a, SetAside)] == [
            "xml_truncated"
        ]
