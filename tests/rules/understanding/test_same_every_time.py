"""A reading depends on the text and the edition alone, not on the order of sets in a process."""

import os
import subprocess
import sys
from pathlib import Path

QUESTIONS = Path(__file__).parents[2] / "questions" / "report.jsonl"
READ_ALL = """
import json, sys
from rules.catalogue.load import load, packaged_folder
from rules.understanding import Understanding
from rules.understanding.utterance import one_writing
reader = Understanding(load(packaged_folder()).edition("2022-10-10"))
for line in list(open(sys.argv[1], encoding="utf-8"))[::4]:
    print(reader.read(json.loads(line)["q"]).model_dump_json())
print(reader.read("为什么达人看不见我的商品").model_dump_json())
print(one_writing("zhenshi laoshi nage"))  # each is the pinyin of two words
"""


def read_all(seed: int) -> str:
    run = subprocess.run(
        [sys.executable, "-c", READ_ALL, str(QUESTIONS)],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout


def test_every_process_reads_alike() -> None:
    assert read_all(0) == read_all(1) != ""
