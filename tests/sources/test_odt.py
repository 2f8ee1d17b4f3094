"""ODT, built part by part."""

import zipfile

import pytest

from capmap.sources.activity import SetAside
from capmap.sources.documents import read_document
from capmap.sources.odt import read_odt

NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{full}:1.0"'
    for name, full in {
        "office": "office", "text": "text", "table": "table", "draw": "drawing",
        "manifest": "manifest", "meta": "meta",
    }.items()
)  # fmt: skip


def odt(path, text, **parts):
    content = (
        f"<office:document-content {NAMESPACES}><office:body><office:text>"
        f"{text}</office:text></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", parts.pop("prolog", "") + content)
        for name, part in parts.items():
            archive.writestr(name.replace("_", "/") + ".xml", part)
    return path


def test_everything_is_read_in_order(tmp_path):
    path = odt(
        tmp_path / "plan.odt",
        "<text:table-of-content><text:index-body><text:p>Priorities 3</text:p></text:index-body></text:table-of-content>"
        '<text:h text:outline-level="2">Priorities</text:h>'
        "<text:p>Inspectors<text:note><text:note-citation>1</text:note-citation>"
        "<text:note-body><text:p>All of them.</text:p></text:note-body></text:note>"
        "<text:s/>will be <text:span>trained</text:span>.</text:p>"
        "<text:list><text:list-item><text:p>A council meets.</text:p></text:list-item></text:list>"
        "<text:p><draw:frame><draw:text-box><text:p>Box text.</text:p></draw:text-box></draw:frame></text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>a</text:p><text:p>b</text:p></table:table-cell>"
        '<table:table-cell table:number-columns-repeated="999999999"/></table:table-row></table:table>',
        meta=f'<office:document-meta {NAMESPACES} xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<office:meta><dc:title>Plan of Benin</dc:title></office:meta></office:document-meta>",
    )

    document = read_odt(path)

    assert document.title == "Plan of Benin"
    assert [(b.kind, b.text, b.place) for b in document.blocks] == [
        ("heading", "Priorities", "paragraph 1"),
        ("paragraph", "Inspectors¹ will be trained.", "paragraph 2"),
        ("footnote", "All of them.", "footnote 1"),
        ("list-item", "A council meets.", "paragraph 3"),
        ("paragraph", "Box text.", "paragraph 4"),
        ("table-row", "a b", "table 1, row 1"),
    ]
    assert document.blocks[0].level == 2
    assert document.blocks[-1].cells == ("a\nb", "")


def test_a_document_without_title_of_its_own_takes_its_heading(tmp_path):
    path = odt(
        tmp_path / "x.odt",
        "<text:h>Programa de Trabajo Decente por País: Perú (2012–15)</text:h>"
        "<text:p>El Consejo se reúne.</text:p>",
        meta=f"<office:document-meta {NAMESPACES}/>",
    )

    (activity,) = read_document(path, "x.odt")

    assert activity.kind == "country_programme"
    assert [part.code for part in activity.countries] == ["PE"]
    assert (str(activity.starts_on), str(activity.ends_on)) == (
        "2012-01-01", "2015-12-31",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        (
            {
                "META-INF_manifest": f"<manifest:manifest {NAMESPACES}><manifest:file-entry>"
                "<manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
            },
            "document_password",
        ),
        (
            {"prolog": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'},
            "document_entities",
        ),
        ({"prolog": "<"}, "document_damaged"),
    ],
)
def test_bad_packages_are_set_aside(tmp_path, parts, problem):
    path = odt(tmp_path / "bad.odt", "<text:p>Text.</text:p>", **parts)

    assert list(read_document(path, "bad.odt")) == [SetAside("bad.odt", problem)]
