"""What was fitted as a formula for LaTeX, in the data's own units; where it would fill pages, in matrices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

import numpy as np

from data.dataset import PLAIN_LABELS
from data.scaling import Scaling
from data.signature import Signature
from engine import Network
from engine.activations import KINDS
from engine.layout import split
from engine.outcome import version
from tui.console.fitted import Fitted, feature_words, in_own_units, words
from tui.console.report import many

MOST_NUMBERS = 100  # of θ, that are written out
TERMS = 4  # of a linear sum, in a line
FEWEST_DIGITS, MOST_DIGITS = 4, 17
EXACT = 1e-6  # of the target's scale: by how much rounded numbers may change the formula
ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "{}$&#_%"},
    }
)  # fmt: skip


def as_latex(fitted: Fitted) -> str:
    """The formula, and sentences that say what its letters are; it needs the package amsmath. Raises DataError."""
    lines, sentences = matrices(fitted) if fitted.network.n_parameters > MOST_NUMBERS else written_out(fitted)
    title = f"% {fitted.name}: fitted by unitfit {version()}; needs \\usepackage{{amsmath}}"
    formula = ["\\begin{align*}", " \\\\\n".join(lines), "\\end{align*}"]
    return "\n".join([title, *formula, *letters(fitted.signature), *sentences, ""])


def letters(signature: Signature) -> Iterator[str]:
    """What goes in and what comes out."""
    features = feature_words(signature)
    if len(features) == 1:
        yield f"Here $x$ is {escaped(features[0])}"
    elif signature.lags:
        yield f"Here $x_{{1}}$ is {escaped(features[0])}, up to $x_{{{len(features)}}}$,"
        yield f"which is {escaped(features[-1])},"
    else:
        pairs = [f"$x_{{{number}}}$ is {escaped(feature)}," for number, feature in enumerate(features, 1)]
        yield from ["Here " + pairs[0], *pairs[1:]]
    yield rf"and $\hat y$ is {escaped(words(signature.target_label, signature.target_unit))}."
    if signature.labels:
        plain = signature.label_names == PLAIN_LABELS
        low, high = ("$-1$", "$+1$") if plain else map(escaped, signature.label_names)
        yield f"Above $0$ it says {high}, below {low}."


def escaped(text: str) -> str:
    """It as LaTeX's text."""
    return text.translate(ESCAPES)


def definitions(layers: Iterable[Iterable[str]]) -> Iterator[str]:
    """What the symbols of these kinds of unit mean."""
    used = {name for layer in layers for name in layer}
    formulas = [
        rf"${kind.latex[0]}(z) = {kind.latex[1]}$" for name, kind in KINDS.items() if name in used if kind.latex[1]
    ]
    if formulas:
        yield f"The kinds of unit are {', '.join(formulas)}."


# -------------------------------------------------------------------------------------------------- written out


def written_out(fitted: Fitted) -> tuple[list[str], list[str]]:
    """(lines of the formula, sentences) of a network whose numbers can be read."""
    own = rounded(in_own_units(fitted), fitted.signature.scaling)
    return equations(own), [*definitions(own.layers)]


def rounded(own: Network, scaling: Scaling) -> Network:
    """The same network with as few digits as the formula can have where the data are."""
    x = places(scaling)
    exact = own.predict(x)
    for digits in range(FEWEST_DIGITS, MOST_DIGITS):
        theta = np.array([float(f"{value:.{digits}g}") for value in own.theta])
        short = Network.of(own.architecture, theta)
        if np.abs(short.predict(x) - exact).max() <= EXACT * scaling.y_scale:
            return short
    return own


def places(scaling: Scaling) -> np.ndarray:
    """Inputs (N, n_inputs) over the range of the data and a little beyond, the same each time."""
    inputs = scaling.x_offset.size
    if inputs == 1:
        spread = np.linspace(-1.2, 1.2, 401)[:, np.newaxis]
    else:
        spread = 1.5 * np.random.default_rng(0).standard_normal((400, inputs))
    return scaling.x_offset + scaling.x_factor * spread


def equations(own: Network) -> list[str]:
    """The output by its units; those of several layers have equations of their own."""
    symbols = ["x"] if own.n_inputs == 1 else [f"x_{{{number}}}" for number in range(1, own.n_inputs + 1)]
    lines: list[str] = []
    *hidden, (c, bias) = split(own.theta, own.shape)
    for number, (kinds, (W, b)) in enumerate(zip(own.layers, hidden, strict=True), 1):
        sums = (" ".join(signed_terms(shift, row, symbols)) for shift, row in zip(b, W, strict=True))
        units = [f"{KINDS[kind].latex[0]}({total})" for kind, total in zip(kinds, sums, strict=True)]
        symbols = units
        if len(hidden) > 1:
            symbols = [f"h_{{{number},{unit}}}" for unit in range(1, len(units) + 1)]
            lines += [f"{symbol} ={{}}& {unit}" for symbol, unit in zip(symbols, units, strict=True)]
    terms, in_a_line = list(signed_terms(bias[0], c[0], symbols)), 1 if len(hidden) == 1 else TERMS
    total = [" ".join(terms[start : start + in_a_line]) for start in range(0, len(terms), in_a_line)]
    return [*lines, rf"\hat y ={{}}& {total[0]}", *(f"& {rest}" for rest in total[1:])]


def signed_terms(bias: float, weights: Iterable[float], symbols: Iterable[str]) -> Iterator[str]:
    """bias, + w x …, without what is 0; only the first has no sign where that is a plus."""
    pairs = [(float(bias), ""), *zip(map(float, weights), symbols, strict=True)]
    shown = [pair for pair in pairs if pair[0] != 0.0] or [(0.0, "")]
    for place, (weight, symbol) in enumerate(shown):
        sign = ("- " if place else "-") if weight < 0 else "+ " if place else ""
        yield sign + number(abs(weight)) + (rf"\,{symbol}" if symbol else "")


def number(value: float) -> str:
    """The shortest text that is read as this number, powers of ten written out."""
    mantissa, _, exponent = f"{value!r}".removesuffix(".0").partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


# --------------------------------------------------------------------------------------------------- in matrices


def matrices(fitted: Fitted) -> tuple[list[str], list[str]]:
    """(lines of the formula, sentences) of a network whose numbers would fill pages."""
    network, layers = fitted.network, list(enumerate(fitted.network.layers, 1))
    lines = [r"\mathbf h_{0} ={}& (\mathbf x - \mathbf m) \oslash \mathbf s"]
    lines += [
        rf"\mathbf h_{{{k}}} ={{}}& f_{{{k}}}(W_{{{k}}}\,\mathbf h_{{{k - 1}}} + \mathbf b_{{{k}}})" for k, _ in layers
    ]
    lines.append(rf"\hat y ={{}}& \mu + s_y\,(\mathbf c^\top \mathbf h_{{{len(layers)}}} + b)")
    shapes = zip(layers, pairwise(network.shape), strict=False)
    sentences = [
        "With a column for each input and a row for each unit, "
        + ", ".join(
            rf"$W_{{{k}}}$ is ${rows} \times {columns}$ and $f_{{{k}}}$ is {kinds_of(layer)}"
            for (k, layer), (columns, rows) in shapes
        )
        + ".",
        *definitions(network.layers),
        rf"The {network.n_parameters} numbers would fill pages: in the file that is exported as npz, theta is",
        "".join(rf"$W_{{{k}}}$, $\mathbf b_{{{k}}}$, " for k, _ in layers)
        + r"$\mathbf c$, $b$ in this order, row by row,",
        r"and $\mathbf m$, $\mathbf s$, $\mu$, $s_y$ are x\_offset, x\_factor, y\_offset, y\_scale;",
        r"$\oslash$ divides number by number.",
    ]
    return lines, sentences if layers else sentences[1:]


def kinds_of(layer: Sequence[str]) -> str:
    """The kinds of a layer's units in their order."""
    runs = ((kind, len(list(units))) for kind, units in groupby(layer))
    return ", then ".join(f"${KINDS[kind].latex[0]}$ ({many(count, 'unit')})" for kind, count in runs)
