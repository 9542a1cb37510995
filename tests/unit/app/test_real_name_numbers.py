"""Which numbers can be somebody's, and what of a claim may be seen."""

from datetime import date

import pytest

from app.accounts.realname.model import Claim, Kind
from app.accounts.realname.numbers import checked
from app.errors import Invalid

TODAY = date(2026, 11, 1)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def persons(first: str) -> str:
    """Seventeen digits with the check character that the table of GB 11643 gives."""
    total = sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True))
    return first + "10X98765432"[total % 11]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("11010519491231002X", "11010519491231002X"),  # both stand in the standard
        ("440524188001010014", "440524188001010014"),
        (" 110105 19491231 002x\n", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        (persons("81000019900101001"), persons("81000019900101001")),  # a resident of Hong Kong
        (persons("91115619800101001"), persons("91115619800101001")),  # a foreigner
    ],
)
def test_a_persons_number_is_taken_as_people_type_it(typed: str, kept: str) -> None:
    assert checked(Kind.PERSON, typed, "张三", TODAY) == Claim(Kind.PERSON, kept, "张三")


@pytest.mark.parametrize(
    "number",
    [
        "",
        "110105194912310021",
        "11010519491231002",
        "11010519491231002XX",
        "110105491231002",  # of fifteen digits, until 2013
        persons("11010519990230001"),
        persons("11010520270101001"),  # not born yet
        persons("11010518791231001"),
        persons("01010519491231002"),
        "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X",
        "1101051949123100\u0000X",
        "\ufdfa" * 100,
        "9" * 1_000_000,
        "91350100M000100Y43",
    ],
)
def test_what_can_be_no_persons_number_is_refused_in_words_that_do_not_repeat_it(number: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(Kind.PERSON, number, "张三", TODAY)
    assert not number or number not in refused.value.zh + refused.value.en


@pytest.mark.parametrize("code", ["91350100M000100Y43", "114401000074823378", " 91350100m000100y43 "])
def test_an_organisations_code_is_taken(code: str) -> None:
    assert checked(Kind.ORGANISATION, code, "广州公交集团", TODAY).number == code.strip().upper()


@pytest.mark.parametrize("code", ["91350100M000100Y44", "91350100I000100Y43", "11010519491231002X", ""])
def test_what_can_be_no_code_is_refused(code: str) -> None:
    with pytest.raises(Invalid):
        checked(Kind.ORGANISATION, code, "广州公交集团", TODAY)


@pytest.mark.parametrize("name", ["", " 张 ", "张" * 101, "张\u0000三", "张\u202e三", "张3", "x" * 10_000])
def test_a_name_is_what_stands_on_a_card(name: str) -> None:
    with pytest.raises(Invalid):
        checked(Kind.PERSON, "11010519491231002X", name, TODAY)


@pytest.mark.parametrize(
    ("claim", "number", "name"),
    [
        (Claim(Kind.PERSON, "44010619900101123X", "张三"), "4401**********123X", "*三"),
        (Claim(Kind.PERSON, "44010619900101123X", "阿卜杜拉·买买提"), "4401**********123X", "*******提"),
        (Claim(Kind.ORGANISATION, "91350100M000100Y43", "广州公交集团有限公司"), "9135**********0Y43", "广州****公司"),
        (Claim(Kind.ORGANISATION, "91350100M000100Y43", "甲乙"), "9135**********0Y43", "甲****乙"),
    ],
)
def test_what_is_shown_hides_the_county_the_birthday_and_the_surname(claim: Claim, number: str, name: str) -> None:
    assert (claim.masked_number, claim.masked_name) == (number, name)


def test_a_claim_that_is_printed_tells_nothing() -> None:
    claim = Claim(Kind.PERSON, "44010619900101123X", "张三")
    for printed in (repr(claim), str(claim), f"{claim}"):
        assert "4401" not in printed
        assert "三" not in printed
