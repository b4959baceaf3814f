"""The order in which an epoch takes its examples, for those who want to see it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.layout import grid
from engine.undisturbed import undisturbed


@undisturbed()  # numba may be imported, and half an import would be all that this process ever has of it
def epoch_order(seed: int, epoch: int, examples: int) -> NDArray[np.int64]:
    """Which examples an epoch takes one after the other, (examples,): a pure function of seed, epoch and their number.

    The kernels take them in this order too, `batch_size` at a time.
    """
    from engine.kernels.shuffle import epoch_key, fill

    order = np.empty(examples, np.int64)
    fill(order, epoch_key(seed, epoch), *grid(examples))
    return order
