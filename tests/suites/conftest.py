from pathlib import Path

import pytest

SUITES = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of foreign test data, which is not part of the repository."""
    if not SUITES.is_dir():
        pytest.skip("foreign test data (../shared/data) is absent")
    return SUITES
