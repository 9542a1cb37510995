"""
Templates with their constants already in them: each language has its own environment, in which `_("…")`, names that
never change and addresses of assets were replaced by what they stand for when the template was compiled. A page says
fifty messages; looking them up costs more than all else in it.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

from flask import Flask, current_app
from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from app.i18n import LANGUAGES, Language
from app.web import language

_EXTENSION = "suishu.templates"


class _Translator(NodeTransformer):
    """
    Replaces calls of `_`, `pgettext` and `asset` with nothing but constants, and the portal's `root`; calls with
    variables stay calls.
    """

    def __init__(self, app: Flask, reader: Language) -> None:
        self._messages = language.messages(reader)
        self._root = escape(app.jinja_env.globals["root"])
        self._asset = cast(Callable[[str], str], app.jinja_env.globals["asset"])

    def visit_Name(self, node: nodes.Name) -> nodes.Node:
        return nodes.Const(self._root, lineno=node.lineno) if node.name == "root" and node.ctx == "load" else node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        words = [argument.value for argument in node.args if isinstance(argument, nodes.Const)]
        if len(words) != len(node.args):
            return node
        if node.node.name == "_" and len(words) == 1:
            key = words[0]
        elif node.node.name == "pgettext" and len(words) == 2:
            key = "\x04".join(words)
        elif node.node.name == "asset" and len(words) == 1:
            try:
                return nodes.Const(escape(self._asset(words[0])), lineno=node.lineno)
            except KeyError:  # one that may not be built; the template asks before it calls
                return node
        else:
            return node
        # As Jinja's own gettext does: a message is markup, and %% stands for %.
        text = Markup(self._messages.get(key, words[-1])) % ()  # noqa: S704 (our own words)
        return nodes.Const(text, lineno=node.lineno)


def _environment(app: Flask, reader: Language) -> Environment:
    translator = _Translator(app, reader)

    class Translated(type(app.jinja_env)):  # type: ignore[misc]
        def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
            return cast(nodes.Template, translator.visit(super()._parse(source, name, filename)))

    environment = app.jinja_env.overlay()
    environment.__class__ = Translated

    @lru_cache(maxsize=64)
    def places(here: str) -> Markup:
        return Markup(environment.get_template("parts/places.html").render(here=here))  # noqa: S704 (a template's)

    environment.globals = {**environment.globals, "places": places}
    return environment


def install(app: Flask) -> None:
    app.extensions[_EXTENSION] = {reader.tag: _environment(app, reader) for reader in LANGUAGES}


def render(name: str, context: dict[str, Any]) -> str:
    """A template in the language of this request."""
    app = current_app
    app.update_template_context(context)
    environment: Environment = app.extensions[_EXTENSION][language.current().tag]
    return environment.get_template(name).render(context)
