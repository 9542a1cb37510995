"""Gzipped files: our own dump is one."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from harvest.errors import Refused, SourceFailed
from harvest.fetch.unpack import CHUNK, Bomb, Broken, unpacked
from harvest.source import Document


def gunzipped(document: Document, open_files: ExitStack, max_bytes: int) -> Document:
    """A gzipped document unpacked beside, there until `open_files` close; anything else as it is."""
    if document.head(2) != b"\x1f\x8b":
        return document
    made = tempfile.NamedTemporaryFile(prefix="suishu-unpacked-")  # noqa: SIM115  (closed with the others)
    file = open_files.enter_context(made)
    try:
        for piece in unpacked(_chunks(document.path)):
            file.write(piece)
            if file.tell() > max_bytes:
                raise Bomb
    except Bomb:
        raise Refused(
            f"{document.name} 解压后过大，不是正常的目录文件，已拒绝。请拆分，或提供未压缩的文件。",
            f"{document.name} unpacks to far more than a catalogue would and is refused. Split it, or offer it "
            "uncompressed.",
        ) from None
    except (Broken, OSError) as error:
        raise SourceFailed(
            f"{document.name} 的压缩包已损坏：{error}。", f"{document.name} is a broken archive: {error}."
        ) from None
    file.flush()
    content_type = "" if "gzip" in document.content_type else document.content_type
    return Document(Path(file.name), document.name.removesuffix(".gz"), content_type, document.address)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
