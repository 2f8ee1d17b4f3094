"""Uploads are streamed to disk, no more of them than one import may have."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest


class LimitedUpload(TemporaryFileUploadHandler):
    """Writes each file to disk, and stops when all of them together are too large.

    ``request.is_too_large`` says afterwards that this happened.
    """

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self._received = 0
        self._limit = settings.UPLOAD_MEGABYTES << 20
        request.is_too_large = False  # type: ignore[attr-defined]

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self._received += len(raw_data)
        if self._received > self._limit:
            request: Any = self.request
            request.is_too_large = True
            # The rest of the body is read and dropped, so that the answer is seen.
            raise StopUpload(connection_reset=False)
        return super().receive_data_chunk(raw_data, start)


def limit(request: HttpRequest) -> None:
    """Have the uploads of a request limited; before anything has read its body."""
    request.upload_handlers = [LimitedUpload(request)]
