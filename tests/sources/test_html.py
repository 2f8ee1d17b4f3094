"""HTML pages saved to disk."""

import pytest

from capmap.sources.documents import read_document
from capmap.sources.html import read_html


@pytest.fixture
def page(tmp_path):
    def read(content, encoding="utf-8"):
        path = tmp_path / "page.html"
        path.write_bytes(content.encode(encoding))
        return read_html(path)

    return read


def test_the_page_is_read_and_its_furniture_is_not(page):
    document = page(
        """<!DOCTYPE html><html lang="fr-CH"><head><title>Plan du Bénin</title>
        <style>p {color: red}</style></head><body>
        <header>Site</header><nav><ul><li>Accueil</li></ul></nav>
        <script>alert("no")</script><div hidden>caché</div>
        <main><h1>Priorités</h1>Texte libre <b>et gras</b>.
        <p>Formation des inspecteurs<sup>1</sup>.<br>Elle continue.</p>
        <ul><li>Un cours<ul><li>du soir</li></ul></li><li><p>Un guide</p></li></ul>
        <table><tr><th>Produit</th><th>Cible</th></tr>
        <tr><td>Cours<p>et guide</p></td><td>40 <i>formés</i></td></tr></table>
        <table><tr><td><p>Mise en page.</p></td></tr></table></main>
        <footer>© 2011</footer></body></html>"""
    )

    assert document.language == "fr"
    assert document.title == "Plan du Bénin"
    assert [(b.kind, b.text) for b in document.blocks] == [
        ("heading", "Priorités"),
        ("paragraph", "Texte libre et gras."),
        ("paragraph", "Formation des inspecteurs¹. Elle continue."),
        ("list-item", "Un cours"),
        ("list-item", "du soir"),
        ("list-item", "Un guide"),
        ("table-row", "Produit | Cible"),
        ("table-row", "Cours et guide | 40 formés"),
        ("paragraph", "Mise en page."),
    ]
    assert document.blocks[7].cells == ("Cours\net guide", "40 formés")


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("iso-8859-1", "iso-8859-1"), ("windows-1252", "windows-1252"), ("utf-8", "")],
)
def test_the_declared_encoding_counts(page, encoding, declared):
    meta = f'<meta charset="{declared}">' if declared else ""

    document = page(f"<html>{meta}<p>Capacité de l'été à Cotonou.</p>", encoding)

    assert document.blocks[0].text == "Capacité de l'été à Cotonou."


def test_entities_of_a_file_are_not_read(page):
    document = page(
        '<!DOCTYPE html [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        "<html><body><p>Read &e; this &amp; that.</p></body></html>"
    )

    assert "root" not in " ".join(block.text for block in document.blocks)


def test_depth_without_end_is_read_or_set_aside(tmp_path):
    path = tmp_path / "deep.html"
    path.write_text("<html>" + "<div>" * 20_000 + "Text here.", encoding="utf-8")

    assert list(read_document(path, "deep.html"))


def test_a_page_without_text_is_set_aside(tmp_path):
    path = tmp_path / "empty.html"
    path.write_text("<html><body><script>x</script></body></html>", encoding="utf-8")

    (found,) = read_document(path, "empty.html")

    assert found.problem == "document_no_text"
