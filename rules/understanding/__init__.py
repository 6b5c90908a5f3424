"""An utterance → a `Reading`: its topics, the figures to judge, the clauses to quote, or that there is nothing for it.

    plain · Latin · Wordings · mended     what was typed, in one writing
    numbers · tagged                      the numbers and concepts that it names
    questions · Matcher · Phrasings       the topics that explain it best
    clauses_for                           the provisions, chosen for the figures

`Understanding(edition).read(text)` never raises, is pure, and takes time linear in the text's length.
"""

from rules.understanding.reader import Understanding

__all__ = ["Understanding"]
