"""Build the documentation as a site that can be searched: `python tools/docs_site.py [FOLDER]`.

The pages are the Markdown files of the source as they are, in the places where they are, so that a
link that leads somewhere there leads somewhere here. mkdocs (requirements/site.txt) builds them in
an environment of its own; a link or a heading that is not there fails the build.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PLACE: Final = ROOT / "build" / "docs-site"
TOP: Final = ("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
LINK: Final = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
INDEX: Final = Path("docs/README.md")


def main(out: Path) -> int:
    source = PLACE / "source"
    shutil.rmtree(source, ignore_errors=True)
    for path in (*pages(), *linked_files()):
        target = source / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, target)
    settings = PLACE / "mkdocs.yml"
    settings.write_text(configuration(source, out), "utf-8")
    python = environment()
    # Not --quiet: warnings that are not shown are not counted by --strict either.
    done = subprocess.run(
        [str(python), "-m", "mkdocs", "build", "--strict", "--config-file", str(settings)],
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stderr)
    return done.returncode


def pages() -> tuple[Path, ...]:
    found = (ROOT / "docs").rglob("*.md")
    return (*map(Path, TOP), *sorted(path.relative_to(ROOT) for path in found))


def linked_files() -> Iterator[Path]:
    """Yield the files beside the pages that a page links to, such as the licence and examples."""
    listed = set(pages())
    for page in pages():
        for target in LINK.findall((ROOT / page).read_text("utf-8")):
            path = (ROOT / page).parent / target
            if "://" not in target and path.is_file():
                inside = path.resolve().relative_to(ROOT)
                if inside not in listed:
                    listed.add(inside)
                    yield inside


def navigation() -> list[dict[str, object]]:
    """Return the sections of the index with the pages that each names, in its order."""
    text = (ROOT / INDEX).read_text("utf-8")
    sections: list[dict[str, object]] = [{"Start": TOP[0]}]
    for head, body in re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE):
        entries = [
            {title.replace("*", ""): f"docs/{target}"}
            for title, target in re.findall(r"\[([^\]\n]+)\]\(([^)#\s]+\.md)\)", body)
        ]
        sections.append({head: entries})
    return [*sections, {"Source": list(TOP[1:])}]


def configuration(source: Path, out: Path) -> str:
    """Return mkdocs.yml: JSON, which is YAML, but for the one value that JSON cannot hold."""
    settings = {
        "site_name": "hocba_sign",
        "docs_dir": str(source),
        "site_dir": str(out.resolve()),
        "use_directory_urls": False,
        "nav": navigation(),
        "not_in_nav": "*.md",
        "theme": {
            "name": "material",
            "language": "en",
            "font": False,
            "features": ["navigation.sections", "navigation.top", "search.highlight"],
        },
        "plugins": [{"search": {"lang": ["en", "vi"]}}],
        "validation": {
            "nav": {"omitted_files": "ignore", "not_found": "warn"},
            "links": {"not_found": "warn", "anchors": "warn", "unrecognized_links": "warn"},
        },
    }
    extensions = (
        "markdown_extensions: [tables, attr_list, md_in_html, pymdownx.superfences, "
        "{toc: {permalink: true, slugify: "
        "!!python/object/apply:pymdownx.slugs.slugify {kwds: {case: lower}}}}]\n"
    )
    return extensions + "\n".join(
        f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False, indent=1)}"
        for name, value in settings.items()
    )


def environment() -> Path:
    """Return the Python of mkdocs' own environment, made again when its requirements change."""
    requirements = ROOT / "requirements" / "site.txt"
    folder = PLACE / "env"
    python, stamp = folder / "bin" / "python", folder / "requirements.sha256"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = (*("-m", "pip", "--quiet", "--disable-pip-version-check", "install"),)
        subprocess.run([python, *install, "--require-hashes", "-r", requirements], check=True)
        stamp.write_text(wanted)
    return python


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "site"))
