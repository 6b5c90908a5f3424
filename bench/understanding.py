"""Our reader beside off-the-shelf matching, on the same lines in the same run: `python -m bench.understanding`.

Peers: BM25 over rjieba words (rank-bm25), bm25s over the same words, TF-IDF over characters (scikit-learn). Each picks
the topic of the highest-scoring document, and refuses below a threshold, chosen so that the worse of the two shares,
right and refused, is best on the 115 given lines. A document is the topic's provisions and title; in the rows
"+ examples" also every phrasing known to our reader. The peers answer with the picked topic's clauses, or name the gap
for a topic without provisions.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import quantiles
from time import process_time

import bm25s
import numpy
import rjieba
from rank_bm25 import BM25Okapi
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.questions import examples, lines
from rules.catalogue.load import load, packaged_folder
from rules.edition import Coverage, Edition, Topic
from rules.reading import AnswerKind, Part, Reading
from rules.understanding import Understanding
from rules.understanding.evaluation import Scorecard, evaluate, labelled

TUNED_ON, REPORTED = "dev", "report"
Scores = Callable[[str], Sequence[float]]
Rank = Callable[[list[str]], Scores]


@dataclass(frozen=True)
class Row:
    """A line of the table: figures of a matcher, and the 99th percentile of processor time in milliseconds."""

    name: str
    card: Scorecard
    p99_ms: float

    def __str__(self) -> str:
        card = self.card
        shares = (card.right, card.refused, card.gaps_named, card.choices, card.excess)
        figures = " | ".join("-" if share is None else f"{float(share):.1%}" for share in shares)
        return f"| {self.name} | {figures} | {self.p99_ms:.2f} |"


def bm25(documents: list[str]) -> Scores:
    index = BM25Okapi([_words(document) for document in documents])
    return lambda question: index.get_scores(_words(question))


def bm25_sparse(documents: list[str]) -> Scores:
    index = bm25s.BM25()
    index.index([_words(document) for document in documents], show_progress=False)
    return lambda question: index.get_scores(_words(question)) if _words(question) else numpy.zeros(len(documents))


def characters(documents: list[str]) -> Scores:
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    index = vectors.fit_transform(documents)
    return lambda question: (index @ vectors.transform([question]).T).toarray().ravel()


def _words(text: str) -> list[str]:
    return [word for word in rjieba.cut(text.lower(), hmm=False) if word.strip()]


def documents(edition: Edition, *, with_examples: bool) -> list[tuple[Topic, str]]:
    """Each topic with the text to search."""
    shared = examples() if with_examples else {}
    return [
        (
            topic,
            "\n".join(
                (topic.title, *_texts(edition, topic), *(topic.asks if with_examples else ()), shared.get(topic.id, ""))
            ),
        )
        for topic in edition.topics
        if topic.coverage is not Coverage.CHAT and (with_examples or topic.clauses)
    ]


def _texts(edition: Edition, topic: Topic) -> list[str]:
    return [edition.clause(clause).text for clause in topic.clauses]


def peer(edition: Edition, rank: Rank, *, with_examples: bool) -> Callable[[str], Reading]:
    """A reader by best document, with the threshold tuned on the lines of TUNED_ON."""
    found = documents(edition, with_examples=with_examples)
    scores = rank([text for _, text in found])
    best = {question.q: float(max(scores(question.q))) for question in labelled(lines(TUNED_ON))}

    def worse(threshold: float) -> float:
        card = evaluate(edition, lines(TUNED_ON), lambda text: _picked(found, scores(text), threshold))
        return float(min(card.right or 0, card.refused or 0))

    threshold = max(sorted(set(best.values())), key=worse)
    return lambda text: _picked(found, scores(text), threshold)


def _picked(found: list[tuple[Topic, str]], scores: Sequence[float], threshold: float) -> Reading:
    place = int(numpy.argmax(scores))
    topic = found[place][0]
    if scores[place] < threshold or topic.coverage is Coverage.OUTSIDE:
        return Reading(kind=AnswerKind.OUT_OF_SCOPE)
    kind = AnswerKind.NOT_COVERED if topic.coverage is Coverage.GAP else AnswerKind.ANSWER
    return Reading(kind=kind, parts=(Part(topic=topic.id, clauses=topic.clauses),))


def measured(name: str, edition: Edition, read: Callable[[str], Reading]) -> Row:
    """The figures of a reader on the reported lines."""
    taken_ms: list[float] = []

    def timed(text: str) -> Reading:
        begun = process_time()
        reading = read(text)
        taken_ms.append((process_time() - begun) * 1000)
        return reading

    evaluate(edition, lines(REPORTED), timed)
    taken_ms.clear()
    card = evaluate(edition, lines(REPORTED), timed)
    return Row(name, card, quantiles(taken_ms, n=100)[98])


def main() -> None:
    edition = load(packaged_folder()).edition("2022-10-10")
    peers = {"BM25 + jieba": bm25, "bm25s + jieba": bm25_sparse, "character TF-IDF": characters}
    print(f"{len(lines(REPORTED))} lines of {REPORTED}.jsonl, thresholds of the peers tuned on {TUNED_ON}.jsonl\n")
    print("| matcher | right | refused | gaps named | choices | excess | p99 ms |\n|---|---|---|---|---|---|---|")
    print(measured("ours", edition, Understanding(edition).read))
    for with_examples in (False, True):
        for name, rank in peers.items():
            full = f"{name} + examples" if with_examples else name
            print(measured(full, edition, peer(edition, rank, with_examples=with_examples)))


if __name__ == "__main__":
    main()
