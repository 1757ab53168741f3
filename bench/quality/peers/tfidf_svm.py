"""TF-IDF of words and word pairs, with a linear support vector machine an axis."""

import numpy as np
from bench.quality.peers.protocol import Result, Task, run
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

STRENGTH = 0.3


def predict(task: Task) -> Result:
    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2), min_df=3, sublinear_tf=True, stop_words="english"
    )
    x = vectorizer.fit_transform([row.text for row in task.train])
    x_test = vectorizer.transform([row.text for row in task.test])
    axes = {}
    for axis in task.axes:
        # Cross-fitted sigmoids, because an SVM has no probabilities of its own.
        classifier = CalibratedClassifierCV(LinearSVC(C=STRENGTH), cv=5, ensemble=False)
        classifier.fit(x, np.array([row.levels[axis] for row in task.train]))
        axes[axis] = classifier.predict_proba(x_test).tolist()
    return Result(axes, f"1–2-grams, C = {STRENGTH:g}, sigmoid probabilities")


if __name__ == "__main__":
    run(predict)
