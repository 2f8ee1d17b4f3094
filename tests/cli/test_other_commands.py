"""explain, codebook and evaluate: what a stranger at the prompt gets."""

import json

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def mapped(capmap, sample):
    assert capmap("map", sample, "--out", "map", "--quiet").returncode == 0
    return capmap


def test_explain_shows_codes_with_their_words(mapped):
    done = mapped("explain", "CAPMAP-SAMPLE-initiative-08-norway")

    assert done.returncode == 0, done.stderr
    assert "Strengthening labour administration" in done.stdout
    assert "term “" in done.stdout


def test_explain_finds_by_words_of_the_title(mapped):
    done = mapped("explain", "tamil platform", "--json")

    told = json.loads(done.stdout)
    assert told["intervention_id"] == "CAPMAP-SAMPLE-initiative-09-tamil-nadu"
    for passage in told["passages"]:
        for coding in passage["codings"]:
            for span in coding["spans"]:
                assert passage["text"][span["start"] : span["end"]].strip()


def test_explain_says_which_fit_when_several_do(mapped):
    done = mapped("explain", "CAPMAP-SAMPLE-initiative")

    assert done.returncode == 2
    assert "initiative-10-sri-lanka" in done.stdout


def test_explain_without_a_result_says_what_to_do(capmap):
    done = capmap("explain", "X-1")

    assert done.returncode == 2
    assert "--in" in done.stderr


def test_the_codebook_is_listed_and_a_code_shown(capmap):
    listed = capmap("codebook")
    shown = capmap("codebook", "training-of-trainers", "--language", "es")

    assert "training-of-trainers" in listed.stdout
    assert "Formación de formadores" in shown.stdout


def test_a_code_is_shown_with_examples_before_its_terms(capmap):
    shown = capmap("codebook", "on-the-job", "--language", "fr").stdout

    assert (
        shown.index("Exemples") < shown.index("On le croirait") < shown.index("Termes")
    )
    assert shown.count("avec d’autres mots") >= 2
    assert "Pourquoi pas\xa0:" in shown
    told = json.loads(capmap("codebook", "on-the-job", "--json").stdout)[0]
    assert 3 <= len(told["examples"]) <= 6
    for example in told["examples"]:
        assert "on-the-job" in example["codes"]["modality"]
    assert all(miss["why_not"] for miss in told["near_misses"])


def test_a_framework_of_ones_own_shows_its_own_examples(capmap, water):
    shown = capmap("codebook", "water-1", "--framework", water).stdout
    none = capmap("codebook", "water-1", "--framework", water, "--language", "es")

    assert "meter readers of Mbeya" in " ".join(shown.split())
    assert "Aún no hay ejemplos" in none.stdout


def test_the_shipped_codebook_passes_its_check(capmap):
    done = capmap("codebook", "--check")

    assert done.returncode == 0, done.stdout
    assert "No fault found" in done.stdout


@pytest.mark.parametrize("name", ["book.csv", "book.xlsx", "book.md"])
def test_the_codebook_is_exported(capmap, tmp_path, name):
    done = capmap("codebook", "--export", name)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / name).stat().st_size > 10_000
    if name != "book.xlsx":
        text = (tmp_path / name).read_text("utf-8")
        assert ("It seems so, but is not" in text) or ("near_misses_es" in text)


def test_a_code_that_is_not_there_is_said(capmap):
    done = capmap("codebook", "no-such-code")

    assert done.returncode == 2
    assert "no-such-code" in done.stderr


def test_evaluate_gives_the_documented_json(capmap, data):
    done = capmap("evaluate", data / "evaluation/mixed.jsonl", "--json")

    told = json.loads(done.stdout)
    assert told["passages"] == 120
    modality = told["facets"]["modality"]
    low, high = modality["macro_f1_interval"]
    assert low <= modality["macro_f1"] <= high
    assert set(modality["codes"]["training"]) == {
        "precision",
        "recall",
        "f1",
        "support",
    }


def test_evaluate_names_the_line_that_is_broken(capmap, tmp_path):
    (tmp_path / "bad.jsonl").write_text(
        '{"id": "a", "text": "x", "codes": {}}\n{nope\n'
    )

    done = capmap("evaluate", "bad.jsonl")

    assert done.returncode == 2
    assert "bad.jsonl" in done.stderr
    assert "2" in done.stderr


def test_help_is_in_the_language_of_the_reader(capmap):
    assert "Cartographier" in capmap("--help", CAPMAP_LANGUAGE="fr").stdout
    assert "Leer las FUENTES" in capmap("map", "--language", "es", "--help").stdout


def test_the_version_is_said(capmap):
    assert capmap("--version").stdout.startswith("capmap ")


def test_review_order_deals_to_readers_and_says_where_it_stands(mapped, tmp_path):
    done = mapped("review-order", "map", "--for", "capacity:cd", "--readers", 2)
    told = mapped("review-order", "map", "--for", "capacity:cd", "--json")

    assert done.returncode == 0, done.stderr
    assert "capacity-cd-batch-001-reader-2.csv" in done.stdout
    assert len(list((tmp_path / "map/review").glob("*-reader-*.csv"))) == 2
    assert json.loads(told.stdout)["standing"]["read"] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["map", "--for", "capacity"], "capacity:cd"),
        (["elsewhere", "--for", "capacity:cd"], "no result"),
        (["map", "--for", "capacity:cd", "--out", "batch.pdf"], ".xlsx"),
    ],
)
def test_review_order_says_what_is_wrong_with_a_call(capmap, arguments, said):
    done = capmap("review-order", *arguments)

    assert done.returncode == 2
    assert said in done.stderr
