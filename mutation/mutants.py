"""Mutants: small changes of a source text, each of which a test should notice.

A change is an edit of the text, so that line numbers stay and a person reads what was changed. Left alone are
annotations, decorators, docstrings and the wording of errors.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "is": "is not", "is not": "is"}
COMPARISONS |= {"in": "not in", "not in": "in"}
ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*", "//": "*", "%": "+", "**": "*", "&": "|", "|": "&"}
NAMES = {"min": "max", "minimum": "maximum", "argmin": "argmax", "floor": "ceil", "any": "all", "zeros": "ones"}
NAMES |= {new: old for old, new in NAMES.items()}
EITHER_WAY = ("strict", "stacklevel")  # keywords that only guard against mistakes
DIGITS = re.compile(r"(?<=\.)\d(?=[efg]\})")  # of a format such as {value:.3g}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: text[start:end] becomes `new`."""

    file: str
    line: int
    function: int  # line of the innermost def around it; 0: the module itself
    start: int
    end: int
    old: str
    new: str

    def applied(self, text: str) -> str:
        return text[: self.start] + self.new + text[self.end :]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {shown(self.old)} → {shown(self.new)}"


Edit = tuple[int, int, str]


def shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:40]} … {line[-17:]}"


def mutants(text: str, file: str = "") -> list[Mutant]:
    """All mutants of a module, in the order of the text."""
    source = Source(text)
    made = []
    for node, function, wording in walk(source.tree):
        for start, end, new in edits(source, node):
            if not (wording and is_sequence(node)):
                made.append(Mutant(file, source.line(start), function, start, end, text[start:end], new))
    return sorted(made, key=lambda mutant: (mutant.start, mutant.end))


class Source:
    """A text, its tree, and where in the text the nodes stand."""

    def __init__(self, text: str) -> None:
        self.text, self.tree = text, ast.parse(text)
        self._lines = io.StringIO(text).readlines()  # as the tree counts lines
        self._starts = list(accumulate(map(len, self._lines), initial=0))
        self._tokens = [
            (self._starts[token.start[0] - 1] + token.start[1], token.string)
            for token in tokenize.generate_tokens(io.StringIO(text).readline)
            if token.type in (tokenize.OP, tokenize.NAME) and token.string not in "()"
        ]

    def span(self, node: Any) -> tuple[int, int]:
        return self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno, node.end_col_offset)

    def of(self, node: Any) -> str:
        start, end = self.span(node)
        return self.text[start:end]

    def between(self, left: ast.AST, right: ast.AST) -> tuple[int, int]:
        """Where the operator between two operands stands."""
        low, high = self.span(left)[1], self.span(right)[0]
        tokens = self._tokens[bisect_left(self._tokens, (low, "")) : bisect_left(self._tokens, (high, ""))]
        return tokens[0][0], tokens[-1][0] + len(tokens[-1][1])

    def line(self, offset: int) -> int:
        return bisect_left(self._starts, offset + 1)

    def _offset(self, line: int, column: int) -> int:
        """A place in the text; the tree counts columns in bytes of UTF-8."""
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode())


def walk(node: ast.AST, function: int = 0, wording: bool = False) -> Iterator[tuple[ast.AST, int, bool]]:
    """What may be changed: each node, the line of its function, and whether it words an error."""
    if left_alone(node):
        return
    yield node, function, wording
    if isinstance(node, ast.JoinedStr):  # places inside it are known only from Python 3.12 on
        return
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            yield from walk(default, function)
        function = node.lineno
        children: Iterable[ast.AST] = node.body
    elif isinstance(node, ast.ClassDef):
        children = node.body
    elif isinstance(node, ast.AnnAssign):
        children = filter(None, (node.target, node.value))
    else:
        children = ast.iter_child_nodes(node)
    for child in children:
        yield from walk(child, function, wording or isinstance(node, ast.Raise))


def left_alone(node: ast.AST) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Assert() | ast.Expr(ast.Constant()):
            return True
        case ast.If(ast.Name("TYPE_CHECKING")) | ast.Subscript(ast.Name("Literal")):
            return True
        case ast.Assign([ast.Name("__all__")]):
            return True
        case ast.Assign([ast.Name(name)], ast.Subscript() | ast.BinOp()):  # an alias of a type
            return name[0].isupper() and not name.isupper()
        case ast.keyword(arg):
            return arg in EITHER_WAY
        case ast.Expr(ast.Call(ast.Attribute(ast.Name("log" | "logger" | "logging")))):
            return True
    return False


def edits(source: Source, node: ast.AST) -> Iterator[Edit]:
    for kind, rule in RULES.items():
        if isinstance(node, kind):
            yield from rule(source, node)


def comparison(source: Source, node: ast.Compare) -> Iterator[Edit]:
    for left, right in pairwise((node.left, *node.comparators)):
        start, end = source.between(left, right)
        yield start, end, COMPARISONS[" ".join(source.text[start:end].split())]


def arithmetic(source: Source, node: ast.BinOp) -> Iterator[Edit]:
    start, end = source.between(node.left, node.right)
    if source.text[start:end] in ARITHMETIC and not (is_sequence(node.left) or is_sequence(node.right)):
        yield start, end, ARITHMETIC[source.text[start:end]]


def is_sequence(node: ast.AST) -> bool:
    """Text or a list, for which only + and * exist: every run would end at the first change."""
    if isinstance(node, ast.BinOp):
        return is_sequence(node.left) or is_sequence(node.right)
    text = isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    return text or isinstance(node, ast.JoinedStr | ast.List | ast.Tuple | ast.ListComp)


def both_or_one(source: Source, node: ast.BoolOp) -> Iterator[Edit]:
    for left, right in pairwise(node.values):
        yield *source.between(left, right), "or" if isinstance(node.op, ast.And) else "and"


def sign(source: Source, node: ast.UnaryOp) -> Iterator[Edit]:
    if not isinstance(node.op, ast.UAdd):
        yield *source.span(node), source.of(node.operand)


def condition(source: Source, node: ast.If | ast.IfExp | ast.comprehension) -> Iterator[Edit]:
    for test in node.ifs if isinstance(node, ast.comprehension) else [node.test]:
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            continue  # `sign` drops its not
        if isinstance(test, ast.Compare) and not isinstance(test.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE):
            continue  # `comparison` turns it round
        yield *source.span(test), f"not ({source.of(test)})"


def constant(source: Source, node: ast.Constant) -> Iterator[Edit]:
    start, end = source.span(node)
    match node.value:
        case bool():
            yield start, end, str(not node.value)
        case int():
            yield start, end, str(node.value + 1)
        case float():
            yield start, end, repr(2 * node.value or 1.0)
        case str() | bytes():
            yield from characters(source, node)


def characters(source: Source, node: ast.Constant | ast.JoinedStr) -> Iterator[Edit]:
    """One glyph becomes another, a last digit (of a colour, of a name) the next one, other text is longer by an x."""
    start, end = source.span(node)
    literal = source.of(node)
    quote = literal[-3:] if literal.endswith(('"""', "'''")) and len(literal) > 5 else literal[-1]
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and len(node.value) == 1:
        prefix = "b" if isinstance(node.value, bytes) else ""
        yield start, end, prefix + ('"+"' if node.value not in ("+", b"+") else '"-"')
        return
    before = literal.removesuffix(quote)
    longer = before[:-1] + next_digit(before[-1]) if before[-1].isdecimal() else before + "x"
    yield start, end, longer + quote
    if isinstance(node, ast.JoinedStr):
        for digit in DIGITS.finditer(literal):
            yield start + digit.start(), start + digit.end(), next_digit(digit[0])


def next_digit(digit: str) -> str:
    return str((int(digit) + 1) % 10)


def call(source: Source, node: ast.Call) -> Iterator[Edit]:
    name = source.of(node.func).rpartition(".")[2]
    if name in NAMES:
        end = source.span(node.func)[1]
        yield end - len(name), end, NAMES[name]
    for first, second in pairwise(node.args):
        if isinstance(first, ast.Name) and isinstance(second, ast.Name) and first.id != second.id:
            (start, low), (high, end) = source.span(first), source.span(second)
            yield start, end, f"{second.id}{source.text[low:high]}{first.id}"


def bounds(source: Source, node: ast.Slice) -> Iterator[Edit]:
    for bound in filter(None, (node.lower, node.upper)):
        if not isinstance(bound, ast.Constant):
            yield *source.span(bound), f"({source.of(bound)}) + 1"
        elif isinstance(bound.value, int) and bound.value > 0:
            yield *source.span(bound), str(bound.value - 1)


def statement(source: Source, node: ast.stmt) -> Iterator[Edit]:
    match node:
        case ast.Break() | ast.Expr(ast.Call()):
            yield *source.span(node), "pass"
        case ast.Continue():
            yield *source.span(node), "break"
        case ast.Assign([ast.Subscript()]):
            yield *source.span(node), "pass"
        case ast.AugAssign():
            yield *source.span(node), "pass"
            start, end = source.between(node.target, node.value)
            operator = source.text[start : end - 1]
            if operator in ARITHMETIC and not is_sequence(node.value):
                yield start, end - 1, ARITHMETIC[operator]


RULES: dict[type[ast.AST] | Any, Callable[..., Iterator[Edit]]] = {
    ast.Compare: comparison,
    ast.BinOp: arithmetic,
    ast.BoolOp: both_or_one,
    ast.UnaryOp: sign,
    ast.If | ast.IfExp | ast.comprehension: condition,
    ast.Constant: constant,
    ast.JoinedStr: characters,
    ast.Call: call,
    ast.Slice: bounds,
    ast.stmt: statement,
}
