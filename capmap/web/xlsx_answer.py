"""A list as a workbook to download."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import HttpResponse

from capmap.publishing.list_file import write_list

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx_answer(
    name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """Answer with rows under their heads; no text acts as a formula."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        write_list(path, heads, rows)
        answer = HttpResponse(path.read_bytes(), content_type=_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
