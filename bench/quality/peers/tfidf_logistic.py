"""TF-IDF of words and word pairs, with one logistic regression a threshold between levels."""

import numpy as np
from bench.quality.peers.protocol import Result, Task, run
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

STRENGTH = 10.0


def predict(task: Task) -> Result:
    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2), min_df=3, sublinear_tf=True, stop_words="english"
    )
    x = vectorizer.fit_transform([row.text for row in task.train])
    x_test = vectorizer.transform([row.text for row in task.test])
    axes = {}
    for axis, names in task.axes.items():
        levels = np.array([row.levels[axis] for row in task.train])
        at_least = [
            LogisticRegression(C=STRENGTH, max_iter=1000)
            .fit(x, levels >= threshold)
            .predict_proba(x_test)[:, 1]
            for threshold in range(1, len(names))
        ]
        # A higher threshold is never likelier than a lower one.
        falling = np.minimum.accumulate(np.stack(at_least, axis=1), axis=1)
        axes[axis] = (-np.diff(falling, axis=1, prepend=1, append=0)).tolist()
    return Result(axes, f"1–2-grams, C = {STRENGTH:g}, one regression a threshold")


if __name__ == "__main__":
    run(predict)
