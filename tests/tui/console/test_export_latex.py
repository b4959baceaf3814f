"""The formula in LaTeX, read back, says what the network predicts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from latex_reader import read
from made_fits import EXACT, LAYERS, examples, fitted, text, told

import data
from data.scaling import Scaling
from data.signature import Signature
from engine import Network
from engine.outcome import version
from tui.console.export_latex import MOST_NUMBERS
from tui.console.fitted import Fitted


@pytest.mark.parametrize("labels", [False, True], ids=["values", "labels"])
@pytest.mark.parametrize("inputs", [1, 2, 8])
@pytest.mark.parametrize("layers", LAYERS, ids=str)
def test_the_formula_in_latex_says_the_same(layers, inputs, labels):
    made = fitted(layers, inputs, labels)
    assert made.network.n_parameters <= MOST_NUMBERS
    x, y = examples(made)
    error = np.abs(read(text(made, "latex"))(x) - y).max()
    assert error <= EXACT * made.signature.scaling.y_scale


def test_a_formula_has_no_more_digits_than_it_needs():
    network = Network(1, [["relu"]])
    network.theta = [0.5, 0.25, 2.0, 0.0]
    signature = replace(fitted([["relu"]]).signature, scaling=Scaling(np.zeros(1), np.ones(1), 0.0, 1.0))
    assert r"\hat y ={}& 2\,\operatorname{ReLU}(0.25 + 0.5\,x)" in text(Fitted(network, signature), "latex")


def test_the_whole_of_a_formula_in_latex():
    made = told([0.5, -2.0, 0.0, 1.0, 3.0, -4.0e-7, 0.5], [["sigmoid", "leaky_relu"]], labels=True)
    assert (
        text(made, "latex")
        == rf"""% made 1-2-1: fitted by unitfit {version()}; needs \usepackage{{amsmath}}
\begin{{align*}}
\hat y ={{}}& 0.5 \\
& + 3\,\sigma(0.5\,x) \\
& - 4 \cdot 10^{{-7}}\,\operatorname{{LReLU}}(1 - 2\,x)
\end{{align*}}
Here $x$ is time in ms
and $\hat y$ is accel in g.
Above $0$ it says $+1$, below $-1$.
The kinds of unit are $\sigma(z) = \frac{{1}}{{1 + e^{{-z}}}}$, $\operatorname{{LReLU}}(z) = \max(0.01\,z, z)$.
"""
    )


def test_the_whole_of_a_formula_of_several_layers_and_features():
    made = told([1.0, 2.0, 3.0, 4.0, 5.0, 0.0, 0.0], [["tanh"], ["identity"]], inputs=2)
    assert text(made, "latex").splitlines()[1:] == [
        r"\begin{align*}",
        r"h_{1,1} ={}& \tanh(3 + 1\,x_{1} + 2\,x_{2}) \\",
        r"h_{2,1} ={}& \operatorname{id}(5 + 4\,h_{1,1}) \\",
        r"\hat y ={}& 0",
        r"\end{align*}",
        r"Here $x_{1}$ is time in ms,",
        r"$x_{2}$ is mass in kg,",
        r"and $\hat y$ is accel in g.",
        r"The kinds of unit are $\operatorname{id}(z) = z$.",
    ]


def test_the_whole_of_a_formula_in_matrices():
    made = Fitted(Network(2, [["relu"] * 30, ["tanh"]]), told(np.zeros(3), (), inputs=2).signature)
    assert text(made, "latex").splitlines()[1:] == [
        r"\begin{align*}",
        r"\mathbf h_{0} ={}& (\mathbf x - \mathbf m) \oslash \mathbf s \\",
        r"\mathbf h_{1} ={}& f_{1}(W_{1}\,\mathbf h_{0} + \mathbf b_{1}) \\",
        r"\mathbf h_{2} ={}& f_{2}(W_{2}\,\mathbf h_{1} + \mathbf b_{2}) \\",
        r"\hat y ={}& \mu + s_y\,(\mathbf c^\top \mathbf h_{2} + b)",
        r"\end{align*}",
        r"Here $x_{1}$ is time in ms,",
        r"$x_{2}$ is mass in kg,",
        r"and $\hat y$ is accel in g.",
        r"With a column for each input and a row for each unit, $W_{1}$ is $30 \times 2$ and $f_{1}$ is "
        r"$\operatorname{ReLU}$ (30 units), $W_{2}$ is $1 \times 30$ and $f_{2}$ is $\tanh$ (1 unit).",
        r"The kinds of unit are $\operatorname{ReLU}(z) = \max(0, z)$.",
        r"The 123 numbers would fill pages: in the file that is exported as npz, theta is",
        r"$W_{1}$, $\mathbf b_{1}$, $W_{2}$, $\mathbf b_{2}$, $\mathbf c$, $b$ in this order, row by row,",
        r"and $\mathbf m$, $\mathbf s$, $\mu$, $s_y$ are x\_offset, x\_factor, y\_offset, y\_scale;",
        r"$\oslash$ divides number by number.",
    ]


def test_lags_are_told_in_one_line():
    made = Fitted(Network(56), Signature.of(data.load("chicago")))
    assert "Here $x_{1}$ is riders a day, 1 day before, up to $x_{56}$,\nwhich is riders a day, 56 days before,\n" in (
        text(made, "latex")
    )


def test_names_of_columns_are_text_in_latex():
    document = text(fitted((), target_label=r"50% of a_b & \x{y} #1 $ ~ ^"), "latex")
    assert r"50\% of a\_b \& \textbackslash{}x\{y\} \#1 \$ \textasciitilde{} \textasciicircum{}." in document
