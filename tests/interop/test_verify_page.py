"""The page for phones in a browser: an independent reader of extracts that must agree with ours."""

import base64
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.interop.programs import MissingProgramError, program, run
from tests.vectors.replay import FOLDERS, ROOT, identifier, load

PAGE = ROOT / "examples" / "verify-extract.html"
CASES = [folder for folder in FOLDERS if identifier(folder).startswith("partial/")]
ATTEMPTS = 5
"""Chromium prints a page when its virtual time is over, though a picture may still be decoded."""
NOT_TAKEN = frozenset({"partial/json-lies"})
"""The page takes no JSON: what a file shows beside its code would have to be compared as well."""


def browse(tmp_path: Path, script: str) -> Any:
    """Run a script at the end of the page, and return what it says as JSON."""
    page = PAGE.read_text("utf-8")
    tail = (
        "<pre id=out></pre><script>(async () => { let said; try { said = await (async () => {"
        + script
        + "})(); } catch (error) { said = String(error.stack || error); }"
        "document.getElementById('out').textContent = JSON.stringify(said); })();</script></body>"
    )
    (tmp_path / "page.html").write_text(page.replace("</body>", tail), "utf-8")
    log = ""
    for attempt in range(ATTEMPTS):
        done = run(
            [
                program("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
                "--virtual-time-budget=600000",
                f"--user-data-dir={tmp_path / f'profile-{attempt}'}",
                (tmp_path / "page.html").as_uri(),
            ]
        )  # fmt: skip
        found = re.search(r'<pre id="out">(.+?)</pre>', done.output, re.DOTALL)
        if found is not None:
            return json.loads(unescape(found[1]))
        log = done.log
    raise AssertionError(log[-2000:])


def given(folder: Path) -> dict[str, Any]:
    case = load(folder)
    files = [
        folder / value
        for option, value in zip(case["arguments"], case["arguments"][1:], strict=False)
        if option == "--cert" and (folder / value).is_file()
    ]
    return {
        "text": (folder / "document.txt").read_text("utf-8"),
        "files": [base64.b64encode(path.read_bytes()).decode() for path in files],
        "at": case["at"],
    }


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    cases = {identifier(folder): given(folder) for folder in CASES}
    script = (
        f"const cases = {json.dumps(cases)}, said = {{}};"
        "for (const [name, one] of Object.entries(cases)) {"
        "const files = one.files.map((file) => "
        "Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0)));"
        "said[name] = await verifyExtract(one.text, files, new Date(one.at)); } return said;"
    )
    found = browse(tmp_path_factory.mktemp("page"), script)
    assert isinstance(found, dict), found
    return found


@pytest.mark.parametrize("folder", CASES, ids=identifier)
def test_the_page_agrees_and_never_says_valid(folder: Path, answers: dict[str, Any]) -> None:
    name, expect = identifier(folder), load(folder)["expect"]
    answer = answers[name]
    assert answer["verdict"] == ("INVALID" if expect["verdict"] == "INVALID" else "INDETERMINATE")
    if expect["verdict"] == "INVALID" and name not in NOT_TAKEN:
        assert answer["causes"] == expect["causes"]
    if expect["verdict"] == "VALID":
        assert answer["isRight"]
        assert set(answer["causes"]) <= {"PATH.EXPIRED"}
    if answer["verdict"] == "INVALID" or not answer.get("isRight"):
        assert answer["content"] == []


def test_the_page_shows_what_is_shown(answers: dict[str, Any]) -> None:
    shown = dict(answers["partial/everything"]["content"])
    assert shown["Học sinh"] == "Nguyễn Hoàng Bảo Châu"
    assert shown["Môn mã 15"] == "9,2"
    assert shown["Ngày sinh"] == "2008-09-14"
    assert "Môn mã 19" not in dict(answers["partial/one-subject"]["content"])


@pytest.mark.parametrize(
    ("turn", "noise", "quality"), [(0, 0, 0.9), (3, 20, 0.6), (12, 30, 0.5), (90, 10, 0.5)]
)
def test_a_turned_noisy_photograph_is_read_by_the_page_and_by_zbar(
    tmp_path: Path, turn: int, noise: int, quality: float
) -> None:
    pytest.importorskip("segno")
    from hocba_sign.rendering.code import code_png

    text = (CASES[0].parent / "one-subject" / "document.txt").read_text("utf-8").strip()
    picture = base64.b64encode(code_png(text)).decode()
    script = f"""
        const plain = new Image();
        plain.src = "data:image/png;base64,{picture}";
        await plain.decode();
        const side = Math.ceil(plain.width * 1.5);
        const canvas = Object.assign(document.createElement("canvas"), {{ width: side, height: side }});
        const context = canvas.getContext("2d");
        context.fillStyle = "#fff"; context.fillRect(0, 0, side, side);
        context.translate(side / 2, side / 2); context.rotate({turn} * Math.PI / 180);
        context.drawImage(plain, -plain.width / 2, -plain.height / 2);
        const pixels = context.getImageData(0, 0, side, side);
        let seed = 1;
        for (let at = 0; at < pixels.data.length; at += 4) {{
          seed = (seed * 48271) % 2147483647;
          const change = (seed / 2147483647 - 0.5) * 2 * {noise};
          for (let part = 0; part < 3; part++) pixels.data[at + part] += change;
        }}
        context.putImageData(pixels, 0, 0);
        const photograph = canvas.toDataURL("image/jpeg", {quality}).split(",")[1];
        const octets = Uint8Array.from(atob(photograph), (letter) => letter.charCodeAt(0));
        return [await readPicture(new Blob([octets], {{ type: "image/jpeg" }})), photograph];
    """
    read, photograph = browse(tmp_path, script)
    assert read == text
    (tmp_path / "photograph.jpg").write_bytes(base64.b64decode(photograph))
    assert (
        run([program("zbarimg"), "-q", "--raw", tmp_path / "photograph.jpg"]).output.strip() == text
    )


def test_the_page_fits_a_phone(tmp_path: Path) -> None:
    script = """
        const frame = Object.assign(document.createElement("iframe"), { srcdoc: "" });
        frame.style.width = "375px"; frame.style.border = "0";
        const copy = document.documentElement.cloneNode(true);
        copy.querySelectorAll("script").forEach((one) => one.remove());
        copy.querySelector("#result").hidden = false;
        copy.querySelector("#text").textContent = "HB1:" + "A".repeat(900);
        copy.querySelector("#content").innerHTML = "<dt>Mã</dt><dd>" + "5d0f3c1e-8a47".repeat(9) + "</dd>";
        const loaded = new Promise((done) => { frame.onload = done; });
        frame.srcdoc = copy.outerHTML;
        document.body.append(frame);
        await loaded;
        return [frame.contentDocument.documentElement.scrollWidth, frame.contentWindow.innerWidth];
    """
    wide, window = browse(tmp_path, script)
    assert window == 375
    assert wide <= window


def test_axe_has_nothing_to_say_against_the_page(tmp_path: Path) -> None:
    axe = ROOT / "tests" / "interop" / "xadesjs" / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.is_file():
        message = "axe-core is not installed: run tools/setup-interop"
        raise MissingProgramError(message)
    script = (
        axe.read_text("utf-8").replace("</script", "<\\/script")
        + """;
        field("result").hidden = false;
        field("verdict").textContent = "KHÔNG ĐÚNG";
        field("verdict").className = "wrong";
        fill(field("steps"), [["Giá trị chữ ký", "Không đúng"]]);
        fill(field("content"), [["Toán", "9,2"]]);
        const found = await axe.run(document, { exclude: [["#out"]] });
        return [found.passes.length, found.violations.map((one) => one.id)];
    """
    )
    passes, violations = browse(tmp_path, script)
    assert passes > 10
    assert violations == []


def test_the_page_loads_nothing() -> None:
    text = PAGE.read_text("utf-8")
    assert "default-src 'none'" in text
    assert not re.findall(r"<(?:link|img|iframe)\b|<script[^>]+src|@import|url\(", text)
    assert "Apache License" in text
