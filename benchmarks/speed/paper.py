"""How long a 60-page paper with charts takes, as DOCX and as PDF.

The paper is that of the sample portfolio with its blocks repeated until the PDF has 60
pages; each copy has its own charts, drawn anew.

    .venv/bin/python benchmarks/speed/paper.py
"""

import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
from sample_tables import sample_findings

from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.framework import load_framework
from capmap.publishing.docx import write_docx
from capmap.publishing.paper import About, write_paper
from capmap.publishing.paper_cover import CoverSettings
from capmap.publishing.paper_figures import figures
from capmap.publishing.pdf import write_pdf
from capmap.publishing.report import Paragraph, Report

PAGES = 60


def main() -> None:
    portfolio, findings = sample_findings()
    framework, codebook = load_framework(), load_codebook()

    def compose() -> Report:
        return write_paper(
            portfolio,
            findings,
            figures(findings, framework, codebook, "en"),
            framework=framework,
            codebook=codebook,
            language="en",
            about=About("Benchmark", date(2026, 11, 24), "0", "lexicon", 3),
            settings=CoverSettings(),
        )

    began = time.perf_counter()
    report = compose()
    print(f"one paper composed, 4 charts drawn   {time.perf_counter() - began:6.2f} s")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_pdf(report, folder / "one.pdf")
        one = len(pypdfium2.PdfDocument(folder / "one.pdf"))
        copies = PAGES // one + 2
        began = time.perf_counter()
        blocks = [b for _ in range(copies) for b in compose().blocks]
        numbers = iter(range(1, 10_000))
        long = replace(
            report,
            blocks=tuple(
                replace(b, number=next(numbers)) if isinstance(b, Paragraph) else b
                for b in blocks
            ),
            appendix=report.appendix * copies,
        )
        print(
            f"{copies * 4} charts drawn                      {time.perf_counter() - began:6.2f} s"
        )
        for write, ending in ((write_pdf, "pdf"), (write_docx, "docx")):
            began = time.perf_counter()
            write(long, folder / f"long.{ending}")
            print(
                f"{ending.upper():4} written                         {time.perf_counter() - began:6.2f} s"
            )
        print(f"pages of the PDF: {len(pypdfium2.PdfDocument(folder / 'long.pdf'))}")


if __name__ == "__main__":
    main()
