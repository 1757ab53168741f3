"""What the tests of faults share: servers on a database of their own, as many as a test starts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from debug_servers import DebugServers, debug_servers


@pytest.fixture
def servers(debug_bundle_path: Path, tmp_path: Path) -> Iterator[DebugServers]:
    with debug_servers(tmp_path, debug_bundle_path) as servers:
        yield servers
