"""What audit rows' actions are called. One that is not here yet is shown as the word that the row holds."""

from app.audit.events import Action
from app.web.language import gettext as _


def told(action: str) -> str:
    """An action in the reader's language."""
    names = {
        Action.DATASET_PUBLISHED: _("发布数据集"),
        Action.DATASET_CHANGED: _("更新数据集"),
        Action.DATASET_HELD: _("暂缓发布"),
        Action.DATASET_WITHDRAWN: _("撤回数据集"),
        Action.DATA_REQUESTED: _("收到数据需求"),
        Action.SOURCE_ADDED: _("添加来源"),
        Action.SOURCE_MAPPED: _("更改映射"),
        Action.SOURCE_PLANNED: _("更改采集计划"),
        Action.HARVEST_WANTED: _("要求采集"),
        Action.HARVEST_CANCELLED: _("取消采集"),
        Action.DELETION_CONFIRMED: _("批准删除"),
        Action.DELETION_REJECTED: _("驳回删除"),
        Action.DUPLICATES_APART: _("标记为不同的数据集"),
        Action.RECORDS_RETRIED: _("重试隔离的记录"),
        Action.ACCOUNT_CONFIRMED: _("开通账号"),
        Action.ACCOUNT_ERASED: _("注销账号"),
        Action.PASSWORD_CHANGED: _("更改密码"),
        Action.ROLES_GRANTED: _("设定角色"),
        Action.RATED: _("评分"),
        Action.RATING_WITHDRAWN: _("撤回评分"),
        Action.OPERATOR_LINK_MADE: _("生成管理入口链接"),
        Action.OPERATOR_ENTERED: _("进入管理页面"),
        Action.OPERATOR_LEFT: _("退出管理页面"),
        Action.OPERATOR_REVOKED: _("作废管理入口"),
    }
    return {str(known): name for known, name in names.items()}.get(action, action)
