"""A file of a model is data: it round-trips, and a hostile one is refused by name."""

import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learned_examples import examples

from capmap.coding.learned.model import BadModel, Model
from capmap.coding.learned.training import learn
from capmap.coding.lexicon import LexiconCoder
from capmap.frameworks.codebook import load_codebook

MODEL = learn(examples(8), LexiconCoder(load_codebook())).model
CONTENT = MODEL.as_bytes()


def test_what_is_written_is_read_again(tmp_path):
    path = tmp_path / "model.capmap"
    MODEL.save(path)
    again = Model.load(path)

    assert again.version == MODEL.version
    assert again.keys == MODEL.keys
    assert again.features == MODEL.features
    assert np.array_equal(again.weights, MODEL.weights)
    assert again.as_bytes() == CONTENT
    assert Model.from_bytes(Model().named().as_bytes()).keys == ()


def test_the_version_is_that_of_the_content():
    other = Model(**{**_parts(), "decisions": MODEL.decisions + 1}).named()

    assert MODEL.named().version == MODEL.version != other.version


def _parts() -> dict:  # type: ignore[type-arg]
    return {name: getattr(MODEL, name) for name in MODEL.__dataclass_fields__}


def rewritten(**changes: bytes) -> bytes:
    """Return the file with some of its members put in other words."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(CONTENT)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, changes.get(name.removesuffix(".npy"), old.read(name)))
    return file.getvalue()


def array(values: object) -> bytes:
    file = io.BytesIO()
    np.save(file, np.asarray(values), allow_pickle=True)
    return file.getvalue()


def told(**changes: object) -> bytes:
    with zipfile.ZipFile(io.BytesIO(CONTENT)) as file:
        old = json.loads(np.load(io.BytesIO(file.read("told.npy"))).tobytes())
    return array(np.frombuffer(json.dumps(old | changes).encode(), np.uint8))


def header(shape: tuple[int, ...]) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"descr": "<f8", "fortran_order": False, "shape": shape}
    )
    return file.getvalue()


K = len(MODEL.keys)
HOSTILE = {
    "empty": b"",
    "text": b"not a model",
    "another zip": None,
    "not a number": rewritten(start=array(np.full(K, np.nan))),
    "endless": rewritten(found=array(np.full(K, np.inf))),
    "objects": rewritten(start=array(np.array([print] * K, object))),
    "wrong shape": rewritten(start=array(np.zeros(K + 1))),
    "wrong type": rewritten(threshold=array(np.zeros(K, np.int64))),
    "huge claim": rewritten(start=header((10**15,))),
    "negative claim": rewritten(start=header((-8,))),
    "code out of range": rewritten(
        weight_codes=array(np.full(len(MODEL.weights), K, np.int32))
    ),
    "rows out of order": rewritten(row_ends=array(MODEL.row_ends[::-1].copy())),
    "unknown layout": rewritten(told=told(format=99)),
    "another kind": rewritten(told=told(kind="other")),
    "no lists": rewritten(told=told(keys=None)),
    "names that are none": rewritten(told=told(groups=[1] * len(MODEL.groups))),
    "keys that are none": rewritten(told=told(keys=[["a"]] * K)),
    "no JSON": rewritten(told=array(np.frombuffer(b"{", np.uint8))),
    "deep JSON": rewritten(told=array(np.frombuffer(b"[" * 100_000, np.uint8))),
    "turned over": rewritten(threshold=array(1 - MODEL.threshold)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_name(name, tmp_path):
    content = HOSTILE[name]
    if content is None:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as other:
            other.writestr("a.txt", "a")
        content = file.getvalue()
    path = tmp_path / "theirs.capmap"
    path.write_bytes(content)

    with pytest.raises(BadModel, match=r"theirs\.capmap"):
        Model.load(path)


def test_an_unknown_layout_says_which(tmp_path):
    with pytest.raises(BadModel, match="99"):
        Model.from_bytes(rewritten(told=told(format=99)))


def test_a_bomb_is_not_unpacked():
    """500 MB of zeros in half a megabyte: refused by what its members claim."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(CONTENT)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name != "weights.npy":
                new.writestr(name, old.read(name))
        with new.open("weights.npy", "w", force_zip64=True) as member:
            zeros = bytes(1_000_000)
            for _ in range(201):
                member.write(zeros)

    with pytest.raises(BadModel, match="too large"):
        Model.from_bytes(file.getvalue())


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(BadModel, match=r"nowhere\.capmap"):
        Model.load(tmp_path / "nowhere.capmap")


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_damage_anywhere_is_noticed(data):
    content = bytearray(CONTENT)
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content) - 1))]
    else:
        for _ in range(data.draw(st.integers(1, 4))):
            place = data.draw(st.integers(0, len(content) - 1))
            content[place] ^= data.draw(st.integers(1, 255))
    try:
        found = Model.from_bytes(bytes(content))
    except BadModel:
        return
    assert found.version == MODEL.version  # the damage hit what says nothing
    assert found.as_bytes() == CONTENT
