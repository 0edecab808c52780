"""Labels from a document's own words: what records of one label say more often tells the label of the next.

A small model labels a short record right four times in five; the words that its records share correct it, and
label records that no model has read (docs/experiments.md). It is a naive Bayes classifier that learns from its own
labels, weighted by how sure they are (Nigam and others 2000, "Text classification from labeled and unlabeled
documents using EM"). No list of words and no language is built in. Limits: words are runs of letters and digits,
so text without spaces between words is left to the model; labels that no word in common tells are, too.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

ROUNDS = 3
"""With more, words lead the labels of a long text away from what the model said."""
WORDS_WEIGHT = 0.4
"""Words of a record do not occur independently of each other, as the classifier takes them to."""
SMOOTHING = 0.1
"""Share of a label's records that a word is taken to be seen in as often as in all. A number of records instead
would give rare words to the label with fewest."""
CALIBRATION = 0.25
"""Share of a prompt's liking for all records alike that is taken off. Taking a label's mean score off instead, as
"batch calibration" does (Zhou and others 2023), spoils the labels where most records have the same one."""
FEW = 5.0
"""Records of a label below which its prompt's liking is hardly known."""
STEM_LETTERS = 6

_WORD = re.compile(r"[^\W_]+")


def spread_labels(scores: Sequence[Sequence[float] | None], texts: Sequence[str]) -> list[list[float]]:
    """Return how probable each label of each record is, from a model's scores and the words of all records.

    A score is a log-probability up to a constant of the record; None stands for a record that no model has read.
    At least one must have been read.
    """
    import numpy as np

    labels = max(len(score) for score in scores if score is not None)
    told = np.array([[0.0] * labels if score is None else score for score in scores])
    read = np.array([score is not None for score in scores])[:, None]
    words = _Words(texts)
    chances = _softmax(told) * read
    for _ in range(ROUNDS):
        calibrated = told - read * CALIBRATION * _liking(told, chances * read)
        chances = _softmax(calibrated + WORDS_WEIGHT * words.evidence(chances))
    return [[float(chance) for chance in row] for row in chances]


def _liking(scores: "Numbers", chances: "Numbers") -> "Numbers":
    """Return how far each label's prompt likes all records better than the others do.

    Between two labels that is the middle of the mean differences of their scores over the records of each, however
    many records each has.
    """
    import numpy as np

    sizes = chances.sum(axis=0)
    means = chances.T @ scores / np.maximum(sizes, 1e-9)[:, None]
    ahead = np.diag(means)[:, None] - means
    known = np.minimum(1.0, sizes / FEW)
    liking: Numbers = ((ahead - ahead.T) / 2 * np.minimum.outer(known, known)).sum(axis=1) / len(sizes)
    return liking


class _Words:
    """Which words each record has, as pairs of a record's and a word's number."""

    def __init__(self, texts: Sequence[str]) -> None:
        import numpy as np

        sets = [{word[:STEM_LETTERS] for word in _WORD.findall(text.lower())} for text in texts]
        counts = Counter(word for words in sets for word in words)
        numbers = {word: number for number, word in enumerate(word for word in counts if counts[word] > 1)}
        pairs = [(at, numbers[word]) for at, words in enumerate(sets) for word in words if word in numbers]
        self._count = len(texts)
        self._records = np.array([record for record, _ in pairs], np.intp)
        self._words = np.array([word for _, word in pairs], np.intp)
        seen = np.bincount(self._words, minlength=len(numbers))
        self._expected = (seen + 1)[self._words] / (len(texts) + 2)

    def evidence(self, chances: "Numbers") -> "Numbers":
        """Return each record's log-likelihood under each label, learnt from all other records."""
        import numpy as np

        return np.stack([self._of_label(column) for column in chances.T], axis=1)

    def _of_label(self, chances: "Numbers") -> Any:
        import numpy as np

        own = chances[self._records]
        having = np.bincount(self._words, weights=own)[self._words]
        others = chances.sum() - own
        smoothing = SMOOTHING * others + 1e-3
        likelihood = (having - own + smoothing * self._expected) / (others + smoothing)
        return np.bincount(self._records, weights=np.log(likelihood), minlength=self._count)


def _softmax(scores: "Numbers") -> "Numbers":
    import numpy as np

    weights: Numbers = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Numbers = weights / weights.sum(axis=1, keepdims=True)
    return chances
