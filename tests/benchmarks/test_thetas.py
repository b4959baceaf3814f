"""The twenty fixed runs: that they run, and that no option is left out."""

from __future__ import annotations

import pytest

from benchmarks import thetas
from engine.activations import KINDS
from engine.losses import LOSSES
from engine.recipe import OPTIMIZERS, SCHEDULES


def test_each_run_has_a_line_of_its_own(capsys, monkeypatch):
    few = [case for case in thetas.RUNS if case.name in ("nine", "layers", "adamw-64")]
    monkeypatch.setattr(thetas, "RUNS", few)
    thetas.main()
    names, digests = zip(*(line.split() for line in capsys.readouterr().out.splitlines()), strict=True)
    assert names == tuple(case.name for case in few)
    assert len(set(digests)) == 3 and {len(digest) for digest in digests} == {64}
    assert [thetas.sha256(case.theta()) for case in few] == list(digests)


@pytest.mark.parametrize(("option", "known"), [("optimizer", OPTIMIZERS), ("loss", LOSSES), ("schedule", SCHEDULES)])
def test_they_cover_every_choice_of_a_recipe(option, known):
    assert {getattr(case.recipe, option) for case in thetas.RUNS} == set(known)


def test_they_cover_kinds_depths_and_precisions():
    networks = [case.network for case in thetas.RUNS]
    assert len({case.name for case in thetas.RUNS}) == 20
    assert {kind for network in networks for layer in network.layers for kind in layer} == set(KINDS)
    assert {len(network.layers) for network in networks} == {0, 1, 2, 3}
    assert {network.dtype.name for network in networks} == {"float32", "float64"}
    assert {case.threads for case in thetas.RUNS} == {1, 2}
