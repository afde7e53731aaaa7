"""What several tests of the documentation rest on."""

import argparse
from functools import partial
from pathlib import Path

import pytest

from hocba_sign.cli.commands import demo
from hocba_sign.testing.world import World


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that `hocba demo` writes, here with keys that are made faster."""
    folder = tmp_path_factory.mktemp("demo") / "demo-out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "World", partial(World, fast=True))
        assert demo.run(argparse.Namespace(out=folder, practice=None, lang="en")) == 0
    return folder
