"""Saved views: whose they are, who sees them, what is on record."""

import pytest

from capmap.records.actions import views
from capmap.records.models import Change, SavedView
from capmap.records.permissions import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def save(page, portfolio):
    def saved(person, title="Peru", query="country=PE", page_name="interventions"):
        form = {"title": title, "page": page_name, "query": query}
        return page(person, "view_save", portfolio.slug, post=form)

    return saved


def test_a_view_leads_back_to_the_page_with_its_filters(save, vera, portfolio):
    response = save(vera, query="?country=PE&q=labour&page=7")

    assert response.status_code == 302
    assert (
        response.url
        == f"/portfolios/{portfolio.slug}/interventions/?country=PE&q=labour"
    )


def test_a_view_of_the_map_leads_to_the_map(save, vera, portfolio):
    response = save(vera, page_name="map", query="rows=outcome")

    assert response.url == f"/portfolios/{portfolio.slug}/map/?rows=outcome"


def test_the_list_offers_the_views_of_its_page(page, save, vera, portfolio):
    save(vera, title="Peru & <b>more</b>")
    save(vera, title="A map", page_name="map")
    page(vera, "interventions", portfolio.slug)  # says that they are saved

    text = page(vera, "interventions", portfolio.slug).text

    assert "Peru &amp; &lt;b&gt;more&lt;/b&gt;" in text
    assert "A map" not in text


def test_saving_again_under_a_name_keeps_the_new_address(save, vera):
    save(vera)
    save(vera, query="country=SN")

    assert SavedView.objects.get().query == "country=SN"
    last = Change.objects.filter(action="views.save").first()
    assert (last.before, last.after) == (
        {"query": "country=PE"},
        {"query": "country=SN"},
    )


def test_another_does_not_see_a_view_until_it_is_shared(
    page, save, ana, vera, portfolio
):
    save(ana)
    view = SavedView.objects.get()
    page(ana, "views", portfolio.slug)  # says that it is saved
    assert "Peru" not in page(vera, "views", portfolio.slug).text

    page(ana, "view_share", portfolio.slug, view.pk, post={"shared": "yes"})
    assert "Shared by Ana" in page(vera, "views", portfolio.slug).text
    assert "Peru" in page(vera, "interventions", portfolio.slug).text

    page(ana, "view_share", portfolio.slug, view.pk, post={"shared": "no"})
    assert "Shared by Ana" not in page(vera, "views", portfolio.slug).text


def test_only_who_analyses_shares(page, save, vera, portfolio):
    save(vera)
    view = SavedView.objects.get()

    response = page(vera, "view_share", portfolio.slug, view.pk, post={"shared": "yes"})

    assert response.status_code == 403
    with pytest.raises(NotAllowed):
        views.share(view=view, by=vera, is_shared=True)
    view.refresh_from_db()
    assert not view.is_shared


def test_nobody_touches_the_view_of_another(page, save, ana, vera, portfolio):
    save(vera)
    view = SavedView.objects.get()

    for name, form in (("view_rename", {"title": "Mine"}), ("view_delete", {}), ("view_share", {"shared": "yes"})):  # fmt: skip
        response = page(ana, name, portfolio.slug, view.pk, post=form)
        assert (name, response.status_code) in [
            ("view_rename", 404), ("view_share", 404), ("view_delete", 404),
        ]  # fmt: skip
    with pytest.raises(NotAllowed):
        views.rename(view=view, by=ana, title="Mine")
    with pytest.raises(NotAllowed):
        views.delete(view=view, by=ana)
    assert SavedView.objects.get().title == "Peru"


def test_who_analyses_takes_away_what_is_shared(page, save, ana, olga, portfolio):
    save(ana)
    view = SavedView.objects.get()
    views.share(view=view, by=ana, is_shared=True)

    assert (
        page(olga, "view_delete", portfolio.slug, view.pk, post={}).status_code == 302
    )

    assert not SavedView.objects.exists()
    gone = Change.objects.get(action="views.delete")
    assert (gone.by, gone.before["title"]) == (olga, "Peru")


def test_a_view_is_renamed_and_the_change_is_on_record(page, save, vera, portfolio):
    save(vera)
    view = SavedView.objects.get()

    page(vera, "view_rename", portfolio.slug, view.pk, post={"title": "Andes"})

    assert SavedView.objects.get().title == "Andes"
    change = Change.objects.get(action="views.rename")
    assert (change.before, change.after) == ({"title": "Peru"}, {"title": "Andes"})


def test_a_name_that_is_taken_is_told_beside_its_field(page, save, vera, portfolio):
    save(vera, title="One")
    save(vera, title="Two")
    two = SavedView.objects.get(title="Two")

    response = page(vera, "view_rename", portfolio.slug, two.pk, post={"title": "One"})

    assert response.status_code == 400
    assert "You have another view of this name." in response.text
    assert set(SavedView.objects.values_list("title", flat=True)) == {"One", "Two"}


def test_two_people_may_give_the_same_name(save, ana, vera):
    save(ana)
    save(vera)

    assert SavedView.objects.filter(title="Peru").count() == 2


def test_a_view_without_a_name_is_asked_for_one(save, vera):
    response = save(vera, title="  ")

    assert response.status_code == 400
    assert "country=PE" in response.text  # what was to be saved is not lost
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("page_name", ["people", "", "//example.org"])
def test_only_pages_with_filters_can_be_saved(save, vera, page_name):
    assert save(vera, page_name=page_name).status_code == 400


def test_a_hostile_query_stays_a_query(save, vera, portfolio):
    response = save(vera, query="https://example.org/?a=1&next=//example.org\r\nX: y")

    assert response.url.startswith(f"/portfolios/{portfolio.slug}/interventions/?")
    assert "\n" not in response.url


def test_a_stranger_and_a_respondent_have_no_views(save, page, stefan, rosa, portfolio):
    assert save(stefan).status_code == 404
    assert save(rosa).status_code == 403
    assert page(stefan, "views", portfolio.slug).status_code == 404


def test_a_view_of_another_portfolio_is_not_there(page, save, olga, portfolio):
    from site_fixtures import make_portfolio

    save(olga)
    other = make_portfolio("Another")
    view = SavedView.objects.get()

    assert page(olga, "view_delete", other.slug, view.pk, post={}).status_code == 404
    assert "Peru" not in page(olga, "views", other.slug).text


def test_an_empty_page_of_views_says_how_to_save_one(page, vera, portfolio):
    assert (
        "Choose filters in the list or on the map"
        in page(vera, "views", portfolio.slug).text
    )
