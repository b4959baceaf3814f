"""Scenes: files that anybody can write, and what they set."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from engine import EngineError
from tui.run.enacting import Enact, sentences
from tui.run.options import Options
from tui.run.player import Step, Toggle
from tui.run.racing import TrainAll
from tui.run.saved import is_saved
from tui.run.scenes import Scene, find, from_text, is_scene, read, scenes
from tui.run.session import Session
from tui.run.settings import SCENES, recall_names
from tui.run.travel import Undo

OWN = """scene = 1
title = "Mine"
do = "press space; then look"
look = "it bends; see"
view = 2
speed = 4
after = 2
show = ["bars"]

[[runs]]
data = "triangle"
layer = ["2:relu"]
lr = 0.1
seed = 3
points = 50
"""


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_config_path", lambda name: tmp_path / name)


def session(**options) -> Session:
    return Session(Options(**options), lambda: None, lambda: 0.0)


def said(run: Session) -> str:
    return run.snapshot().note


def steps(run: Session, updates: int) -> None:
    run.perform(Step(updates))
    while run.work() == 0.0:
        pass


def test_there_are_the_three_steps_and_the_nineteen_ideas_of_the_book():
    assert len(scenes()) == 20
    assert len({scene.name for scene in scenes()}) == len({scene.title for scene in scenes()}) == 20


@pytest.mark.parametrize("scene", scenes(), ids=lambda scene: scene.name)
def test_each_says_what_to_do_to_look_for_and_to_ask_and_its_words_fit(scene: Scene):
    assert all((scene.about, scene.formula, scene.look, scene.ask, scene.section))
    assert len(scene.about) <= 42  # what the chooser has room for
    for words, whole, first in ((scene.do, 116, 76), (f"Look: {scene.look}", 116, 76)):
        forms = sentences(words)
        assert (len(forms[0]) <= whole, len(forms[1]) <= first) == (True, True), words


@pytest.mark.parametrize("scene", scenes(), ids=lambda scene: scene.name)
def test_each_can_be_set_and_trained(scene: Scene):
    run = session(scene=scene.name)
    assert said(run)[1:] == scene.do[1:]
    if scene.race:
        assert len(run.teller.race.racers) >= 3
        run.perform(TrainAll())
        for _ in range(3):
            run.work()
        assert sum(racer.run.trainer.update for racer in run.teller.race.racers) > 0
    else:
        steps(run, 3)
        assert run.trainer.update == 3


def test_a_scene_of_ones_own_sets_all_that_it_says(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(OWN)
    assert is_scene(str(path)) and find(str(path)) == read(str(path))
    run = session()
    run.perform(Enact(read(str(path))))
    assert (run.dataset.name, len(run.dataset.y_train), run.trainer.seed) == ("triangle", 50, 3)
    assert (run.trainer.architecture.layers, run.trainer.recipe.learning_rate) == ((("relu", "relu"),), 0.1)
    assert run.player.level == 4
    assert said(run) == "Press space; then look"


def test_the_run_before_a_scene_is_kept_and_u_comes_back_to_it():
    run = session()
    steps(run, 5)
    run.perform(Enact(find("line")))
    assert run.trainer.update == 0
    run.perform(Undo())
    assert (run.dataset.name, run.trainer.update) == ("motorcycle", 5)


def test_after_so_many_epochs_the_note_says_what_to_look_for_once_and_the_scene_is_done():
    scene = from_text(OWN, "mine")
    run = session()
    run.perform(Enact(scene))
    steps(run, 3)
    assert said(run) == "Press space; then look"
    steps(run, 1)
    assert said(run) == "Look: it bends; see"
    assert recall_names(SCENES) == {"mine"}
    run.telling.say("")
    steps(run, 1)
    assert said(run) == ""


def test_what_is_to_be_done_stays_while_it_plays():
    run = session()
    run.perform(Enact(from_text(OWN.replace("after = 2", "after = 1000000"), "mine")))
    run.perform(Toggle())
    while run.trainer.epoch < 1:
        run.work()
    assert said(run) == "Press space; then look"


def test_a_race_has_its_point_at_its_end():
    run = session()
    run.perform(Enact(from_text(OWN, "mine")))
    run.perform(Enact(from_text(OWN.replace("view = 2", 'view = 6\nrace = "rates"') + "epochs = 1\n", "raced")))
    assert len(run.teller.race.racers) == 5
    run.perform(TrainAll())
    while run.work() == 0.0:
        pass
    assert said(run) == "Look: it bends; see"


def test_several_runs_stand_side_by_side():
    run = session(scene="batches")
    names = [racer.name for racer in run.teller.race.racers]
    assert names == ["N 10 000, B 10", "N 1 000, B 100"]
    assert run.teller.race.racers[0].run is run.run


def test_a_saved_run_can_be_the_run_of_a_scene(tmp_path):
    own = session(data="triangle")
    steps(own, 4)
    own.story.save(tmp_path / "run.toml")
    path = tmp_path / "mine.toml"
    path.write_text(OWN[: OWN.index("[[runs]]")] + '[[runs]]\nfile = "run.toml"\n')
    run = session(scene=str(path))
    assert (run.dataset.name, run.story.end) == ("triangle", 4)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("scene = 1", "scene = 2", "scene=2: expected a scene of format 1"),
        ('title = "Mine"', "", "title and do are missing"),
        ('title = "Mine"', "title = 3", "title=3: expected a sentence"),
        ("view = 2", "views = 2", "views: unknown; expected one of"),
        ("view = 2", "view = 0", "view=0: expected a whole number from 1 to 6"),
        ("speed = 4", "speed = 99", "speed=99: expected a whole number from 0 to 8"),
        ("after = 2", 'race = "width2"', "race='width2': expected one of .* \\(did you mean 'width'\\?\\)"),
        ('show = ["bars"]', 'show = ["bar"]', "show='bar': expected one of bars, batch, ghosts"),
        ('show = ["bars"]', "show = 3", "show=3: expected a list"),
        ("[[runs]]", "[run]", "run: unknown"),
        ('data = "triangle"', "data = 3", "source.data=3: expected an option of the data"),
        ("lr = 0.1", "rate = 0.1", "runs: rate: unknown; expected an option"),
        ('layer = ["2:relu"]', 'layer = "2:relu"', "layer='2:relu': expected a list"),
        ("seed = 3", 'file = "x.toml"', "runs: file with data, layer, lr, points: expected it alone"),
    ],
)
def test_what_is_wrong_in_a_scene_is_one_sentence(old, new, sentence):
    with pytest.raises(EngineError, match=sentence):
        from_text(OWN.replace(old, new), "mine.toml")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"scene", b"[[[", b"scene = 1\n" + b"#" * 2**18])
def test_what_is_no_scene_is_one_sentence(tmp_path, content):
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(EngineError, match=r"mine\.toml"):
        read(str(path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(path := str(tmp_path / "pipe"))
    assert not is_scene(path) and not is_saved(path)
    with pytest.raises(EngineError, match=r"^pipe: cannot be read \(no regular file\): expected a scene$"):
        read(path)


def test_a_scene_says_what_to_do_though_a_run_was_cut_off(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(OWN)
    run = Session(Options(scene=str(path)), lambda: None)
    run.offer((tmp_path / "kept.npz",))
    assert run.snapshot().note.startswith("Press space; then look")


def test_an_unknown_name_names_the_nearest():
    with pytest.raises(EngineError, match="did you mean 'sigmoid'"):
        find("sigmoid2")


def test_a_changed_file_is_a_scene_or_a_sentence():
    choose = random.Random(4)
    for _ in range(300):
        text = list(OWN)
        for _ in range(choose.randrange(1, 6)):
            letter = choose.choice((choose.randrange(32, 127), choose.randrange(0x110000)))
            text[choose.randrange(len(text))] = chr(letter)
        try:
            own = from_text("".join(text), "mine.toml")
        except EngineError:
            continue
        assert isinstance(own, Scene)
