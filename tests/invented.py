"""An invented revision as an operator's folder: only the files of the edition are edited, nothing of the code."""

import shutil
from pathlib import Path

from rules.catalogue.load import packaged_folder

NAME = "2027-01-01"
REVISED = {
    "若体验分<3.5分": "若体验分<3.6分",
    "有且仅有3次开通": "有且仅有4次开通",
    "被系统关闭了3次": "被系统关闭了4次",
    "关闭权限次数<3次": "关闭权限次数<4次",
    "入驻成功60天内": "入驻成功90天内",
}
REVISED_DATA = {
    'name = "2022-10-10"': f'name = "{NAME}"',
    "published = 2022-10-10": f"published = {NAME}",
    "checked = 2026-08-22": f"checked = {NAME}",
    "held_from = 2022-10-10\nheld_until = 2023-06-26": f"held_from = {NAME}",
    'limit = "3.5"': 'limit = "3.6"',
    'limit = "3"\n': 'limit = "4"\n',
    "limit = 3\n": "limit = 4\n",
    "within_days = 60": "within_days = 90",
}


def revised(folder: Path) -> Path:
    """The 2022-10-10 edition and, revised, closing below 3.6, four chances, 90 days for new merchants; the folder."""
    original = packaged_folder() / "2022-10-10"
    shutil.copytree(original, folder / "2022-10-10")
    shutil.copytree(original, folder / NAME)
    shutil.copy(packaged_folder() / "history.toml", folder)
    edit(folder / NAME / "source.txt", REVISED)
    edit(folder / NAME / "edition.toml", REVISED | REVISED_DATA)
    return folder


def edit(file: Path, changes: dict[str, str]) -> None:
    """Replace each text by its new one, everywhere in the file."""
    text = file.read_text("utf-8")
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text, "utf-8")
