import pytest

from shapes import uscc


@pytest.mark.parametrize(
    "code",
    [
        "91110000802100433B",  # printed in annual reports
        "914403001922038216",
        "9144030071526726XG",
        "11440100MB2D5EX013",
        "N2440100MF12345X7G",  # letters occur in the first place too
    ],
)
def test_a_code_whose_last_character_checks_the_others_is_valid(code: str) -> None:
    assert uscc.is_valid(code)
    assert code[17] == uscc.check_character(code[:17])


@pytest.mark.parametrize(
    "code",
    [
        "",
        "91110000802100433A",
        "91110000802100433",
        "91110000802100433BB",
        "91110000802100433b",
        "9111000080210043OB",  # O is no character of a code
        "９1110000802100433B",
        "91110000802100433B\n",
    ],
)
def test_anything_else_is_not(code: str) -> None:
    assert not uscc.is_valid(code)


@pytest.mark.parametrize("place", range(18))
def test_one_wrong_character_is_noticed_wherever_it_stands(place: int) -> None:
    code = "91110000802100433B"
    others = [c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if c != code[place]]
    assert not any(uscc.is_valid(code[:place] + other + code[place + 1 :]) for other in others)


def test_two_neighbours_that_change_places_are_noticed() -> None:
    assert not uscc.is_valid("19110000802100433B")


def test_a_check_character_is_computed_for_seventeen_characters_only() -> None:
    with pytest.raises(ValueError, match="17 characters"):
        uscc.check_character("1234")
