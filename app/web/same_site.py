"""
Whether a form was sent from a page of ours. Forms here need no account and no cookie, so all that a foreign page could
do is to have its visitors write in their own name; browsers say where a request comes from, and that is enough.
"""

from urllib.parse import urlsplit

from flask import request

_OURS = frozenset({"same-origin", "none"})


def is_from_here() -> bool:
    """
    By Sec-Fetch-Site, which no page can forge, else by Origin. What sends neither is no browser, and nobody's hand was
    led (https://words.filippo.io/csrf/).
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in _OURS
    if origin := request.headers.get("Origin"):
        try:
            return urlsplit(origin).netloc == request.host
        except ValueError:  # no address, so not ours
            return False
    return True
