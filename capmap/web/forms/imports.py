"""Forms of imports: the files, a path on the server, what columns mean."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from capmap.records.actions.import_files import NotAllowedPath, allowed_path
from capmap.web.forms.fields import named
from capmap.web.templatetags.capmap import said


class _SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; an empty one is taken, and its reading says so."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=_SeveralFiles(attrs={"multiple": True}),
            allow_empty_file=True,
            **options,
        )

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        found = data if isinstance(data, list) else [data] if data else []
        if not found:
            raise forms.ValidationError(self.error_messages["required"])
        return found


class FilesForm(forms.Form):
    """The files to read."""

    uploads = FilesField(
        label=named("imports.files"),
        error_messages={"required": named("imports.no_file")},
        max_length=None,
    )


class PathForm(forms.Form):
    """A file or folder below one of the folders that the site may read."""

    path = forms.CharField(max_length=2_000, label=named("imports.path_label"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        folders = ", ".join(map(str, settings.IMPORT_FOLDERS))
        self.fields["path"].help_text = said("imports.path_help", folders=folders)

    def clean_path(self) -> str:
        path = str(self.cleaned_data["path"])
        try:
            allowed_path(path)
        except NotAllowedPath:
            raise forms.ValidationError(said("imports.path_refused")) from None
        return path


def chosen_columns(
    post: QueryDict, columns: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, str]]:
    """Return for each file what its headings were said to mean.

    The control of a column is named by the numbers of its file, sheet and column, so that
    nothing in a heading can mislead.
    """
    chosen: dict[str, dict[str, str]] = {}
    for number, (name, told) in enumerate(columns.items()):
        fields = {
            column["heading"]: str(post[key])
            for sheet_number, sheet in enumerate(told["sheets"])
            for column_number, column in enumerate(sheet["columns"])
            if (key := f"{number}-{sheet_number}-{column_number}") in post
        }
        if fields:
            chosen[name] = fields
    return chosen
