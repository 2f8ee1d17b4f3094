"""Agreement of coders: published examples, a slow oracle, properties, coverage."""

import random
from itertools import permutations, product
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capmap.coding.agreement import Coded, agreement
from capmap.coding.coefficients import alpha, kappa, masi, nominal


def units(*rows):
    """Rows of values by coder, a star where the coder did not read."""
    return [
        {f"coder {n}": value for n, value in enumerate(column) if value != "*"}
        for column in zip(*(row.split() for row in rows), strict=True)
    ]


def coded(first, second, code="facet:a"):
    """Passages on which two coders gave a code (1) or not (0)."""
    for number, pair in enumerate(zip(first, second, strict=True)):
        for coder, answer in zip(("Ana", "Ben"), pair, strict=True):
            yield Coded(str(number), coder, frozenset([code] if answer == "1" else []))


def row(table, facet, code):
    return next(
        r
        for r in table.iter_rows(named=True)
        if (r["facet"], r["code"]) == (facet, code)
    )


# The examples A, B and C of K. Krippendorff, "Computing Krippendorff's
# Alpha-Reliability": 0.095, 0.692 and 0.743.
EXAMPLES = [
    (("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"), 0.095),
    (("a a b b d c c c e d d a", "b a b b b c c c e d d d"), 0.692),
    (
        (
            "1 2 3 3 2 1 4 1 2 * * *",
            "1 2 3 3 2 2 4 1 2 5 * 3",
            "* 3 3 3 2 3 4 2 2 5 1 *",
            "1 2 3 3 2 4 4 1 2 5 1 *",
        ),
        0.743,
    ),
]


@pytest.mark.parametrize(("rows", "published"), EXAMPLES)
def test_alpha_is_as_published(rows, published):
    assert alpha(units(*rows)) == pytest.approx(published, abs=0.0006)


def test_kappa_by_hand():
    # 20 yes-yes, 5 and 10 apart, 15 no-no: (0.7 - 0.5) / (1 - 0.5).
    first = "1" * 25 + "0" * 25
    second = "1" * 20 + "0" * 5 + "1" * 10 + "0" * 15
    assert kappa(units(" ".join(first), " ".join(second))) == pytest.approx(0.4)


def test_kappa_is_for_two_coders_only():
    assert kappa(units("1 0", "1 0", "1 1")) is None


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("ab", "ab", 0), ("", "", 0), ("a", "", 1), ("a", "b", 1),
        ("a", "ab", 1 - 1 / 3), ("ab", "bc", 1 - 1 / 9),
    ],
)  # fmt: skip
def test_masi_by_hand(one, other, distance):
    assert masi(frozenset(one), frozenset(other)) == pytest.approx(distance)
    assert masi(frozenset(other), frozenset(one)) == pytest.approx(distance)


def slow_alpha(passages, distance):
    """Alpha by its definition: observed over expected distance of all pairs of values."""
    passages = [list(unit.values()) for unit in passages if len(unit) > 1]
    values = [value for unit in passages for value in unit]
    if len(values) < 2:
        return None
    observed = sum(
        sum(distance(a, b) for a, b in permutations(unit, 2)) / (len(unit) - 1)
        for unit in passages
    ) / len(values)
    expected = mean(distance(a, b) for a, b in permutations(values, 2))
    return 1 - observed / expected if expected else None


def slow_kappa(passages, distance):
    firsts, seconds = ([unit[c] for unit in passages] for c in ("Ana", "Ben"))
    observed = mean(map(distance, firsts, seconds))
    expected = mean(distance(a, b) for a, b in product(firsts, seconds))
    return 1 - observed / expected if expected else None


some_codes = st.frozensets(st.sampled_from(["f:a", "f:b", "f:c"]))
some_units = st.lists(
    st.dictionaries(st.sampled_from("PQR"), some_codes, min_size=1), min_size=1, max_size=9
)  # fmt: skip
pairs = st.lists(st.tuples(some_codes, some_codes), min_size=1, max_size=12)


@settings(max_examples=80, deadline=None)
@given(some_units)
def test_alpha_is_what_its_definition_says(passages):
    for distance in (nominal, masi):
        assert alpha(passages, distance) == pytest.approx(
            slow_alpha(passages, distance)
        )


@settings(max_examples=80, deadline=None)
@given(pairs)
def test_kappa_is_what_its_definition_says(given_codes):
    passages = [{"Ana": one, "Ben": other} for one, other in given_codes]
    for distance in (nominal, masi):
        assert kappa(passages, distance) == pytest.approx(
            slow_kappa(passages, distance)
        )


def readings(given_codes, names=("Ana", "Ben"), rename=lambda code: code):
    return [
        Coded(str(n), name, frozenset(map(rename, codes)))
        for n, both in enumerate(given_codes)
        for name, codes in zip(names, both, strict=True)
    ]


@settings(max_examples=40, deadline=None)
@given(pairs)
def test_who_is_called_first_and_how_codes_are_named_changes_nothing(given_codes):
    measured = [
        "agreement",
        "kappa",
        "kappa_low",
        "alpha",
        "alpha_high",
        "positive",
        "verdict",
    ]
    names = ["f:a", "f:b", "f:c"]
    plain = agreement(readings(given_codes), codes=names).select(measured)
    swapped = agreement(readings(given_codes, ("Zoe", "Ben")), codes=names)
    renamed = agreement(
        readings(given_codes, rename=lambda code: "g:" + code[2:]),
        codes=["g:a", "g:b", "g:c"],
    )
    for other in (swapped, renamed):
        for one, same in zip(plain.rows(), other.select(measured).rows(), strict=True):
            for left, right in zip(one, same, strict=True):
                assert left == (
                    pytest.approx(right) if isinstance(right, float) else right
                )


@settings(max_examples=40, deadline=None)
@given(st.lists(some_codes, min_size=1, max_size=12))
def test_equal_codes_agree_wholly_or_do_not_vary(codes):
    table = agreement(readings([(given, given) for given in codes]))
    for found in table.iter_rows(named=True):
        assert found["agreement"] == 1
        assert found["alpha"] in (1, None)
        if found["alpha"] is None:
            assert found["verdict"] in {"never_given", "no_variation"}
            assert found["kappa"] is None
            assert found["alpha_low"] is None


def test_counts_stand_behind_the_figures():
    table = agreement(coded("1111000000", "1100100000"))
    found = row(table, "facet", "a")
    assert [found[k] for k in ("both", "first_only", "second_only", "neither")] == [
        2,
        2,
        1,
        5,
    ]
    assert (found["passages"], found["cases"], found["coders"]) == (10, 5, 2)
    assert found["agreement"] == pytest.approx(0.7)
    assert found["positive"] == pytest.approx(4 / 7)
    assert found["prevalence"] == pytest.approx(0.3)


def test_passages_that_only_one_has_read_are_left_out():
    both = list(coded("1100", "1000"))
    alone = [Coded("alone", "Ana", frozenset(["facet:a"]))]
    assert agreement([*both, *alone]).equals(agreement(both))


def test_a_code_that_nobody_gave_has_no_alpha_and_says_why():
    found = row(agreement(coded("00", "00"), codes=["facet:a"]), "facet", "a")
    assert found["verdict"] == "never_given"
    assert found["alpha"] is found["kappa"] is found["positive"] is None
    assert found["agreement"] == 1


def test_a_code_given_everywhere_has_no_alpha():
    found = row(agreement(coded("11", "11")), "facet", "a")
    assert (found["verdict"], found["alpha"]) == ("no_variation", None)


def test_nothing_read_twice_is_said():
    found = row(
        agreement([Coded("1", "Ana", frozenset())], codes=["facet:a"]), "facet", "a"
    )
    assert (found["verdict"], found["agreement"]) == ("not_read_twice", None)


def test_many_equal_answers_of_a_rare_code_are_not_called_reliable():
    first = "1" * 10 + "0" * 190
    second = "1" * 5 + "0" * 190 + "1" * 5
    found = row(agreement(coded(first, second)), "facet", "a")
    assert found["agreement"] == pytest.approx(0.95)
    assert found["alpha"] < 0.5
    assert found["verdict"] == "equal_by_absence"


def test_few_cases_are_called_few():
    assert row(agreement(coded("1" + "0" * 99, "1" + "0" * 99)), "facet", "a")[
        "verdict"
    ] == ("few_cases")


def test_whole_agreement_still_has_a_lower_end():
    found = row(
        agreement(coded("1" * 20 + "0" * 20, "1" * 20 + "0" * 20)), "facet", "a"
    )
    assert found["alpha"] == found["alpha_high"] == 1
    assert 0.7 < found["alpha_low"] < 0.95
    assert found["verdict"] == "reliable"


def test_passages_of_a_document_are_left_out_together():
    # The same answers four times over in one document tell no more than once.
    first, second = "1101" * 10 + "0010" * 10, "1001" * 10 + "0011" * 10
    many = "".join(answer * 4 for answer in first), "".join(a * 4 for a in second)
    homes = {str(n): str(n // 4) for n in range(320)}
    once = row(agreement(coded(first, second)), "facet", "a")
    together = row(agreement(coded(*many), documents=homes), "facet", "a")
    apart = row(agreement(coded(*many)), "facet", "a")
    assert together["alpha_low"] == pytest.approx(once["alpha_low"], abs=0.02)
    assert apart["alpha_low"] > together["alpha_low"] + 0.05


@pytest.mark.parametrize(
    ("passages", "share", "true_kappa"),
    [(100, 0.3, 0.7), (200, 0.1, 0.8), (400, 0.3, 0.6)],
)
def test_the_interval_covers_the_truth_as_often_as_it_says(passages, share, true_kappa):
    chance = random.Random(312)
    both = share * share + true_kappa * share * (1 - share)
    weights = [both, share - both, share - both, 1 - 2 * share + both]
    held = {"alpha": 0, "kappa": 0}
    rounds = 400
    for _ in range(rounds):
        drawn = chance.choices(["11", "10", "01", "00"], weights, k=passages)
        table = agreement(coded(*zip(*drawn, strict=True)), codes=["facet:a"])
        found = row(table, "facet", "a")
        for name in held:
            held[name] += found[f"{name}_low"] <= true_kappa <= found[f"{name}_high"]
    for covered in held.values():
        assert 0.93 <= covered / rounds <= 0.98
