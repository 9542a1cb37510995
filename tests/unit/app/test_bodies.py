from app.web.bodies import Bodies


def test_a_body_is_made_once_for_a_state_and_anew_for_the_next() -> None:
    made: list[str] = []
    bodies = Bodies()

    def get(state: int, key: str) -> bytes:
        return bodies.get(state, key, lambda: made.append(f"{state}{key}") or f"{state}{key}".encode())

    assert [get(1, "a"), get(1, "a"), get(1, "b"), get(2, "a"), get(2, "a")] == [b"1a", b"1a", b"1b", b"2a", b"2a"]
    assert made == ["1a", "1b", "2a"]


def test_a_body_that_was_made_while_the_state_changed_is_not_kept() -> None:
    bodies = Bodies()

    def slow() -> bytes:
        bodies.get(2, "a", lambda: b"new")
        return b"old"

    assert bodies.get(1, "a", slow) == b"old"
    assert bodies.get(2, "a", lambda: b"never made") == b"new"


def test_the_least_used_go_when_there_are_too_many_bytes() -> None:
    bodies = Bodies(10)
    for key in "abc":
        bodies.get(1, key, lambda: b"1234")
    assert bodies.get(1, "c", lambda: b"made anew") == b"1234"
    assert bodies.get(1, "a", lambda: b"made anew") == b"made anew"
    assert bodies.get(1, "large", lambda: b"x" * 100) == b"x" * 100
    assert bodies.get(1, "large", lambda: b"made anew") == b"made anew"


def test_what_fails_is_not_kept() -> None:
    bodies = Bodies()

    def fail() -> bytes:
        raise ValueError

    for _ in range(2):
        try:
            bodies.get(1, "a", fail)
        except ValueError:
            continue
        raise AssertionError
    assert bodies.get(1, "a", lambda: b"well") == b"well"
