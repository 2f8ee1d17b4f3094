"""What was learned, as plain arrays: nothing in it can execute."""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

Key = tuple[str, str]
"""Facet and code."""

#: Version of the file's layout.
_FORMAT = 1
_KIND = "capmap model"
#: A model of 10,000 decisions has some 5 MB; what is larger than this is not one.
_MOST_BYTES = 200_000_000


class BadModel(ValueError):
    """A file is not a model of capmap, is damaged, or is of a version not known here."""


def _floats(size: int = 0) -> NDArray[np.float64]:
    return np.zeros(size)


@dataclass(frozen=True, eq=False)
class Model:
    """Weights and calibration of every code that is learned.

    ``version`` is "model " and the first characters of the digest of its content: the
    same decisions give the same version. ``codebook`` is the version of the codebook
    whose lexicon it was trained beside; ``decisions`` how many passages people decided of
    those it learned from, or how many worked examples taught it where nobody had.

    K = ``len(keys)``, F = ``len(features)``. What the lexicon finds is first corrected by
    what decisions said of it (``group_shift``, ``found_shift``, ``missed_shift``, log
    odds); a code that ``weighs`` words then adds ``start``, ``found`` where the lexicon
    found it, and the weights of its features; ``calibration`` makes a chance of this. A
    code that ``is_learned`` is suggested from the chance ``threshold`` on; any other where
    the lexicon suggests it.
    """

    version: str = ""
    codebook: str = ""
    decisions: int = 0
    keys: tuple[Key, ...] = ()
    groups: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    weighs: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    is_learned: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    group_shift: NDArray[np.float64] = field(default_factory=_floats)  # (groups)
    found_shift: NDArray[np.float64] = field(default_factory=_floats)  # (K)
    missed_shift: NDArray[np.float64] = field(default_factory=_floats)  # (K)
    start: NDArray[np.float64] = field(default_factory=_floats)  # (K)
    found: NDArray[np.float64] = field(default_factory=_floats)  # (K)
    calibration: NDArray[np.float64] = field(  # (K, 2): log odds a + b z
        default_factory=lambda: np.zeros((0, 2))
    )
    threshold: NDArray[np.float64] = field(default_factory=_floats)  # (K), a chance
    # Weights, a row a feature: codes row_ends[f - 1] to row_ends[f] of these.
    row_ends: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    weight_codes: NDArray[np.int32] = field(
        default_factory=lambda: np.zeros(0, np.int32)
    )
    weights: NDArray[np.float32] = field(
        default_factory=lambda: np.zeros(0, np.float32)
    )

    def named(self) -> "Model":
        """Return the model under the version that its content gives."""
        digest = hashlib.sha256(json.dumps(self._told(), sort_keys=True).encode())
        for name, array in self._arrays():
            digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
            digest.update(array.tobytes())
        return replace(self, version=f"model {digest.hexdigest()[:12]}")

    def save(self, path: Path) -> None:
        """Write the model to one file (NumPy's ``.npz``, no pickled objects)."""
        path.write_bytes(self.as_bytes())

    @staticmethod
    def load(path: Path) -> "Model":
        """Read a model. Raises ``BadModel`` with file and reason."""
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise BadModel(f"{path} is too large for a model of capmap.")
            content = path.read_bytes()
        except OSError as fault:
            raise BadModel(f"{path} cannot be read: {fault.strerror}.") from fault
        return Model.from_bytes(content, str(path))

    def as_bytes(self) -> bytes:
        """Return what ``save`` writes."""
        told = json.dumps(self._told() | {"version": self.version}, sort_keys=True)
        file = io.BytesIO()
        np.savez_compressed(
            file,
            allow_pickle=False,
            told=np.frombuffer(told.encode(), np.uint8),
            **dict(self._arrays()),
        )
        return file.getvalue()

    @staticmethod
    def from_bytes(content: bytes, name: str = "model") -> "Model":
        """Read what ``as_bytes`` gave."""
        try:
            arrays = _read_arrays(content)
            told = json.loads(arrays.pop("told").tobytes())
            model = _made(told, arrays)
        except BadModel as fault:
            raise BadModel(f"{name} {fault}") from None
        except (
            ValueError, KeyError, TypeError, OSError, EOFError, OverflowError,
            RecursionError, NotImplementedError, zipfile.BadZipFile, zlib.error,
        ) as fault:  # fmt: skip
            raise BadModel(f"{name} is not a model of capmap, or damaged.") from fault
        if model.named().version != told["version"]:
            raise BadModel(f"{name} is damaged: its content is not what its name says.")
        return replace(model, version=told["version"])

    def _told(self) -> dict[str, Any]:
        return {
            "kind": _KIND,
            "format": _FORMAT,
            "codebook": self.codebook,
            "decisions": self.decisions,
            "keys": [list(key) for key in self.keys],
            "groups": list(self.groups),
            "features": list(self.features),
        }

    def _arrays(self) -> Iterator[tuple[str, NDArray[Any]]]:
        for name, (dtype, _) in _ARRAYS.items():
            yield name, np.ascontiguousarray(getattr(self, name), dtype)


#: Array -> its type, and its shape by the lengths of the lists that the file tells.
_ARRAYS: dict[str, tuple[str, tuple[str | int, ...]]] = {
    "weighs": ("|b1", ("keys",)),
    "is_learned": ("|b1", ("keys",)),
    "group_shift": ("<f8", ("groups",)),
    "found_shift": ("<f8", ("keys",)),
    "missed_shift": ("<f8", ("keys",)),
    "start": ("<f8", ("keys",)),
    "found": ("<f8", ("keys",)),
    "calibration": ("<f8", ("keys", 2)),
    "threshold": ("<f8", ("keys",)),
    "row_ends": ("<i4", ("features",)),
    "weight_codes": ("<i4", ("weights",)),
    "weights": ("<f4", ("weights",)),
}


def _read_arrays(content: bytes) -> dict[str, NDArray[Any]]:
    """Unpack the arrays, none larger than it says and all together within bounds."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        members = {info.filename: info for info in file.infolist()}
        wanted = {f"{name}.npy" for name in ("told", *_ARRAYS)}
        if set(members) != wanted or len(file.infolist()) != len(wanted):
            raise BadModel("is not a model of capmap.")
        if sum(info.file_size for info in members.values()) > _MOST_BYTES:
            raise BadModel("is too large for a model of capmap.")
        arrays = {}
        for name in ("told", *_ARRAYS):
            member = members[f"{name}.npy"]
            with file.open(member) as packed:  # never more than the member claims
                raw = packed.read(member.file_size + 1)
            arrays[name] = _read_array(raw)
    return arrays


def _read_array(raw: bytes) -> NDArray[Any]:
    file = io.BytesIO(raw)
    if np.lib.format.read_magic(file) != (1, 0):
        raise BadModel("holds an array of a version not known here.")
    shape, by_columns, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.hasobject or (by_columns and len(shape) > 1):
        raise BadModel("holds what a model does not.")
    size = dtype.itemsize
    for length in shape:
        size *= length
    if len(raw) - file.tell() != size:
        raise BadModel("is cut off.")
    return np.frombuffer(raw, dtype, offset=file.tell()).reshape(shape)


def _made(told: Any, arrays: dict[str, NDArray[Any]]) -> Model:
    """Make a model of what a file tells, every number looked at."""
    if not isinstance(told, dict) or told.get("kind") != _KIND:
        raise BadModel("is not a model of capmap.")
    if told.get("format") != _FORMAT:
        raise BadModel(
            f"has the layout {told.get('format')!r}; this capmap reads {_FORMAT}."
        )
    names = {name: told[name] for name in ("keys", "groups", "features")}
    if not all(isinstance(listed, list) for listed in names.values()):
        raise BadModel("is damaged: a list is missing.")
    lengths = {name: len(listed) for name, listed in names.items()}
    lengths["weights"] = len(arrays["weights"])
    for name, (dtype, shape) in _ARRAYS.items():
        wanted = tuple(lengths[n] if isinstance(n, str) else n for n in shape)
        if arrays[name].dtype.str != dtype or arrays[name].shape != wanted:
            raise BadModel(f"is damaged: {name} has not the shape it should have.")
        if arrays[name].dtype.kind == "f" and not np.isfinite(arrays[name]).all():
            raise BadModel(f"is damaged: {name} holds what is not a number.")
    ends, codes = arrays["row_ends"], arrays["weight_codes"]
    if len(ends) and (ends[0] < 0 or (np.diff(ends) < 0).any()):
        raise BadModel("is damaged: its weights are out of order.")
    if (ends[-1] if len(ends) else 0) != len(codes):
        raise BadModel("is damaged: its weights are out of order.")
    if len(codes) and not 0 <= codes.min() <= codes.max() < lengths["keys"]:
        raise BadModel("is damaged: a weight belongs to no code.")
    if not all(
        isinstance(key, list) and len(key) == 2 and all(isinstance(k, str) for k in key)
        for key in names["keys"]
    ) or not all(
        isinstance(name, str) and name for name in names["groups"] + names["features"]
    ):
        raise BadModel("is damaged: a name is not a text.")
    if not isinstance(told["codebook"], str) or not isinstance(told["decisions"], int):
        raise BadModel("is damaged: it does not say what it learned from.")
    return Model(
        codebook=told["codebook"],
        decisions=told["decisions"],
        keys=tuple((facet, code) for facet, code in names["keys"]),
        groups=tuple(names["groups"]),
        features=tuple(names["features"]),
        **cast("Any", arrays),
    )


@dataclass(frozen=True, slots=True)
class Passage:
    """What the coder sees of a passage: its text and what the source says beside it."""

    text: str
    language: str = ""
    context: str = ""
    sectors: Sequence[str] = ()
    markers: Sequence[tuple[str, int]] = ()
