"""The file of a story: what is written is read and replayed to the bit, and nothing else gets in."""

from __future__ import annotations

import random
import tomllib
import tracemalloc

import numpy as np
import pytest

from engine import EngineError, Experiment, Network, Recipe, Trainer, story_file
from engine.edits import (
    AddLayer,
    AddUnit,
    DrawPoint,
    ErasePoint,
    Freeze,
    RemoveUnit,
    SetExamples,
    SetKind,
    SetOutput,
    SetPoints,
    SetRecipe,
    SetTheta,
    SetValue,
    SplitUnit,
)
from engine.entry_tables import EDITS
from engine.kernels import loops_for
from engine.outcome import Outcome

RNG = np.random.default_rng(5)
X, X_TEST = RNG.uniform(-1, 1, (40, 1)), RNG.uniform(-1, 1, (10, 1))
Y, Y_TEST = np.sin(3 * X[:, 0]), np.sin(3 * X_TEST[:, 0])


def arrays(source):
    return X, Y, X_TEST, Y_TEST


def make(dtype: str = "float32", network: Network | None = None) -> Trainer:
    network = Network(1, [["sigmoid"] * 3], seed=2, dtype=dtype) if network is None else network
    return Trainer(network, X, Y, X_TEST, Y_TEST, Recipe(batch_size=7, learning_rate=0.01), seed=3, threads=1)


def told(dtype: str = "float32") -> Experiment:
    """A story in which every kind of edit occurs."""
    story = Experiment(make(dtype), {"data": "here", "lags": None, "features": ["a", "b"], "test-fraction": 0.2})
    story.step(10)
    for edit in (
        AddUnit("relu"),
        AddUnit("sigmoid", 0, (2.5,), -0.1),
        SetKind(0, 1, "hard_sigmoid"),
        SplitUnit(0, 1),
        RemoveUnit(0, 0),
        Freeze(0, 2),
        SetRecipe(Recipe(batch_size=3, optimizer="momentum", schedule="cosine")),
        AddLayer(("relu", "tanh")),
        SetOutput((0.1, 0.2, 0.3)),
    ):
        story.apply(edit)
        story.step(3)
    story.apply(SetTheta(story.trainer.theta * 0.9))
    story.apply(SetValue(1, -0.5), joins=True)
    for edit in (SetPoints(30, 4), DrawPoint((0.25,), 0.5), ErasePoint(40), SetExamples(X[:9], Y[:9])):
        story.apply(edit)
    story.run(2)
    return story


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.toml"


def test_a_run_begins_with_the_points_that_its_trainer_has(path):
    trainer = make()
    for edit in (SetPoints(30, 4), DrawPoint((0.25,), 0.5)):
        trainer.apply(edit)
    story = Experiment(trainer)
    story.apply(SetPoints(36, 4))
    story.run(2)
    story.save(path)
    again = Experiment.load(path, arrays)
    assert again.trainer.theta.tobytes() == story.trainer.theta.tobytes()
    again.home()
    assert again.trainer.examples.counts == (31, 10)
    assert [type(edit) for _, edit in again.journal] == [SetPoints]


def test_what_stands_aside_is_of_the_data_too(path):
    trainer = make()
    trainer.apply(SetPoints(30, 4))
    Experiment(trainer).save(path)
    aside = trainer.examples.aside.rows[0]
    other = Y.copy()
    other[aside] += 1
    with pytest.raises(EngineError, match="the data are not those of the file any more"):
        Experiment.load(path, lambda source: (X, other, X_TEST, Y_TEST))


def test_only_points_can_come_before_the_beginning(path):
    trainer = make()
    trainer.apply(SetPoints(30, 4))
    Experiment(trainer).save(path)
    text = path.read_text().replace("SetPoints", "RemoveLayer").replace("points = 30", "layer = 0")
    path.write_text(text.replace(", seed = 4", ""))
    with pytest.raises(EngineError, match="expected one of SetExamples, DrawPoint, ErasePoint, SetPoints"):
        Experiment.load(path, arrays)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_file_replays_to_the_bit(path, dtype):
    story = told(dtype)
    story.save(path)
    again = Experiment.load(path, arrays)
    assert again.trainer.theta.tobytes() == story.trainer.theta.tobytes()
    assert again.history.train.tolist() == story.history.train.tolist()
    assert (again.update, again.end, again.at_end) == (story.update, story.end, True)
    assert [type(edit) for _, edit in again.journal] == [type(edit) for _, edit in story.journal]
    assert [entry.joins for entry in again.entries] == [entry.joins for entry in story.entries]
    assert again.source == {"data": "here", "features": ["a", "b"], "test-fraction": 0.2}
    assert again.outcome.verdict(Outcome.of(again.trainer)) == ""
    assert path.stat().st_size < 10_000
    text = path.read_text()
    again.save(path)
    assert path.read_text() == text


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_file_names_the_lanes_that_trained(path, dtype):
    loops = loops_for(dtype)
    story = told(dtype)
    story.save(path)
    assert tomllib.loads(path.read_text())["lanes"] == story.trainer.lanes == getattr(loops, "LANES", 1)
    assert story_file.read(path).outcome.lanes == story.trainer.lanes


def test_a_source_that_could_not_be_read_again_is_refused(path):
    source = {"deep": 1}
    for _ in range(20):
        source = {"in": source}
    with pytest.raises(EngineError, match=r"^source=.*: expected plain values, as a text can hold them$"):
        Experiment(make(), source).save(path)
    assert not path.exists()


@pytest.mark.parametrize("large", ["edits", "source"])
def test_a_story_that_no_file_can_hold_is_not_written(path, monkeypatch, large):
    story = Experiment(make(), {"data": "x" * 3000 if large == "source" else "here"})
    for _ in range(20 if large == "edits" else 0):
        story.apply(SetTheta(story.trainer.theta * 1.1))
    story.save(path)
    text = path.read_text()
    monkeypatch.setattr(story_file, "LARGEST", 2**11)
    with pytest.raises(EngineError, match="larger than 2 kB: expected a saved run"):
        Experiment.load(path, arrays)
    for write in (lambda: story.save(path), story.draft):
        with pytest.raises(EngineError, match=r"^the run takes \d kB as a text: expected at most 2 kB; edits that"):
            write()
    assert path.read_text() == text


def test_where_nothing_was_trained_no_lanes_are_named(path):
    Experiment(make()).save(path)
    assert story_file.read(path).outcome.lanes == 0


def test_every_edit_can_be_written():
    assert {type(edit).__name__ for _, edit in told().journal} | {"RemoveLayer"} == set(EDITS)


def test_a_file_can_be_opened_at_its_beginning(path):
    story = told()
    story.save(path)
    again = Experiment.load(path, arrays, replay=False)
    assert (again.update, again.end, again.at_end) == (0, story.end, False)
    while again.update < 20:
        again.run_for(0.001)
    again.goto(again.end)
    assert again.trainer.theta.tobytes() == story.trainer.theta.tobytes()


def test_a_file_ends_at_the_cursor(path):
    story = told()
    story.goto(10)
    story.undo()
    story.save(path)
    again = Experiment.load(path, arrays)
    assert (again.end, again.journal) == (10, ())


def test_weights_of_ones_own_and_an_edited_network_are_kept(path):
    network = Network(1, [["sigmoid"] * 3], seed=2)
    network.apply(Freeze(0, 1))
    network.add_unit("relu")
    network.theta = network.theta + 0.25
    story = Experiment(make(network=network))
    story.step(20)
    story.apply(AddUnit("relu"))  # whose weights depend on how many edits came before
    story.step(20)
    story.save(path)
    again = Experiment.load(path, arrays)
    assert again.trainer.theta.tobytes() == story.trainer.theta.tobytes()
    assert again.trainer.network.frozen == [[False, True, False, False, False]]


def test_data_that_have_changed_are_refused(path):
    told().save(path)
    with pytest.raises(EngineError, match="the data are not those of the file any more"):
        Experiment.load(path, lambda source: (X, Y + 1e-3, X_TEST, Y_TEST))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (None, "arrays=None: expected a function of the source"),
        (lambda source: X, r"arrays gave array\(.*: expected \(x, y, x_test, y_test\)"),
        (
            lambda source: ([[1.0], [2.0, 3.0]], Y, None, None),
            r"x=\[\[1.0.*: expected numbers, as many in each row",
        ),
        (lambda source: (X[:, :0], Y, None, None), "n_inputs=0: expected a whole number"),
    ],
)
def test_what_is_no_data_is_told_in_a_sentence(path, given, sentence):
    told().save(path)
    with pytest.raises(EngineError, match=f"^{sentence}"):
        Experiment.load(path, given)


def test_another_theta_is_explained_by_another_program_or_cpu():
    now = Outcome("1.0", 8, "a", (0.5, 0.6))
    assert Outcome("1.0", 8, "b", (0.5, 0.6)).verdict(now).endswith("was it edited?")
    near = Outcome("1.0", 16, "b", (0.501, 0.6)).verdict(now)
    assert near == (
        "θ differs from the file's, which was saved by unitfit 1.0 with 16 lanes (here 1.0 with 8 lanes): "
        "the losses agree within 1%"
    )
    plain = Outcome("0.9", 1, "b", (0.5, 0.6)).verdict(now)
    assert "saved by unitfit 0.9 without vectors (here 1.0 with 8 lanes)" in plain
    unknown = Outcome("0.9", 0, "b", (0.5, 0.6)).verdict(now)
    assert "saved by unitfit 0.9 (here 1.0 with 8 lanes)" in unknown
    assert "differ by over 1%" in Outcome("1.0", 16, "b", (0.6, 0.6)).verdict(now)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("format = 1", "format = 2", "format=2: expected a saved run of format 1"),
        ("updates = ", "updates = 1000000000000000000 # ", "updates=1000000000000000000: expected a whole number"),
        ('"3:sigmoid"', '"1000000:sigmoid"', "expected 1 to 4096 units of a kind"),
        ('"3:sigmoid"', '"4000:sigmoid"', "parameters=.*: expected"),
        ("[source]", "colour = 1\n[source]", "colour: unknown; a newer unitfit may know it"),
        ("lr = 0.01", "", "run.lr is missing: the file is cut, or no saved run"),
        ("lr = 0.01", "lr = nan", "learning_rate=nan"),
        ('edit = "AddUnit"', 'edit = "Format"', "edit 1: .*expected a table with one of AddUnit"),
        ('edit = "AddUnit"', 'edit = "AddUnit"\nsize = 3', "edit 1: size: unknown"),
        ("update = 10", "update = 99999", "edit 1 at update 99999: expected edits in order"),
        ('kind = "relu"', 'kind = "rely"', "did you mean 'relu'"),
        ('kind = "relu"', "", "edit 1: kind is missing"),
        ('theta_sha256 = "', "theta_sha256 = 5 #", "theta_sha256=5: expected text"),
        ("lanes = ", "lanes = -", "lanes=-[0-9]+: expected a whole number of at least 0"),
        ("losses = [", "losses.train = [", "losses={'train'.*: expected numbers"),
        ("losses = [", "losses = [true, ['a'],", "losses=True: expected a finite number of at least 0"),
        ("losses = [", f"losses = [1{'0' * 4000},", "losses=.*: expected a finite number of at least 0"),
        ("frozen = []", "frozen = [[1]]", "frozen=.*: expected true or false"),
        ("seed = 3", "seed = 1979-05-27", "seed=.*: expected a whole number"),
        ("joins = true", "joins = 3", "joins=3: expected true or false"),
        ("format = 1", "", "no format in it: expected a saved run; this one is empty, or damaged"),
        ("format = 1", "x = " + "[" * 10_000, "no saved run, or a damaged one .too many brackets within each other"),
        ("format = 1", "x" + ".y" * 5000 + " = 1", "no saved run, or a damaged one \\(a key of over 16 parts\\)"),
    ],
)
def test_what_does_not_fit_is_told_in_a_sentence(path, old, new, sentence):
    told().save(path)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(EngineError, match=sentence) as caught:
        Experiment.load(path, arrays)
    assert "\n" not in str(caught.value)


def test_what_is_no_file_is_told_in_a_sentence(tmp_path):
    for name, content in (("binary", b"\xff\xfe\x00"), ("empty", b""), ("large", b"#" * (story_file.LARGEST + 1))):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(EngineError, match=name):
            Experiment.load(tmp_path / name, arrays)
    with pytest.raises(EngineError, match=f"large: larger than {story_file.LARGEST >> 10} kB: expected a saved run"):
        Experiment.load(tmp_path / "large", arrays)
    with pytest.raises(EngineError, match="missing: cannot be read"):
        Experiment.load(tmp_path / "missing", arrays)
    with pytest.raises(EngineError, match="cannot be read"):
        Experiment.load(tmp_path, arrays)


def test_a_folder_that_is_not_there_is_told_and_nothing_is_left_behind(tmp_path):
    with pytest.raises(EngineError, match=r"run\.toml: cannot be written \(No such file or directory\)"):
        told().save(tmp_path / "none" / "run.toml")


def test_a_file_is_replaced_as_a_whole_or_not_at_all(path, monkeypatch):
    told().save(path)
    before = path.read_bytes()

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(story_file.os, "fsync", full)
    with pytest.raises(EngineError, match="No space left on device"):
        told().save(path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_journal_cut_anywhere_is_a_story_or_a_sentence(path):
    told().save(path)
    content = path.read_bytes()
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        try:
            story_file.read(path).trainer(arrays)
        except EngineError:
            continue
        rest_of_its_entry = (b"\n" + content[length:]).partition(b"\n[")[0].strip()
        lost = rest_of_its_entry.partition(b"\n")[2]  # after its last number, which may lack digits
        assert lost in (b"", b"seed = 4")  # a choice of points may do without one


def test_mutated_files_are_stories_or_sentences_and_take_little_memory(path, jit_only):
    told().save(path)
    content, choose = path.read_bytes(), random.Random(5)
    tracemalloc.start()
    for _ in range(400):
        changed = bytearray(content)
        for _ in range(choose.randrange(1, 4)):
            place = choose.randrange(len(changed))
            changed[place : place + choose.randrange(3)] = bytes(
                choose.choices(b'0123456789."[]\n-=aE', k=choose.randrange(3))
            )
        path.write_bytes(bytes(changed))
        try:
            story = story_file.read(path)
            if story.updates < 1000:
                Experiment.load(path, arrays)
            else:
                story.trainer(arrays)
        except EngineError:
            pass
    assert tracemalloc.get_traced_memory()[1] < 100 * 2**20
    tracemalloc.stop()
