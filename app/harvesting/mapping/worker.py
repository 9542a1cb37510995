"""
Reads one document for the mapping screen in a process of its own, which gave up its memory and time before: a workbook
or a JSON of a stranger may ask for more of both than there is.

    python -m app.harvesting.mapping.worker
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from app.harvesting.mapping.looking import looked
from app.harvesting.mapping.model import MEMORY_LIMIT_MB, TIME_LIMIT_S, Asked, Failed, Look, Preview
from app.harvesting.mapping.previewing import previewed
from app.sandbox import confine
from harvest.errors import SourceFailed
from harvest.source import Document


def answer(asked: Asked) -> Look | Preview | Failed:
    try:
        if asked.what == "preview":
            return previewed(asked)
        document = Document(Path(asked.path), asked.name, asked.content_type, asked.address)
        return looked(document, asked.mapping, asked.focus)
    except SourceFailed as failure:
        return Failed(failure.zh, failure.en)
    except (MemoryError, RecursionError):
        return Failed("文档过大或嵌套过深，无法读取。", "The document is too large, or nests too deep.")


def main() -> None:
    confine(MEMORY_LIMIT_MB, TIME_LIMIT_S)
    outcome = answer(Asked(**json.loads(sys.stdin.buffer.read())))
    said = json.dumps({"kind": type(outcome).__name__, "said": asdict(outcome)}, ensure_ascii=True)
    sys.stdout.write(said)


if __name__ == "__main__":
    main()
