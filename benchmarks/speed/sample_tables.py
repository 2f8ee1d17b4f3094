"""The sample portfolio, read and coded, for benchmarks that need tables."""

import tempfile
from pathlib import Path

from capmap.analysis.findings import find
from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.framework import load_framework
from capmap.pipeline.merge import merge, read_portfolio
from capmap.pipeline.run import read_and_code
from capmap.tables import SET_ASIDE, Findings, Portfolio, empty

SAMPLE = Path(__file__).parents[2] / "sample"


def sample_findings() -> tuple[Portfolio, Findings]:
    """Read, code and analyse the sample."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "parts").mkdir()
        read_and_code(
            [SAMPLE],
            folder / "parts",
            jobs=1,
            framework=None,
            codebook=None,
            progress=lambda *told: None,
        )
        merge(folder / "parts", folder)
        portfolio = read_portfolio(folder, empty(SET_ASIDE))
    return portfolio, find(portfolio, load_framework(), load_codebook())
