"""The list of interventions as files, in the reader's language."""

from collections.abc import Callable
from pathlib import Path

from django.http import HttpRequest
from django.urls import reverse

from capmap.pipeline.publish import safe_csv
from capmap.publishing import list_files
from capmap.publishing.iati import Publisher, write_iati
from capmap.records.permissions import Access
from capmap.records.queries.codebook import codebook_of
from capmap.tables import LazyPortfolio
from capmap.web.map_page import names_of


class ListFile:
    """A list and how its codes are called."""

    def __init__(
        self, access: Access, tables: LazyPortfolio, language: str, request: HttpRequest
    ) -> None:
        self.access, self.tables, self.language = access, tables, language
        self.request = request
        self._names = names_of(access.portfolio, language)

    def facet_label(self, facet: str) -> str:
        return self._names.label(facet)

    def label(self, facet: str, code: str) -> str:
        return self._names.code(facet, code).label

    def csv(self, path: Path) -> None:
        facets = [f for f in codebook_of(self.access.portfolio).facets if f != "capacity"]  # fmt: skip
        safe_csv(list_files.interventions_table(self.tables, facets, self.label), path)

    def codings(self, path: Path) -> None:
        safe_csv(
            list_files.codings_table(self.tables, self.facet_label, self.label), path
        )

    def parquet(self, path: Path) -> None:
        list_files.write_parquet(self.tables, path, self.facet_label, self.label)

    def xlsx(self, path: Path) -> None:
        codebook = codebook_of(self.access.portfolio)
        list_files.write_workbook(self.tables, path, codebook, self.language)

    def iati(self, path: Path) -> None:
        portfolio = self.access.portfolio
        codes_at = self.request.build_absolute_uri(
            reverse("codebook", args=[portfolio.slug])
        )
        publisher = Publisher(portfolio.title, codes_at, self.language, self.label)
        with path.open("wb") as file:
            write_iati(self.tables, file, publisher)


#: Files of the list: by its name, what it is called and what writes it.
FILES: dict[str, tuple[str, Callable[[ListFile, Path], None]]] = {
    "interventions.xlsx": ("xlsx", ListFile.xlsx),
    "interventions.csv": ("csv", ListFile.csv),
    "codings.csv": ("codings", ListFile.codings),
    "interventions.parquet.zip": ("parquet", ListFile.parquet),
    "interventions.xml": ("iati", ListFile.iati),
}
