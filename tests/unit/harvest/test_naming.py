"""What a portal alone may say is left out when a record comes in."""

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
