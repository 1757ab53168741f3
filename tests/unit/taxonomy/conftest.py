"""The crosswalk that ships, and a small one."""

import pytest

from safezone.taxonomy.crosswalk import Crosswalk, load_crosswalk, parse_crosswalk
from small_crosswalk import AREAS, LINES, LISTS


@pytest.fixture(scope="module")
def crosswalk() -> Crosswalk:
    return load_crosswalk()


@pytest.fixture(scope="module")
def small() -> Crosswalk:
    return parse_crosswalk(LISTS, LINES, AREAS)
