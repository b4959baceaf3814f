"""A network in a file: the same to the bit, without pickle, and nothing else gets in."""

from __future__ import annotations

import io
import os
import stat
import sys
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import EngineError, Network, network_file
from engine.activations import KINDS
from engine.edits import Freeze


def made(layers=(("sigmoid", "relu"), tuple(KINDS)), dtype="float32", inputs=3) -> Network:
    network = Network(inputs, layers, seed=7, init="he", dtype=dtype)
    if layers:
        network.apply(Freeze(0, 0))
        network.add_unit("tanh", layer=0)
    return network


def content(network: Network, **other) -> bytes:
    """The file of a network in which some arrays are others, and those that are None are missing."""
    arrays = dict(np.load(io.BytesIO(network_file.to_bytes(network.architecture, network.theta, {}))))
    file = io.BytesIO()
    np.savez(file, **{name: value for name, value in {**arrays, **other}.items() if value is not None})
    return file.getvalue()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("layers", [(), (("relu",),), (("sigmoid", "relu"), tuple(KINDS))])
def test_a_network_comes_back_the_same(tmp_path, layers, dtype):
    network, path = made(layers, dtype), tmp_path / "network.npz"
    network.save(path)
    again = Network.load(path)
    assert again.architecture == network.architecture
    np.testing.assert_array_equal(again.theta, network.theta)
    assert again.theta.dtype == network.theta.dtype
    for each in (network, again):
        each.add_layer(["sigmoid"] * 2)  # is drawn by seed and number of edits
    np.testing.assert_array_equal(again.theta, network.theta)
    again.theta = np.zeros(again.n_parameters)


def test_numpy_reads_it_without_pickle(tmp_path):
    made().save(tmp_path / "network.npz")
    with np.load(tmp_path / "network.npz", allow_pickle=False) as arrays:
        assert arrays["shape"].tolist() == [3, 3, 6, 1]
        assert arrays["kinds"].tolist() == ["sigmoid", "relu", "tanh", *KINDS]
        assert arrays["theta"].shape == (made().n_parameters,)


def test_what_stands_beside_a_network_is_no_hindrance(tmp_path):
    network, path = made(), tmp_path / "network.npz"
    network_file.save(path, network.architecture, network.theta, {"y_scale": 2.5})
    np.testing.assert_array_equal(Network.load(path).theta, network.theta)
    assert network_file.load(path)[2]["y_scale"] == 2.5


def test_a_file_is_written_as_a_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "network.npz"
    path.write_text("mine")
    monkeypatch.setattr(os, "replace", lambda *paths: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(EngineError, match=r"^network\.npz: cannot be written \(No space left on device\): expected"):
        made().save(path)
    assert path.read_text() == "mine"
    assert [each.name for each in tmp_path.iterdir()] == ["network.npz"]


def test_a_file_has_the_usual_rights(tmp_path):
    before = os.umask(0o027)
    try:
        made().save(tmp_path / "network.npz")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "network.npz").stat().st_mode) == 0o640


def test_what_a_link_leads_to_stays_as_it_was(tmp_path):
    elsewhere, link = tmp_path / "elsewhere", tmp_path / "network.npz"
    elsewhere.write_text("precious")
    link.symlink_to(elsewhere)
    made().save(link)
    assert elsewhere.read_text() == "precious"
    assert Network.load(link) and not link.is_symlink()


@pytest.mark.parametrize("path", ["there/network.npz", "folder", "pipe"])
def test_where_it_cannot_be_written_is_a_sentence(tmp_path, path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(EngineError, match=r"cannot be written \(.+\): expected a folder with room$"):
        made().save(tmp_path / path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["folder", "pipe"]


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"theta": None}, "theta is missing: expected a network"),
        ({"theta": np.zeros(3, np.float32)}, r"theta of shape \(3,\): expected"),
        ({"theta": np.zeros(3, np.float16)}, "dtype='float16': expected one of float32, float64"),
        ({"theta": np.zeros((1, 3))}, r"theta of shape \(1, 3\), 'float64': expected a network's theta"),
        ({"theta": np.full(made().n_parameters, np.nan)}, r"theta\[0\] is not finite"),
        ({"shape": np.array([3, 3, 6, 2])}, r"shape=\[3, 3, 6, 2\] with 9 kinds: expected"),
        ({"shape": np.array([3, -3, 12, 1])}, "expected such as"),
        ({"shape": np.array([], np.int64)}, r"shape=\[\] with 9 kinds"),
        ({"shape": np.array([2**40, 3, 6, 1])}, "n_inputs=1099511627776: expected a whole number from 1"),
        ({"shape": np.array([3, 2**62, 6, 1])}, "expected such as"),
        ({"shape": np.array("wide")}, r"shape of shape \(\), 'str"),
        ({"kinds": np.array(["relu"] * 8 + ["rleu"])}, "kind of unit='rleu': expected one of"),
        ({"frozen": np.zeros(8, bool)}, "expected such as"),
        ({"init": np.array("dice")}, "init='dice'"),
        ({"seed": np.array(-1)}, "seed=-1: expected a whole number"),
        ({"edits": np.array(-1)}, "edits=-1: expected a whole number"),
        ({"format": np.array(2)}, "format=2: expected 1; a newer unitfit may know it"),
        ({"format": np.array([1, 2])}, r"format of shape \(2,\)"),
    ],
)
def test_a_file_that_says_something_else_is_a_sentence(tmp_path, other, sentence):
    path = tmp_path / "network.npz"
    path.write_bytes(content(made(), **other))
    with pytest.raises(EngineError, match=rf"^network\.npz: .*{sentence}") as caught:
        Network.load(path)
    assert "\n" not in str(caught.value)


def test_arrays_come_back_whatever_their_order_and_bytes(tmp_path):
    path, values = tmp_path / "arrays.npz", np.arange(6.0).reshape(2, 3)
    np.savez(path, c=values, f=np.asfortranarray(values), big=values.astype(">f8"), words=np.array(["σ", ""], ">U3"))
    arrays = network_file.read_arrays(path)
    for name in ("c", "f", "big"):
        np.testing.assert_array_equal(arrays[name], values)
    assert arrays["words"].tolist() == ["σ", ""]


def test_texts_that_are_no_unicode_are_a_sentence(tmp_path):
    path = tmp_path / "network.npz"
    path.write_bytes(content(made(), init=np.array([sys.maxunicode + 1], np.uint32).view("U1")[0:1].reshape(())))
    with pytest.raises(EngineError, match=r"^network\.npz: a text with characters that there are not: expected"):
        Network.load(path)


def packed() -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, theta=np.zeros(10**6))
    return file.getvalue()


def pickled() -> bytes:
    file = io.BytesIO()
    np.savez(file, theta=np.array([{}], object))
    return file.getvalue()


def boasting() -> bytes:
    """An archive whose one array says that it is of a million million numbers."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("theta.npy", header.getvalue())
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no .npz file, or a damaged one"),
        (b"x,y\n1,2\n", "no .npz file, or a damaged one"),
        (packed(), "its arrays are packed: expected them as they are"),
        (pickled(), r"an array of shape \(1,\), 'object': expected plain numbers or words"),
        (boasting(), r"an array of shape \(1000000000000,\), 'float64': expected"),
        (content(made())[:-30], "no .npz file, or a damaged one"),
    ],
    ids=["empty", "table", "packed", "pickled", "boasting", "cut"],
)
def test_what_is_no_network_takes_no_memory(tmp_path, content, sentence):
    path = tmp_path / "network.npz"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(EngineError, match=rf"^network\.npz: {sentence}"):
            Network.load(path)
        assert tracemalloc.get_traced_memory()[1] < 10**6
    finally:
        tracemalloc.stop()


def test_a_file_that_is_too_large_is_neither_written_nor_read(tmp_path, monkeypatch):
    made().save(tmp_path / "network.npz")
    monkeypatch.setattr(network_file, "LARGEST", 1000)
    with pytest.raises(EngineError, match=r"^network\.npz: larger than 0 GB: expected a smaller \.npz file$"):
        Network.load(tmp_path / "network.npz")
    with pytest.raises(EngineError, match=r"^\d+ parameters: expected a file of at most 0 GB$"):
        made().save(tmp_path / "network.npz")


def test_a_file_that_is_not_there_and_one_that_never_ends(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name in ("nothing", "pipe", "."):
        with pytest.raises(EngineError, match=r"there is no such file: expected an \.npz file"):
            Network.load(tmp_path / name)


SMALL = content(made((("relu",),), inputs=1))
CHANGES = st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=4)


def changed(content: bytes, changes: list[tuple[int, int]]) -> bytes:
    """The same with other bytes at some places."""
    own = bytearray(content)
    for place, value in changes:
        own[place % len(own)] = value
    return bytes(own)


def is_network_or_sentence(path, content: bytes) -> bool:
    path.write_bytes(content)
    try:
        return bool(np.isfinite(Network.load(path).theta).all())
    except EngineError as error:
        return "\n" not in str(error)


@given(CHANGES)
def test_changed_bytes_of_an_archive(tmp_path_factory, changes):
    assert is_network_or_sentence(tmp_path_factory.getbasetemp() / "changed.npz", changed(SMALL, changes))


@given(st.sampled_from(network_file.NAMES), CHANGES)
def test_changed_bytes_of_an_array(tmp_path_factory, name, changes):
    """The archive is whole, so that the changes get past its checksums."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SMALL)) as own, zipfile.ZipFile(file, "w") as other:
        for member in own.namelist():
            array = own.read(member)
            other.writestr(member, changed(array, changes) if member == f"{name}.npy" else array)
    assert is_network_or_sentence(tmp_path_factory.getbasetemp() / "changed.npz", file.getvalue())
