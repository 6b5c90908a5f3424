"""An utterance → a `Reading`: its topics, the figures to judge, the clauses to quote, or that there is nothing for it.

    utterance        what was typed in one writing, with the numbers and concepts that it names
    clauses          the questions that it asks
    topic_match      the topics whose patterns explain a question best; phrasings, where none does
    provisions       the clauses that answer a topic, chosen for the figures, and the answers as one reading

`Understanding(edition).read(text)` never raises, is pure, and takes time linear in the text's length.
"""

from rules.understanding.reader import Understanding

__all__ = ["Understanding"]
