"""Every setting of the site is documented, and none is documented that is not."""

import re
from pathlib import Path

from capmap.web.settings import OIDC

ROOT = Path(__file__).parents[2]


def test_the_settings_page_names_what_the_site_reads():
    code = (ROOT / "capmap" / "web" / "settings.py").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")

    read = set(re.findall(r'_(?:setting|flag)\(\s*"(\w+)"', code))
    read |= {f"OIDC_{name}" for name in OIDC}
    told = set(re.findall(r"`CAPMAP_(\w+)`", page))

    assert read == told
