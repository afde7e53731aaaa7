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
    "2": "73f2afaa882acf5086211a7d25f468715b83f691490185f4b28b156c05cb4eb6",
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
        "lop5": "d05d1fd3da0d99d0783079a27c4738d34122a91bf3024668e6e48a29eeffef7e",
        "lop9": "7fc1f6bcc809d030e60b4e9a73e2c817c1e8b59e0ccca0a0d85c7e44374ba65c",
        "lop12": "ccb6b459c0ddcb71cc9fe6e6a795f8755ced3f7ad7833b524e5ea6da1ab84e80",
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
