"""The sample portfolio is our own writing, and says what in it is illustrative."""

import json
import re
from pathlib import Path

import docx
import openpyxl
from lxml import etree

FORM = "{https://capmap.example/illustrative}illustrative"


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def runs(text: str, length: int = 8) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + length]) for i in range(len(found) - length + 1)}


def sample_texts(sample: Path) -> list[str]:
    tree = etree.parse(sample / "approaches-and-initiatives.xml")
    # Official names of programmes and projects, the titles, are names and not sentences.
    texts = [e.text for e in tree.iterfind(".//description/narrative") if e.text]
    texts += [e.text for e in tree.iterfind(".//result//narrative") if e.text]
    document = docx.Document(str(sample / "programme-par-pays.docx"))
    texts += [p.text for p in document.paragraphs]
    sheet = openpyxl.load_workbook(sample / "proyectos-nacionales.xlsx").active
    texts += [str(c.value) for row in sheet.iter_rows() for c in row if c.value]
    return texts


def test_no_run_of_eight_words_is_taken_from_the_real_input(sample, data):
    paper = (data / "papers/GB.312-POL-9.txt").read_text(encoding="utf-8")
    taken_from = runs(paper)
    for path in (data / "evaluation").glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            taken_from |= runs(json.loads(line)["text"])

    for text in sample_texts(sample):
        assert not runs(text) & taken_from, text


def test_every_budget_and_result_is_marked_illustrative(sample):
    tree = etree.parse(sample / "approaches-and-initiatives.xml")

    for tag in ("budget", "result", "activity-date"):
        elements = tree.findall(f".//{tag}")
        assert elements
        assert all(e.get(FORM) == "true" for e in elements)


def test_the_sample_speaks_three_languages(sample):
    tree = etree.parse(sample / "approaches-and-initiatives.xml")
    lang = "{http://www.w3.org/XML/1998/namespace}lang"

    languages = {e.get(lang) for e in tree.findall("iati-activity")}

    assert languages == {"en", "fr", "es"}
