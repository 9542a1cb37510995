"""What is asked of an address, and the document that answers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

USER_AGENT = "Suishu-harvester/0.1 (+https://w3id.org/suishu)"


@dataclass(frozen=True, slots=True)
class Question:
    """
    What is asked of an address. `body` is posted as `content_type`. `validator` is what `Fetched.validator` was the
    last time: where nothing has changed since, the answer has no document. `max_bytes` and `seconds` are what is left
    to this request; the fetcher's own limits hold beside.
    """

    accept: str = "*/*"
    body: bytes | None = None
    content_type: str = ""
    validator: str = ""
    max_bytes: int | None = None
    seconds: float | None = None

    @property
    def headers(self) -> dict[str, str]:
        headers = {"User-Agent": USER_AGENT, "Accept": self.accept, "Accept-Encoding": "gzip"}
        if self.body is not None:
            headers["Content-Type"] = self.content_type
        if self.validator:
            is_etag = self.validator.startswith(('"', 'W/"'))
            headers["If-None-Match" if is_etag else "If-Modified-Since"] = self.validator
        return headers


@dataclass
class Fetched:
    """A document that was fetched into a temporary file; closing it (or leaving its `with`) deletes the file."""

    path: Path
    url: str
    """The address that answered, after redirects."""
    content_type: str = ""
    validator: str = ""
    """Its `ETag`, else its `Last-Modified`, else ""."""
    not_modified: bool = False
    """304: what the validator of the question names is what is there; the file is empty."""

    def close(self) -> None:
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
