"""统一社会信用代码, the unified social credit code of an organisation (GB 32100-2015)."""

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""31 characters; I, O, S, V and Z are left out. A character counts what its place here is."""
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


def is_valid(code: str) -> bool:
    """True for 18 characters in upper case whose last one checks the others. Letters may stand in any place."""
    if len(code) != 18 or any(character not in _ALPHABET for character in code):
        return False
    return code[17] == check_character(code[:17])


def check_character(body: str) -> str:
    """The 18th character that belongs to these 17 (GB 32100-2015, clause 5). Raises ValueError for other text."""
    if len(body) != 17:
        raise ValueError("a unified social credit code has 17 characters before the check character")
    total = sum(_ALPHABET.index(character) * weight for character, weight in zip(body, _WEIGHTS, strict=True))
    return _ALPHABET[-total % 31]
