"""Every action that the log may hold has a name for its readers."""

from flask import Flask

from app.audit.events import Action
from app.pages.account.acts import told
from app.web import language


def test_every_action_has_a_name() -> None:
    app = Flask(__name__)
    language.install(app)
    with app.test_request_context("/"):
        app.preprocess_request()
        assert [action for action in Action if told(action) == action] == []
        assert told("of.tomorrow") == "of.tomorrow"
