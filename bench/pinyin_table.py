"""Write rules/understanding/pinyin.txt: the usual toneless reading of every GB2312 character, a syllable a line.

pypinyin is a development dependency only (54 MB resident); the bot reads the table. `python -m bench.pinyin_table`.
"""

from collections import defaultdict
from pathlib import Path

from pypinyin import Style, lazy_pinyin

TABLE = Path(__file__).parents[1] / "rules" / "understanding" / "pinyin.txt"


def gb2312() -> list[str]:
    """Every Chinese character of GB2312, in code order."""
    cells = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    return [text for raw in cells if (text := raw.decode("gb2312", "ignore"))]


def main() -> None:
    by_syllable = defaultdict(list)
    for character in gb2312():
        syllable = lazy_pinyin(character, style=Style.NORMAL, v_to_u=False)[0]
        if syllable.isascii() and syllable.isalpha():
            by_syllable[syllable].append(character)
    lines = [f"{syllable} {''.join(by_syllable[syllable])}\n" for syllable in sorted(by_syllable)]
    TABLE.write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main()
