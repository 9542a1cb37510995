"""What an engine or a check says of a record, before it is put into words."""

from typing import NamedTuple

from shapes.terms import Term


class Finding(NamedTuple):
    """`shape` and `component` are IRIs; `value` is None where no single value is at fault."""

    focus: Term
    value: Term | None
    shape: str
    component: str
