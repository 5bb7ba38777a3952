"""The town of the hunts."""

from __future__ import annotations

import pytest
from town import Town, town


@pytest.fixture(scope="session")
def tables():
    return town()


@pytest.fixture(scope="session")
def nothing():
    """A case without a row."""
    return Town().tables()
