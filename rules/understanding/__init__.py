"""A message → a `Reading`: topics with the figures to judge and the clauses to quote, or no answer.

    utterance        a message in one writing, with the concepts and numbers named
    clauses          the questions of a message
    topic_match      the topics whose patterns explain a question best; phrasings, where none does
    second_opinion   whether that stands beside what the weights of opinion say
    told             what is told of a shop, said of the rules and asked, for the sentence above the quotes
    provisions       the clauses for a topic, chosen by the figures, and all answers as one reading
    budget           how much of a message is read

`Understanding(edition).read(text)` is pure, reads the two ends of a long text, and raises nothing but `TooLong`.
"""

from rules.understanding.budget import TooLong
from rules.understanding.reader import Understanding

__all__ = ["TooLong", "Understanding"]
