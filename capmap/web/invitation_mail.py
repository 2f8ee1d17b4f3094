"""The mail that carries an invitation, in the language of whoever invites."""

import logging
import smtplib
from dataclasses import dataclass

from django.core.mail import send_mail
from django.http import HttpRequest
from django.urls import reverse

from capmap.records.models import Invitation
from capmap.web.templatetags.capmap import language, words
from capmap.wording import Wording

logger = logging.getLogger("capmap")


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation with its link; ``mailed`` is False where the mail did not leave."""

    invitation: Invitation
    link: str
    mailed: bool


def send_invitation(request: HttpRequest, invitation: Invitation, token: str) -> Sent:
    """Mail an invitation; if that fails, the link can still be given by hand."""
    link = request.build_absolute_uri(reverse("start", args=[token]))
    here, frame = words("people"), Wording("site_frame", language())
    portfolio = invitation.portfolio
    values: dict[str, object] = {
        "inviter": str(request.user),
        "portfolio": portfolio.title if portfolio else here.say("all_portfolios"),
        "role": frame.say(f"role_{invitation.role}"),
        "does": here.say(f"does_{invitation.role}"),
        "date": frame.date(invitation.expires_at.date()),
        "link": link,
    }
    try:
        send_mail(
            " ".join(here.say("mail_subject", **values).split()),
            here.say("mail_text", **values),
            None,
            [invitation.email],
        )
    except (OSError, smtplib.SMTPException):
        logger.exception("The invitation to %s could not be mailed", invitation.email)
        return Sent(invitation, link, mailed=False)
    return Sent(invitation, link, mailed=True)
