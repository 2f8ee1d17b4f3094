"""Marked words in a passage."""

from hypothesis import given
from hypothesis import strategies as st

from capmap.web.templatetags.evidence import Marked, marked


def test_words_are_marked_by_facet():
    shown = marked("Training for unions", [Marked(0, 8, "modality", "Training course")])

    assert (
        shown == '<mark class="mod" title="Training course">Training</mark> for unions'
    )


def test_script_in_a_text_is_shown_not_run():
    assert "<script>" not in marked("<script>x</script>", [Marked(0, 8, "level")])


@given(st.text(), st.lists(st.tuples(st.integers(-3, 30), st.integers(-3, 30))))
def test_marking_never_changes_the_text(text, spans):
    import html
    import re

    shown = marked(text, [Marked(a, b, "modality") for a, b in spans])

    assert html.unescape(re.sub(r"</?mark[^>]*>", "", shown)) == text
