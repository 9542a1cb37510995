"""Where sources lie: addresses and files, and the names that sources get from them."""

import re
import unicodedata
from pathlib import Path, PurePath
from urllib.parse import urlsplit

from app.errors import Invalid, NotFound


def normalised(location: str) -> str:
    """An address as it is, a path made absolute: the same place is the same source from every folder."""
    if "://" in location:
        return location.strip()
    return str(Path(location).expanduser().resolve())


def refuse_nowhere(location: str) -> None:
    """Raises `NotFound` for a path where nothing is, `Invalid` for one of a folder."""
    if "://" in location:
        return
    path = Path(normalised(location))
    if path.is_dir():
        raise Invalid(
            f"“{location}”是文件夹。请逐个指定其中的目录文件。",
            f'"{location}" is a directory. Name the catalogue files in it, one at a time.',
        )
    if not path.is_file():
        raise NotFound(
            f"没有名为“{location}”的来源，也没有这个文件。", f'There is no source "{location}", and no such file.'
        )


def slug(location: str) -> str:
    """An id for a source at this place, "" where nothing in its name can stand in one."""
    parts = urlsplit(location)
    name = f"{parts.hostname} {PurePath(parts.path).stem}" if parts.hostname else PurePath(location).stem
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-")


def title_of(location: str) -> str:
    parts = urlsplit(location)
    return parts.hostname or PurePath(location).name or location
