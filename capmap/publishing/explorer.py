"""index.html: the page on which people see the map, one file that needs nothing else.

Markup, style and script stand in ``explorer/``; here they are joined with the data of a
portfolio. The page forbids itself every connection, and runs only the script that it was
made with: its Content-Security-Policy names the digests of both.
"""

import base64
import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from capmap.frameworks.codebook import Codebook
from capmap.frameworks.framework import Framework
from capmap.publishing.explorer_data import explorer_data
from capmap.tables import Portfolio
from capmap.wording import Wording, topic

#: In the order in which they build on each other.
SCRIPTS = (
    "element", "portfolio", "counting", "address", "model", "exports", "matrix",
    "finding", "picture", "passage", "evidence", "map", "interventions",
    "intervention", "shares", "pages", "start",
)  # fmt: skip
STYLES = ("tokens", "page", "matrix", "evidence", "lists", "narrow", "print")

#: Keys of ``about`` that begin so name an input: its content is said beside it.
INPUT = "input:"


def explorer_page(
    portfolio: Portfolio,
    *,
    framework: Framework,
    codebook: Codebook,
    language: str,
    about: Mapping[str, str],
    downloads: Sequence[tuple[str, str]],
    learned: Sequence[tuple[str, str]] = (),
) -> str:
    """Return the page of a portfolio in one language of the interface.

    ``about`` holds ``title`` and ``when`` (a date in words), then whatever the page is to
    tell of how it was made, such as ``capmap``, ``codebook``, ``files``: a key is named
    by ``about_KEY`` of the wording, or stands as it is. ``input:FILE`` describes a file
    that was read (its size, its hash). ``downloads`` names the files beside the page:
    (key, relative path), the key worded as ``download_KEY``. ``learned`` names the codes,
    with their facets, in which a model has a say beside the lexicon.
    """
    words = Wording("explorer", language)
    title = about.get("title") or words.say("default_title")
    data = explorer_data(portfolio, framework, codebook, language, learned) | {
        "title": title,
        "when": about.get("when", ""),
        "about": _described(about, words),
        "inputs": [
            [key.removeprefix(INPUT), value]
            for key, value in about.items()
            if key.startswith(INPUT)
        ],
        "downloads": [
            [_worded(words, f"download_{key}", path), path] for key, path in downloads
        ],
        "provenance": _provenance(about.get("when", ""), words),
        "words": _texts(language),
    }
    script = "(() => {\n" + _joined(SCRIPTS, "js") + "})();\n"
    style = _joined(STYLES, "css")
    return _part("page.html").format(
        language=language,
        title=html.escape(title),
        version=html.escape(version("capmap")),
        skip=html.escape(words.say("skip")),
        no_script=html.escape(words.say("no_script")),
        style=style,
        style_hash=_digest(style),
        script=script,
        script_hash=_digest(script),
        data=as_json(data),
    )


def as_json(data: Any) -> str:
    """Return JSON that may stand in a script element, whatever the texts in it say.

    ``<`` is written as an escape, so that no text can close the element or open a
    comment in it.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")


def _part(name: str) -> str:
    path = files("capmap.publishing") / "explorer" / name
    return path.read_text(encoding="utf-8")


def _joined(names: Sequence[str], ending: str) -> str:
    return "\n".join(_part(f"{name}.{ending}") for name in names)


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _texts(language: str) -> dict[str, Any]:
    return {key: texts[language] for key, texts in topic("explorer").items()}


def _worded(words: Wording, key: str, otherwise: str) -> str:
    return words.say(key) if key in topic("explorer") else otherwise


def _described(about: Mapping[str, str], words: Wording) -> list[list[str]]:
    return [
        [_worded(words, f"about_{key}", key), value]
        for key, value in about.items()
        if key != "title" and not key.startswith(INPUT)
    ]


def _provenance(when: str, words: Wording) -> str:
    if when:
        return words.say("made_when", version=version("capmap"), when=when)
    return words.say("made_with", version=version("capmap"))
