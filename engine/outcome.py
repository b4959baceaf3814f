"""What a saved run says of the moment at which it was saved, so that a replay can be compared with it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import numpy as np

from engine.examples import Examples
from engine.trainer import Trainer

LOSSES_AGREE = 0.01  # by which losses may differ where sums are taken in another order


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a file says of the moment at which it was saved, to compare a replay with."""

    version: str
    lanes: int  # see `Trainer.lanes`; 0 where that is not known
    theta_sha256: str
    losses: tuple[float, ...]  # train and, if there is one, test

    @classmethod
    def of(cls, trainer: Trainer, lanes_before: int = 0) -> Outcome:
        """What holds now; `lanes_before` are those of the updates that this trainer went on from."""
        losses = [trainer.loss("train"), *([trainer.loss("test")] if trainer.examples.y_test.size else [])]
        return cls(version(), trainer.lanes or lanes_before, theta_sha256(trainer.theta), tuple(losses))

    def verdict(self, now: Outcome) -> str:
        """A sentence about a replay that came to another θ; "" where it is the same, or where the file does not say."""
        if self.theta_sha256 in ("", now.theta_sha256):
            return ""
        if (self.lanes, self.version) == (now.lanes, now.version):
            return "θ is another one than when the file was saved, though program and CPU are alike: was it edited?"
        there, here = f"unitfit {_program(self)}", _program(now)
        near = np.allclose(self.losses, now.losses, rtol=LOSSES_AGREE) if len(self.losses) == len(now.losses) else False
        how = f"the losses agree within {LOSSES_AGREE:.0%}" if near else f"the losses differ by over {LOSSES_AGREE:.0%}"
        return f"θ differs from the file's, which was saved by {there} (here {here}): {how}"


def _program(outcome: Outcome) -> str:
    """1.0 with 16 lanes"""
    return outcome.version + {0: "", 1: " without vectors"}.get(outcome.lanes, f" with {outcome.lanes} lanes")


def theta_sha256(theta: np.ndarray[Any, Any]) -> str:
    """sha256 of θ's little-endian bytes."""
    return hashlib.sha256(theta.astype(theta.dtype.newbyteorder("<")).tobytes()).hexdigest()


def data_sha256(examples: Examples) -> str:
    """sha256 of the shapes and the little-endian bytes of all examples, train and test, and those set aside."""
    digest = hashlib.sha256()
    aside = () if examples.aside is None else (examples.aside.x, examples.aside.y)
    for array in (examples.x, examples.y, examples.x_test, examples.y_test, *aside):
        digest.update(repr((array.shape, array.dtype.name)).encode())
        digest.update(array.astype(array.dtype.newbyteorder("<")).tobytes())
    return digest.hexdigest()


def version() -> str:
    """unitfit's version."""
    try:
        return metadata.version("unitfit")
    except metadata.PackageNotFoundError:
        return "unknown"
