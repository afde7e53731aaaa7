"""The report in a browser: nothing for axe to say, no wider than a phone, and two sheets at most when
printed.
"""

import json
import re
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.operations.documents import render
from hocba_sign.operations.open_extract import open_extract
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.report.html import html
from hocba_sign.report.index_page import index_page
from hocba_sign.report.report import Report
from hocba_sign.report.short import ShortRow
from hocba_sign.report.shown_parts import content_facts
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing.tamper import with_changed_mark, without_signature
from hocba_sign.validation.in_force.status import Force
from hocba_sign.validation.verdict import Verdict
from tests.interop.programs import MissingProgramError, program, run
from tests.support.scene import CBQL, JUDGED_AT, ROOT, SEAL, SIGNED_AT, Scene
from tests.unit.report.test_page import with_force
from tools.vectors.pages import page_of, signed

NAMES = (
    *("valid", "changed", "removed", "part", "draft", "broken", "withdrawn", "replaced", "other"),
    *("unproven", "photo", "foreign", "foreign-judged", "printed", "extract"),
)
PAGES = (*NAMES, "index")
WIDTHS = (1100, 375)
ATTEMPTS = 5
"""As for the page of extracts: Chromium prints a page when its virtual time is over."""
MOST_SHEETS = 2
MANY = 196
MOST_SHEETS_OF_MANY = 12


@cache
def scene() -> Scene:
    return Scene(subjects=None)


@cache
def reports() -> dict[str, Report]:
    made, octets = scene(), scene().signed(level=Level.T)
    valid = made.verify(octets)
    any_document = Verifier(trust=made.trust, evidence=made.evidence())
    letter = signed(page_of(), made.identity(CBQL), at=SIGNED_AT, role="Văn thư")
    return {
        "valid": valid,
        "changed": made.verify(with_changed_mark(octets)),
        "removed": made.verify(without_signature(octets, CBQL)),
        "part": made.verify(made.signed(made.teachers)),
        "draft": made.verify(made.draft),
        "broken": made.verify(b"<HOC_BA"),
        "withdrawn": with_force(valid, Force.WITHDRAWN),
        "replaced": with_force(valid, Force.REPLACED),
        "other": any_document.verify_any(octets, at=JUDGED_AT),
        "unproven": Verifier(trust=made.trust).verify(octets, at=JUDGED_AT),
        "photo": made.verify(b"\xff\xd8\xff\xe0"),
        "foreign": made.verify(letter),
        "foreign-judged": any_document.verify_any(letter, at=JUDGED_AT),
        "printed": made.verify(render(octets).octets),
        "extract": _extract(octets, valid),
    }


def _extract(octets: bytes, whole: Report) -> Report:
    extract = open_extract(octets, whole, show=["result"])
    seal = Certificate.load(scene().identity(SEAL).certificate_der)
    evidence = scene().evidence().merged(Evidence.of(certificates=[seal]))
    verifier = Verifier(trust=scene().trust, evidence=evidence)
    return verifier.verify_extract(extract.to_text().encode(), at=JUDGED_AT)


def page(name: str) -> str:
    report = reports()[name]
    shown = None if report.conclusion is None else report.conclusion.shown
    return html([report], "vi", content=() if shown is None else content_facts(shown, "vi"))


@cache
def index(count: int = 0) -> str:
    """Return the page of a folder with every outcome, and of `count` valid files more; the name of
    one file is long.
    """
    made = {"kho-hoc-ba/" + "nam-hoc-2025-2026-" * 6 + ".xml": reports()["valid"], **reports()}
    rows = [
        replace(ShortRow.of(report.to_short_dict(), page=f"{number}.html"), file=name)
        for number, (name, report) in enumerate(made.items())
    ]
    rows += [replace(rows[1], file=f"lop-9a/hoc-ba-{number:03}.xml") for number in range(count)]
    return index_page(rows, "vi")


def browser(folder: Path, *arguments: str) -> str:
    command = [program("chromium"), "--headless", "--no-sandbox", "--disable-gpu", *arguments]
    return run([*command, f"--user-data-dir={folder / 'profile'}"]).output


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return for each report and width the violations and how wide the page is."""
    axe = ROOT / "tests" / "interop" / "xadesjs" / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.is_file():
        message = "axe-core is not installed: run tools/setup-interop"
        raise MissingProgramError(message)
    folder = tmp_path_factory.mktemp("report")
    pages = {name: page(name) for name in NAMES}
    pages["index"] = index()
    script = """
        const said = {};
        for (const [name, page] of Object.entries(pages)) for (const width of widths) {
          const frame = Object.assign(document.createElement("iframe"), { srcdoc: page });
          frame.style.width = width + "px"; frame.style.height = "3000px";
          const loaded = new Promise((done) => frame.addEventListener("load", done));
          document.body.append(frame);
          await loaded;
          const inside = frame.contentDocument;
          const closed = inside.documentElement.scrollWidth;
          inside.querySelectorAll("details").forEach((one) => { one.open = true; });
          const found = await frame.contentWindow.axe.run(inside);
          const label = inside.querySelector("label[for=f-INVALID]");
          label?.click();
          const seen = [...inside.querySelectorAll("tbody tr")].filter((one) =>
            frame.contentWindow.getComputedStyle(one).display !== "none");
          said[name + " " + width] = { filtered: label && seen.map((one) => one.className), passes: found.passes.length, closed,
            open: inside.documentElement.scrollWidth,
            violations: found.violations.map((one) => one.id + ": " + one.nodes[0].html) };
          frame.remove();
        }
        return said;
    """
    code = axe.read_text("utf-8").replace("</script", "<\\/script")
    # The page forbids every script, that of axe too.
    with_axe = {
        name: re.sub(r"<meta http-equiv=.*?>", lambda _: f"<script>{code}</script>", page, count=1)
        for name, page in pages.items()
    }
    values = json.dumps(with_axe).replace("</", "<\\/")
    (folder / "page.html").write_text(
        f"<!DOCTYPE html><meta charset=utf-8><title>a</title><body><pre id=out></pre><script>"
        f"(async () => {{ const pages = {values}, widths = {json.dumps(WIDTHS)}; let said;"
        f"try {{ said = await (async () => {{ {script} }})(); }}"
        "catch (error) { said = String(error.stack || error); }"
        "document.getElementById('out').textContent = JSON.stringify(said); })();</script></body>",
        "utf-8",
    )
    output = ""
    for attempt in range(ATTEMPTS):
        output = browser(
            folder / str(attempt), "--dump-dom", "--virtual-time-budget=600000",
            (folder / "page.html").as_uri(),
        )  # fmt: skip
        found = re.search(r'<pre id="out">(.+?)</pre>', output, re.DOTALL)
        if found is not None:
            read = json.loads(unescape(found[1]))
            assert isinstance(read, dict), read
            return read
    raise AssertionError(output[-2000:])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_axe_has_nothing_to_say_against_a_report(
    name: str, width: int, looked_at: dict[str, Any]
) -> None:
    seen = looked_at[f"{name} {width}"]
    assert seen["passes"] > 10
    assert seen["violations"] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_a_filter_of_the_index_works_without_script(width: int, looked_at: dict[str, Any]) -> None:
    shown = looked_at[f"index {width}"]["filtered"]
    assert set(shown) == {"INVALID"}
    assert len(shown) == sum(report.verdict is Verdict.INVALID for report in reports().values())


@pytest.mark.parametrize("name", PAGES)
def test_a_report_is_no_wider_than_a_phone(name: str, looked_at: dict[str, Any]) -> None:
    seen = looked_at[f"{name} 375"]
    assert max(seen["closed"], seen["open"]) <= 375


@pytest.mark.parametrize("name", NAMES)
def test_a_report_prints_on_two_sheets_at_most(name: str, tmp_path: Path) -> None:
    assert sheets(page(name), tmp_path) <= MOST_SHEETS


def test_the_page_of_many_files_is_printed_as_a_table(tmp_path: Path) -> None:
    assert sheets(index(MANY), tmp_path) <= MOST_SHEETS_OF_MANY


def sheets(written: str, folder: Path) -> int:
    """Return how many sheets a page takes."""
    (folder / "page.html").write_text(written, "utf-8")
    browser(
        folder, "--no-pdf-header-footer", f"--print-to-pdf={folder / 'page.pdf'}",
        (folder / "page.html").as_uri(),
    )  # fmt: skip
    told = run([program("pdfinfo"), folder / "page.pdf"]).output
    (count,) = re.findall(r"^Pages: +(\d+)$", told, re.MULTILINE)
    return int(count)
