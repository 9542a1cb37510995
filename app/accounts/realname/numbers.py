"""
The two numbers that say who somebody is, and the name beside them. A check digit refuses what can't be one; that it is
somebody's own is for a verifier to say. No error repeats what was typed.
"""

import re
import unicodedata
from datetime import date

from stdnum.cn import ric

from app.accounts.realname.model import Claim, Kind
from app.errors import Invalid
from harvest.record import valid_uscc

_MAX_TYPED = 100
MAX_NAME_CHARACTERS = 100
_FIRST_YEAR = 1880
_PERSON = re.compile(r"[1-9][0-9]{16}[0-9X]")


def checked(kind: Kind, number: str, name: str, today: date) -> Claim:
    """A claim as it is kept: the number in half-width capitals without blanks. Raises `Invalid`."""
    number = "".join(unicodedata.normalize("NFKC", number[:_MAX_TYPED]).upper().split())
    if kind is Kind.PERSON and not _is_persons(number, today):
        raise Invalid(
            "公民身份号码不正确：应为 18 位，请对照证件检查每一位。",
            "That is no resident identity number: it has 18 characters; check each against the card.",
        )
    if kind is Kind.ORGANISATION and not valid_uscc(number):
        raise Invalid(
            "统一社会信用代码不正确：应为 18 位，请对照证照检查每一位。",
            "That is no unified social credit code: it has 18 characters; check each against the licence.",
        )
    return Claim(kind, number, _checked_name(kind, name))


def _is_persons(number: str, today: date) -> bool:
    """
    GB 11643: place, day of birth, order, and a check character by ISO 7064 MOD 11-2. Whether there is such a place is
    not asked: residents of Hong Kong, Macao and Taiwan and foreigners have numbers of places that lists leave out.
    """
    if not _PERSON.fullmatch(number) or ric.calc_check_digit(number) != number[-1]:
        return False
    try:
        born = ric.get_birth_date(number)
    except ric.ValidationError:
        return False
    return date(_FIRST_YEAR, 1, 1) <= born <= today


def _checked_name(kind: Kind, name: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", name[: 3 * MAX_NAME_CHARACTERS]).split())
    is_said = 2 <= len(name) <= MAX_NAME_CHARACTERS and name.isprintable()
    if not is_said or (kind is Kind.PERSON and any(character.isdigit() for character in name)):
        raise Invalid(
            f"请按证件或证照填写姓名或名称，2 到 {MAX_NAME_CHARACTERS} 个字符。",
            f"Give the name as it stands on the card or the licence, in 2 to {MAX_NAME_CHARACTERS} characters.",
        )
    return name
