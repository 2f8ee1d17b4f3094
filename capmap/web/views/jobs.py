"""The progress of long work, asked for by its page every second."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capmap.records.models import Job
from capmap.records.permissions import Access
from capmap.web.doors import in_portfolio


@require_safe
@in_portfolio()
def progress(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    """Give the progress bar of a job; when it is done, the page loads itself anew."""
    job = Job.objects.filter(pk=pk, portfolio=access.portfolio).first()
    if job is None:
        raise Http404
    response = render(request, "parts/_job.html", {"job": job})
    if job.is_finished:
        response.headers["HX-Refresh"] = "true"
    return response
