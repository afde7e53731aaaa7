"""Marks every test here `interop`, and offers a signed file made without this library."""

from pathlib import Path

import pytest

from tests.interop.foreign import ForeignWorld
from tests.interop.realm import Realm

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.interop)


@pytest.fixture(scope="session")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> ForeignWorld:
    return ForeignWorld.make(tmp_path_factory.mktemp("foreign"))


@pytest.fixture(scope="session")
def realm(tmp_path_factory: pytest.TempPathFactory) -> Realm:
    return Realm.make(tmp_path_factory.mktemp("realm"))
