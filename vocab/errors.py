"""The one exception of this package."""


class RdfError(ValueError):
    """
    A document that cannot be read or written, said in Chinese and English with what to do about it.

    `line` and `column` count from 1 and are None where the parser does not tell them.
    """

    def __init__(self, reason_zh: str, reason_en: str, *, line: int | None = None, column: int | None = None) -> None:
        place_zh = f"第 {line} 行" + (f"第 {column} 列" if column else "") + "：" if line else ""
        place_en = f"line {line}" + (f", column {column}" if column else "") + ": " if line else ""
        self.reason_zh = place_zh + reason_zh
        self.reason_en = place_en + reason_en
        self.line = line
        self.column = column
        super().__init__(f"{self.reason_zh} / {self.reason_en}")
