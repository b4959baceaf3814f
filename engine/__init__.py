"""unitfit's engine: small fully connected networks, trained in mini-batches.

    net = Network(n_inputs=1, layers=[["sigmoid"] * 3])
    trainer = Trainer(net, x, y, recipe=Recipe(learning_rate=0.03))
    trainer.run(epochs=100)

Importing it compiles nothing; numba comes with the first update.
"""

from engine.checkpoint import Checkpoint
from engine.errors import EngineError
from engine.experiment import Experiment
from engine.history import BatchHistory, History
from engine.journal import Tail
from engine.network import Network
from engine.population import Population
from engine.recipe import Recipe
from engine.trainer import Trainer

__all__ = [
    "BatchHistory",
    "Checkpoint",
    "EngineError",
    "Experiment",
    "History",
    "Network",
    "Population",
    "Recipe",
    "Tail",
    "Trainer",
]
