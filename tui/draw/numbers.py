"""Numbers as people read them: three significant digits, a real minus, k and M for large ones."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

_UNITS = ((1e6, "M"), (1e3, "k"))
_MOST_DECIMALS = 4  # that numbers of one column share
_TIMES = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def short(value: float) -> str:
    """Three significant digits, whole up to 9999, then k and M: 0.0165, 22.8, 1895, 12.3k, 4.56M."""
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else minus("∞" if value > 0 else "-∞")
    size = abs(value)
    if size == 0.0:
        return "0"
    if size < 9.995e-5 or size >= 9.995e8:
        return _power(value)
    if size < 9999.5:
        return minus(f"{value:.{decimals(size)}f}")
    scale, letter = _UNITS[0] if size >= 999_500 else _UNITS[1]
    return minus(f"{value / scale:.{decimals(size / scale)}f}{letter}")


def decimals(size: float) -> int:
    """Decimals that show three significant digits of a positive number below 10 000."""
    return max(0, 2 - math.floor(math.log10(float(f"{size:.2e}"))))


def _power(value: float, places: int = 1) -> str:
    mantissa, exponent = f"{value:.{places}e}".split("e")
    return minus(f"{mantissa}e{int(exponent)}")


def counted(value: int) -> str:
    """A whole number in groups of three: 4 600."""
    return minus(f"{value:,}".replace(",", " "))


def minus(text: str) -> str:
    """The same with a real minus, which is as wide as a digit."""
    return text.replace("-", "−")


def signed(value: float) -> str:
    """`short`, with + before a positive number."""
    return ("+" if value > 0 else "") + short(value)


def gap(train: float, unseen: float) -> str:
    """How much larger the unseen loss is: "+12%", "±0%", "×3.4" beyond a doubling, "" where none can be said."""
    if not (math.isfinite(train) and math.isfinite(unseen)) or train <= 0.0:
        return ""
    ratio = unseen / train
    percent = round(100.0 * (ratio - 1.0))
    return f"×{short(ratio)}" if ratio >= 2.0 else minus(f"{percent:+d}%") if percent else "±0%"


def column(values: Sequence[float], width: int) -> list[str]:
    """Numbers of one table column, right-aligned on the decimal point; one that is too wide falls back to `short`."""
    sizes = [abs(value) for value in values if math.isfinite(value)]
    top = max(sizes, default=0.0)
    places = 2 if top == 0.0 or top >= 1.0 else 3
    texts = []
    for value in values:
        text = minus(f"{value:.{places}f}") if math.isfinite(value) and abs(value) < 1e4 else short(value)
        if len(text) > width:
            text = short(value)
        if text.strip("−0.") == "":
            text = text.lstrip("−")  # no minus before a zero
        texts.append(text.rjust(width))
    return texts


def tick_labels(values: Sequence[float], step: float) -> list[str]:
    """Labels of evenly spaced ticks, all with the decimals that the step needs."""
    top = max((abs(value) for value in values), default=0.0)
    if top and (top >= 1e9 or step < 1e-5):
        places = max(1, math.floor(math.log10(top)) - math.floor(math.log10(step) + 1e-9))
        return [_power(value, places) if value else "0" for value in values]
    scale, letter = next(((s, u) for s, u in _UNITS if top >= 10 * s or (s == 1e6 and top >= s)), (1.0, ""))
    places = max(0, -math.floor(math.log10(step / scale) + 1e-9))
    return [minus(f"{value / scale:.{places}f}{letter}") if value else "0" for value in values]


def fixed(value: float, places: int) -> str:
    """With so many decimals, as its neighbours in a column; one of thousands falls back to `short`."""
    if not math.isfinite(value) or abs(value) >= 1000.0:
        return short(value)
    text = minus(f"{value:.{places}f}")
    return text.lstrip("−") if text.strip("−0.") == "" else text


def subscript(number: int) -> str:
    """₁₂."""
    return str(number).translate(_SUBSCRIPTS)


def shared_decimals(values: Iterable[float]) -> int:
    """Decimals that show three digits of the smallest of these numbers."""
    sizes = [abs(value) for value in values if math.isfinite(value) and value]
    return min(_MOST_DECIMALS, decimals(min(min(sizes), 9999.0))) if sizes else 0


def placed(value: float, places: int) -> str:
    """With so many decimals, however large it is."""
    return minus(f"{value:.{places}f}") if math.isfinite(value) else "–"


def duration(seconds: float) -> str:
    """In the two largest units that are of any use: 1 min 50 s, 3 h, 0.4 s."""
    if not seconds < float("inf"):
        return "?"
    if seconds < 10:
        return f"{seconds:.1f} s"
    left, words = round(seconds), []
    for size, unit in _TIMES:
        count, left = divmod(left, size)
        words += [f"{count} {unit}"] * bool(count)
    return " ".join(words[:2])
