"""What a portal alone may say is left out when a record comes in."""

from datetime import UTC, date, datetime

from app.feedback import statements as feedback
from app.feedback.model import Correction, Fault, Kind, Post, Standing, State, Wrong
from app.ratings.model import Summary
from app.ratings.statements import described
from harvest.changes import canonical, skolemise

PEER = "https://peer.example"
ID = "abcdefghijklmnop"
DATASET = f"<{PEER}/dataset/{ID}>"
TITLE = f'{DATASET} <http://purl.org/dc/terms/title> "公交" .\n'


def named(ntriples: str) -> bytes:
    return skolemise(canonical(ntriples.encode(), DATASET), ID, source_id="peer", base_url="https://portal.example")


def test_the_ratings_of_another_portal_are_not_taken_over():
    rated = TITLE + described({ID: Summary((0, 0, 1, 2, 3))}, PEER)[ID].decode()
    assert named(rated) == named(TITLE)


def test_what_only_calls_itself_a_rating_takes_nothing_else_away():
    rights = f"{DATASET} <http://purl.org/dc/terms/accessRights> <urn:closed> .\n"
    called = f"{DATASET} <https://schema.org/aggregateRating> <urn:closed> .\n"
    assert named(TITLE + rights + called) == named(TITLE + rights)


def test_what_people_said_on_another_portal_is_not_taken_over():
    at = datetime(2026, 11, 2, tzinfo=UTC)
    reply = Post(4, ID, Kind.REPLY, Standing.SHOWN, at, body="已更正。")
    wrong = Correction(Wrong(Fault.ERROR), State.RECEIVED, date(2026, 11, 23))
    said = [
        Post(1, ID, Kind.COMMENT, Standing.SHOWN, at, body="很好", replies=(reply,)),
        Post(2, ID, Kind.CORRECTION, Standing.SHOWN, at, body="站名有误", correction=wrong),
        Post(3, ID, Kind.USAGE, Standing.SHOWN, at, title="地图", body="出行", link="https://a.example/"),
    ]
    assert named(TITLE + feedback.described({ID: said}, PEER)[ID].decode()) == named(TITLE)


def test_what_only_calls_itself_feedback_takes_nothing_else_away():
    rights = (
        f"{DATASET} <http://purl.org/dc/terms/accessRights> <urn:closed> .\n"
        '<urn:closed> <http://www.w3.org/2000/01/rdf-schema#label> "非开放" .\n'
    )
    called = f"{DATASET} <http://www.w3.org/ns/duv#hasFeedback> <urn:closed> .\n"
    assert named(TITLE + rights + called) == named(TITLE + rights)
