"""A published template never changes: files made with it are proven by making them again."""

import hashlib
import re
from importlib.metadata import version

import pytest

from hocba_sign.rendering.render import CURRENT, render
from hocba_sign.rendering.template import FONTS, load_template, template_versions
from hocba_sign.testing.drafts import drafted
from tests.support.pages import example

PUBLISHED = {
    "1": "47af6520bc95c1462df19e8dc645f4fa832e918dec746af1b321c52f702fb803",
    "2": "ea809552a09de8c0605cf30db2c780528dc7aca9386f316c7f2e0e894658de58",
}
"""Digest by version.

Another digest means another template: it gets a number of its own, and the old one stays.
"""
PAGES = {
    ("1", "0.15.2"): {
        "lop5": "eb8b6d877002a5f573f58d887387cdda95579054c1f51643f0f186d6e94ab462",
        "lop9": "776207a43437d427abd1ccda3bfe61a13dc34c84479f80434276b1b2f8af5f0d",
        "lop12": "7d3a2f9b8777a5b8aa82a43e5ac37070bb8a8070b4f2d9b5e8dee6202152e27c",
    },
    ("2", "0.15.2"): {
        "lop5": "cd54da5811de63a774b87e7eae6b9954ae381e0861bea8489778ad60bdf39f1b",
        "lop9": "5585fb93460e7de9326e0ab153b656638231065198bcb8d6603c06f71a4bb215",
        "lop12": "91424519d767b20b0e45190130b67a45781c4abf31c319f7a1efd82c620c6801",
    },
}
"""Digests of whole files by template and version of typst, the same on every machine."""


def test_published_templates_are_what_they_were() -> None:
    assert {one: load_template(one).sha256 for one in template_versions()} == PUBLISHED
    assert template_versions()[-1] == CURRENT


@pytest.mark.parametrize("template", PUBLISHED)
@pytest.mark.parametrize("name", ["lop5", "lop9", "lop12"])
def test_pages_are_the_same_octets_as_ever(name: str, template: str) -> None:
    known = PAGES.get((template, version("typst")))
    if known is None:
        pytest.skip("made with another version of typst, whose octets differ")
    transcript = example(name)
    # As files were before random octets stood in them, which differ from file to file.
    draft = re.sub(rb' NGAU_NHIEN="[^"]*"', b"", drafted(transcript))
    assert (
        hashlib.sha256(render(transcript, draft, template=template).octets).hexdigest()
        == known[name]
    )


def test_the_digest_covers_template_form_and_fonts() -> None:
    template = load_template(CURRENT)
    names = ("form.json", "hocba.typ")
    files = (*(template.main.parent / name for name in names), *sorted(FONTS.glob("*.ttf")))
    lines = "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files
    )
    assert template.sha256 == hashlib.sha256(lines.encode()).hexdigest()
    assert [path.name for path in files[2:]] == [
        "LiberationSerif-Bold.ttf",
        "LiberationSerif-Italic.ttf",
        "LiberationSerif-Regular.ttf",
    ]
