"""Read the YAML of a framework folder: safely, and with the line of everything in it.

People edit these files by hand and get them from others, so nothing in them may do more
than say something: no tags, no anchors (a few lines of them can stand for gigabytes), no
nesting deeper than a codebook needs (libyaml's own composer ends the whole process on a
file of brackets), no file larger than a codebook can be.

Words stay words. Only ``true``, ``false``, ``null`` and whole numbers are more than text:
``no`` is Norway or a word, and target ``8.10`` is not 8.1.
"""

import re
from pathlib import Path
from typing import Any

import yaml

from capmap.frameworks.findings import Finding, FrameworkError, refuse
from capmap.wording import LANGUAGES

LARGEST = 8 * 1024 * 1024  # bytes; the largest that ships has about a quarter of one
DEEPEST = 12

_WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


class Block(dict[str, Any]):
    """A mapping of a YAML file that remembers its file and lines.

    What cannot be used raises ``FrameworkError``. What is wrong but harmless is added to
    ``remarks``, one list for the whole file.
    """

    __slots__ = ("line", "lines", "path", "remarks")

    def __init__(self, path: Path, line: int, remarks: list[Finding]) -> None:
        super().__init__()
        self.path = path
        self.line = line
        self.lines: dict[str, int] = {}
        self.remarks = remarks

    def line_of(self, key: str) -> int:
        return self.lines.get(key, self.line)

    def refuse(self, problem: str, key: str = "", **values: str) -> FrameworkError:
        """Return the error to raise for ``key`` of this mapping."""
        return refuse(self.path, problem, self.line_of(key), name=key, **values)

    def remark(
        self, problem: str, key: str = "", place: str = "", **values: str
    ) -> None:
        """Note something wrong but harmless about ``key`` of this mapping."""
        values = {"name": key, **values}
        line = self.line_of(key)
        self.remarks.append(Finding(str(self.path), problem, line, place, values))

    def expect(self, place: str, *known: str) -> None:
        """Remark on every key that is not ``known``."""
        for key in self:
            if key not in known:
                self.remark("unknown_key", key, place, known=", ".join(known))

    def expect_languages(self, place: str) -> None:
        """Remark on languages that are missing, or are none of capmap's."""
        for language in self:
            if language not in LANGUAGES:
                self.remark("unknown_language", language, place)
        for language in LANGUAGES:
            if not self.get(language):
                self.remark("language_missing", language, place)

    def in_languages(self, key: str, place: str) -> dict[str, str]:
        """Return a text in every language; a missing language is lent another's words.

        All are ``""`` where ``key`` is missing altogether.
        """
        by_language = self.block(key)
        if by_language:
            by_language.expect_languages(", ".join(p for p in (place, key) if p))
        written = {
            language: by_language.text(language)
            for language in LANGUAGES
            if by_language.get(language)
        }
        spare = next(iter(written.values()), "")
        return {language: written.get(language, spare) for language in LANGUAGES}

    def need(self, *keys: str) -> None:
        """Refuse the mapping where one of ``keys`` is missing or empty."""
        for key in keys:
            if self.get(key) in (None, "", [], {}):
                raise self.refuse("key_missing", key)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text or number as text; an error where it is missing or another kind."""
        value = self.get(key, default)
        if value is None:
            raise self.refuse("key_missing", key)
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.refuse("not_a_text", key)
        return str(value)

    def number(self, key: str) -> int:
        value = self.get(key)
        if value is None:
            raise self.refuse("key_missing", key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refuse("not_a_number", key)
        return value

    def truth(self, key: str, default: bool) -> bool:
        value = self.get(key, default)
        if not isinstance(value, bool):
            raise self.refuse("not_true_or_false", key)
        return value

    def block(self, key: str) -> "Block":
        """Return a mapping, empty where the key is missing."""
        value = self.get(key)
        if value is None:
            return Block(self.path, self.line_of(key), self.remarks)
        if not isinstance(value, Block):
            raise self.refuse("not_a_mapping", key)
        return value

    def blocks(self, key: str) -> list["Block"]:
        """Return a list of mappings; an error where it is missing."""
        value = self.get(key)
        if value is None:
            raise self.refuse("key_missing", key)
        if not isinstance(value, list) or not all(isinstance(v, Block) for v in value):
            raise self.refuse("not_a_list_of_mappings", key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty where the key is missing."""
        value = self.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(
            isinstance(v, str | int) and not isinstance(v, bool) for v in value
        ):
            raise self.refuse("not_a_list_of_texts", key)
        return tuple(str(v) for v in value)


def read_yaml(path: Path) -> Any:
    """Return what a YAML file says: ``Block``s, lists, texts, whole numbers, true and false.

    Raises ``FrameworkError`` that names file, line and remedy.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise refuse(path, "too_large", megabytes=str(LARGEST // 1024**2))
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(path, "not_utf8") from error
    except OSError as error:
        raise refuse(path, "not_readable", why=error.strerror or "") from error
    return parse_yaml(text, path)


def parse_yaml(text: str, path: Path) -> Any:
    """Return what YAML ``text`` says; ``path`` names it in errors."""
    try:
        return _Builder(path).build(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise refuse(path, "not_yaml", line, why=str(error.problem)) from error
    except yaml.YAMLError as error:  # a control character, which has no line
        raise refuse(path, "not_yaml", why=str(error).splitlines()[0]) from error


class _Builder:
    """Builds plain values from the events of a parser, one level of nesting a place."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.root: Any = None
        self.remarks: list[Finding] = []
        self.open: list[Block | list[Any]] = []
        self.keys: list[str | None] = []  # the key that waits for its value

    def build(self, text: str) -> Any:
        documents = 0
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            line = event.start_mark.line + 1 if event.start_mark else 0
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise refuse(self.path, "two_documents", line)
            elif isinstance(event, yaml.AliasEvent):
                raise refuse(self.path, "alias", line)
            elif isinstance(event, yaml.NodeEvent):
                self._node(event, line)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.open.pop()
                self.keys.pop()
        return self.root

    def _node(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor is not None:
            raise refuse(self.path, "alias", line)
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            raise refuse(self.path, "tag", line, tag=str(tag))
        if isinstance(event, yaml.ScalarEvent):
            self._put(_value(event), line)
            return
        if len(self.open) == DEEPEST:
            raise refuse(self.path, "too_deep", line)
        mapping = isinstance(event, yaml.MappingStartEvent)
        value: Block | list[Any] = (
            Block(self.path, line, self.remarks) if mapping else []
        )
        self._put(value, line)
        self.open.append(value)
        self.keys.append(None)

    def _put(self, value: Any, line: int) -> None:
        """Put a value where it belongs: into the list, or as the next key or its value."""
        if not self.open:
            self.root = value
            return
        inside = self.open[-1]
        if isinstance(inside, list):
            inside.append(value)
            return
        key = self.keys[-1]
        if key is not None:
            inside[key] = value
            self.keys[-1] = None
            return
        if isinstance(value, Block | list):
            raise refuse(self.path, "key_not_text", line)
        written = "" if value is None else str(value)
        if written in inside.lines:
            raise refuse(self.path, "key_twice", line, name=written)
        inside.lines[written] = line
        self.keys[-1] = written


def _value(event: yaml.ScalarEvent) -> Any:
    """Return a plain scalar as number, truth or nothing; all else is text."""
    value: str = event.value
    if event.style is None or event.style == "":
        if value in _WORDS:
            return _WORDS[value]
        if _WHOLE_NUMBER.fullmatch(value):
            return int(value)
    return value
