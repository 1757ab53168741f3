"""A small transformer, and what it is taught."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tiny_encoders import save_tiny_bert

if TYPE_CHECKING:
    from safezone.training.adaptation.lessons import Lessons
    from safezone.training.adaptation.network import Network


# Imports wait until they are needed: tests of views and lessons do without PyTorch.
@pytest.fixture(scope="session")
def on_one_core() -> Iterator[None]:
    """More threads would only wait for each other."""
    import torch

    usual = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(usual)


@pytest.fixture(scope="session")
def folder(on_one_core: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_bert(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="session")
def lessons() -> "Lessons":
    from toy_lessons import toy_lessons

    return toy_lessons()


@pytest.fixture(scope="session")
def adapted(folder: Path, lessons: "Lessons") -> "Network":
    """Trained without a stop."""
    from toy_lessons import adapt_to

    return adapt_to(folder, lessons)
