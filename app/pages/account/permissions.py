"""Every address of the portal with who may use it, as the routes declare it, and which role has which right."""

from collections.abc import Mapping

from flask import Blueprint, Response, current_app

from app.accounts.model import RIGHTS, Right, Role
from app.web.language import gettext as _
from app.web.pages import page
from app.web.permissions import ACCOUNT_PATH, Access, Route, declared, needs, signed_in

blueprint = Blueprint("account_permissions", __name__)


@blueprint.get(f"{ACCOUNT_PATH}/permissions")
@signed_in
@needs(Right.READ_AUDIT)
def listing() -> Response:
    routes = declared(current_app)
    groups = [(name, [_line(route) for route in routes if route.access is access]) for access, name in _names().items()]
    rights = [(right, [role in _roles(right) for role in Role]) for right in Right]
    return page("account/permissions.html", groups=groups, roles=_roles_named(), rights=rights)


def _roles_named() -> list[tuple[Role, str]]:
    names = {
        Role.DATA_USER: _("利用主体"),
        Role.DATA_SUBJECT: _("数据主体"),
        Role.PUBLISHER: _("开放主体"),
        Role.AUTHORITY: _("主管部门"),
        Role.OPERATOR: _("平台管理机构"),
    }
    return [(role, names[role]) for role in Role]


def _names() -> Mapping[Access, str]:
    return {
        Access.PUBLIC: _("人人可用"),
        Access.ACCOUNT: _("登录后可用"),
        Access.OPERATOR: _("平台管理入口"),
        Access.TOKEN: _("凭访问令牌"),
    }


def _line(route: Route) -> tuple[str, str, str]:
    """Methods, address, and which rights it takes, of which one is enough."""
    return " ".join(route.methods), route.rule, " / ".join(route.needs)


def _roles(right: Right) -> frozenset[Role]:
    return frozenset(role for role, rights in RIGHTS.items() if right in rights)
