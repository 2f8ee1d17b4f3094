"""Comments, questions to colleagues, and their answers."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from capmap.records.actions import comments
from capmap.records.models import Comment
from capmap.records.permissions import Access
from capmap.records.queries.comments import people_to_ask, questions_for
from capmap.web.doors import in_portfolio, intervention_or_404
from capmap.web.forms.comments import AnswerForm, CommentForm
from capmap.web.templatetags.capmap import said
from capmap.web.views.intervention import passage_or_404, show, show_passage


@require_POST
@in_portfolio(lambda access: access.can_comment)
def write(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Write a comment on an intervention or on one of its passages."""
    intervention = intervention_or_404(access, pk)
    passage = None
    if about := request.POST.get("passage", ""):
        if not about.isdecimal() or len(about) > 18:
            raise Http404
        _, passage = passage_or_404(access, pk, int(about))
    form = CommentForm(request.POST, people=people_to_ask(intervention, access.user))
    if not form.is_valid():
        if passage is not None:
            return show_passage(
                request, access, intervention, passage, comment_form=form
            )
        return show(request, access, intervention, comment_form=form)
    comment = comments.write(
        by=access.user, intervention=intervention, passage=passage, **form.cleaned_data
    )
    key = "comment_asked" if comment.asked_of_id else "comment_written"
    messages.success(
        request, said(f"intervention.{key}", name=str(comment.asked_of or ""))
    )
    if passage is not None:
        return redirect("passage", access.portfolio.slug, pk, passage.pk)
    return redirect("intervention", access.portfolio.slug, pk)


@require_POST
@in_portfolio(lambda access: access.can_comment)
def answer(request: HttpRequest, access: Access, pk: int, number: int) -> HttpResponse:
    """Answer a question; whoever is too late is told what was answered."""
    intervention = intervention_or_404(access, pk)
    comment = Comment.objects.filter(
        pk=number, intervention=intervention, asked_of__isnull=False
    ).first()
    if comment is None:
        raise Http404
    comment.intervention = intervention
    form = AnswerForm(request.POST)
    if not form.is_valid():
        form.comment = comment  # type: ignore[attr-defined]
        return show(request, access, intervention, answer_form=form)
    try:
        comments.answer(comment=comment, by=access.user, **form.cleaned_data)
        messages.success(request, said("intervention.answer_saved"))
    except comments.AlreadyAnswered as late:
        name = str(late.comment.answered_by or said("intervention.someone"))
        messages.warning(
            request,
            said(
                "intervention.answer_late",
                name=name,
                yours=form.cleaned_data["answer"],
            ),
        )
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}):
        return redirect(back)
    return redirect("intervention", access.portfolio.slug, pk)


@require_safe
@in_portfolio(lambda access: access.can_comment)
def questions(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the questions that wait for the person, and those that they asked."""
    found = questions_for(access.user, access.portfolio)
    context = {"section": "review", "questions": found}
    return render(request, "comments/questions.html", context)
