"""Files that people or strangers wrote: refused with file, line and remedy, never a traceback."""

import pickle
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.findings import FrameworkError
from capmap.frameworks.framework import load_framework
from capmap.frameworks.yaml_files import DEEPEST, LARGEST, parse_yaml, read_yaml

FILE = Path("outcome.yaml")

FAULTS = [
    ("alias", "a: &x [1]\nb: *x\n", 1),
    ("alias", "terms:\n  - *x\n", 2),
    ("tag", "a: b\nc: !!python/object/apply:os.system [ls]\n", 2),
    ("tag", "a: !!binary aGk=\n", 1),
    ("two_documents", "a: b\n---\nc: d\n", 2),
    ("key_twice", "a: b\nc: d\na: e\n", 3),
    ("key_not_text", "[a, b]: c\n", 1),
    ("too_deep", "[" * 100_000, 1),
    ("too_deep", "- " * (DEEPEST + 1) + "a", 1),
    ("not_yaml", "a: b\n c: d\n", 2),
    ("not_yaml", 'a: "b\n', 2),
    ("not_yaml", "a: \0\n", 0),
]


@pytest.mark.parametrize(("problem", "text", "line"), FAULTS)
def test_a_fault_names_its_line(problem, text, line):
    with pytest.raises(FrameworkError) as caught:
        parse_yaml(text, FILE)
    finding = caught.value.finding
    assert (finding.problem, finding.line) == (problem, line)
    assert str(caught.value).startswith("outcome.yaml")
    assert "\n" not in str(caught.value)


def test_laughs_are_refused_before_they_grow():
    laughs = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n"
        for n in range(20)
    )
    with pytest.raises(FrameworkError, match="Anchors"):
        parse_yaml(laughs, FILE)


def test_words_stay_words():
    text = 'a: no\nb: 8.10\nc: 007\nd: 2012-06-01\ne: "12"\nf: 12\ng: true\nh:\n'
    assert parse_yaml(text, FILE) == {
        "a": "no",
        "b": "8.10",
        "c": "007",
        "d": "2012-06-01",
        "e": "12",
        "f": 12,
        "g": True,
        "h": None,
    }


def test_lines_are_kept():
    content = parse_yaml("a: b\nc:\n  - d: e\n", FILE)
    assert content.line_of("c") == 2
    assert content["c"][0].line_of("d") == 3
    assert content.line_of("absent") == 1


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
values = st.recursive(
    texts | st.integers(-(10**9), 10**9) | st.booleans() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
def test_what_is_written_quoted_is_read_back(value):
    dumped = yaml.dump(value, Dumper=_Quoting, allow_unicode=True, width=10**6)
    assert parse_yaml(dumped, FILE) == value


class _Quoting(yaml.SafeDumper):
    """Writes texts in quotation marks, and nothing by reference."""

    def ignore_aliases(self, data):
        return True


_Quoting.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style='"'
    ),
)


@settings(deadline=None)  # the words are loaded with the first refusal
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text):
    finding = None
    try:
        parse_yaml(text, FILE)
    except FrameworkError as error:
        finding = error.finding
    if finding:
        assert finding.reason("fr")
        assert finding.remedy("es")


def test_an_error_travels_between_processes():
    with pytest.raises(FrameworkError) as caught:
        parse_yaml("a: *x", FILE)
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.finding == caught.value.finding


def test_files_that_cannot_be_read(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes("à".encode("latin-1"))
    with pytest.raises(FrameworkError, match="UTF-8"):
        read_yaml(path)
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(FrameworkError, match="8 MB"):
        read_yaml(path)
    with pytest.raises(FrameworkError, match="cannot be read"):
        read_yaml(tmp_path / "absent.yaml")


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: b\n")
    assert read_yaml(path) == {"a": "b"}


def test_folders_that_hold_no_framework_or_codebook(tmp_path):
    for load, folder, words in (
        (load_codebook, tmp_path / "absent", "no such folder"),
        (load_codebook, tmp_path, "no .yaml file"),
        (load_framework, tmp_path / "absent", "no such folder"),
        (load_framework, tmp_path, "no framework.yaml"),
    ):
        with pytest.raises(FrameworkError, match=words):
            load(folder)


STRUCTURE = [
    ("file_not_a_mapping", "- a\n"),
    ("key_missing", "label: {en: a}\ncodes: []\n"),
    ("key_missing", "facet: a\ncodes: []\n"),
    ("key_missing", "facet: a\nlabel: {en: a}\n"),
    ("not_a_text", "facet: [a]\n"),
    ("not_a_mapping", "facet: a\nlabel: a\ncodes: []\n"),
    ("not_a_list_of_mappings", "facet: a\nlabel: {en: a}\ncodes: [b]\n"),
    ("not_true_or_false", "facet: a\nlabel: {en: a}\nseveral: maybe\ncodes: []\n"),
    (
        "not_a_list_of_texts",
        "facet: a\nlabel: {en: a}\ncodes:\n- {code: b, label: {en: c}, terms: {en: d}}\n",
    ),
    (
        "not_a_term",
        "facet: a\nlabel: {en: a}\ncodes:\n- {code: b, label: {en: c}, terms: {en: [[d]]}}\n",
    ),
    (
        "not_a_list_of_texts",
        "facet: a\nlabel: {en: a}\ncodes:\n"
        "- {code: b, label: {en: c}, terms: {en: [{term: d, with: e}]}}\n",
    ),
]


@pytest.mark.parametrize(("problem", "text"), STRUCTURE)
def test_a_facet_that_is_not_built_as_one(tmp_path, problem, text):
    (tmp_path / "facet.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(FrameworkError) as caught:
        load_codebook(tmp_path)
    assert caught.value.finding.problem == problem


def test_a_framework_that_is_not_built_as_one(tmp_path):
    path = tmp_path / "framework.yaml"
    for problem, text in (
        ("file_not_a_mapping", "a"),
        ("key_missing", "framework: a\n"),
        (
            "not_a_number",
            "framework: a\ntitle: {en: a}\ngroups:\n- group: g\n  label: {en: g}\n"
            "  outcomes:\n  - {code: o, number: one, title: {en: o}, label: {en: o}}\n",
        ),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(FrameworkError) as caught:
            load_framework(tmp_path)
        assert caught.value.finding.problem == problem
    path.write_text(
        "framework: a\ntitle: {en: a}\ngroups:\n- group: g\n  label: {en: g}\n  outcomes: []\n"
    )
    (tmp_path / "crosswalks.yaml").write_text("a: b")
    with pytest.raises(FrameworkError, match="not a list"):
        load_framework(tmp_path)


def test_a_later_folder_replaces_a_facet(tmp_path):
    text = "facet: level\nlabel: {en: L, fr: L, es: L}\ncodes: []\n"
    (tmp_path / "level.yaml").write_text(text, encoding="utf-8")
    codebook = load_codebook(
        *(Path(f.file).parent for f in load_codebook().facets.values()), tmp_path
    )
    assert codebook.facets["level"].codes == {}
    assert codebook.facets["outcome"].codes
    assert not any("level.yaml" in remark.file for remark in codebook.remarks)
