"""The town of the hunts."""

from __future__ import annotations

import pytest
from town import town


@pytest.fixture(scope="session")
def tables():
    return town()
