"""Full-text search in three languages on both databases."""

import pytest

from capmap.records import search
from capmap.records.models import Intervention

pytestmark = pytest.mark.django_db


def found(query):
    pks = search.find(query)
    return set(
        Intervention.objects.filter(pk__in=pks).values_list("identifier", flat=True)
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("inspector", {"XX-1"}),
        ("trainers", {"XX-1"}),
        ("formation", {"XX-2"}),
        ("atelier", {"XX-2"}),
        ("taller", {"XX-3"}),
        ("economico", {"XX-3"}),
        ("syndicats afrique", {"XX-2"}),
        ("inspect", {"XX-1"}),
        ("XX-4", {"XX-4"}),
        ("trained", {"XX-1", "XX-5"}),
        ("zzz", set()),
        ('" OR 1=1 --', set()),
        ("train* AND (", {"XX-1"}),
    ],
)
def test_words_are_found_in_any_form_and_language(portfolio, query, expected):
    assert found(query) == expected


def test_no_words_ask_for_nothing(portfolio):
    assert search.find(" ?! ") is None
