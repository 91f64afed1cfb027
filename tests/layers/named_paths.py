#!/usr/bin/env python3
"""Rejects documents that name files that do not exist: named_paths.py SOURCE_DIR DOCUMENT...

Checks every path in backticks that begins with a folder of the source tree or ends like a source file or document, and
the target of every relative link. Patterns (*) must match something. Skips placeholders (fuzz_NAME.cpp), and paths
below folders that a build or a run makes. A DOCUMENT may be a pattern. Exit status 0 if all paths exist; otherwise 1,
with one line per missing path on stdout.
"""
import pathlib
import re
import sys

CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
PATH = re.compile(r"[\w.*/+-]+")
CAPITALS = re.compile(r"[A-Z_]+\.md")
# Folders that a build or a run creates.
MADE = {"build", "build-fuzz", "build-tsan", "build-asan", "dist", "results"}
PLACEHOLDER = re.compile(r"(?<![A-Z])(NAME|FAMILY|VERSION|DIR|KEY)(?![A-Z])")


def code_paths(line, tops):
    """Yields the paths in backticks. A span may be a command, so each of its words is considered separately."""
    for span in CODE.findall(line):
        for word in span.split():
            word = word.rstrip(",;:").removeprefix("./")
            top, slash, _ = word.partition("/")
            is_source = top and slash and word.endswith((".h", ".cpp", ".cu", ".py", ".sh"))
            is_path = top in tops or is_source or CAPITALS.fullmatch(word)
            if is_path and PATH.fullmatch(word) and top not in MADE and not PLACEHOLDER.search(word):
                yield word


def missing(source, document):
    tops = {path.name for path in source.iterdir() if path.name != ".git"}
    for number, line in enumerate((source / document).read_text(encoding="utf-8").splitlines(), 1):
        for path in code_paths(line, tops):
            if not any(source.glob(path.rstrip("/"))) or path.endswith("/") and not (source / path).is_dir():
                yield f"{document}:{number}: {path} is not there"
        for link in LINK.findall(line):
            if "://" not in link and not ((source / document).parent / link).exists():
                yield f"{document}:{number}: link to {link}, which is not there"


def main():
    source = pathlib.Path(sys.argv[1])
    documents = [name for pattern in sys.argv[2:] for name in
                 sorted(path.relative_to(source).as_posix() for path in source.glob(pattern))]
    if len(documents) < len(sys.argv) - 2:
        sys.exit(f"no document for some of {sys.argv[2:]}")
    culprits = [line for document in documents for line in missing(source, document)]
    print("\n".join(culprits) or f"every path in {len(documents)} documents is there")
    return 1 if culprits else 0


if __name__ == "__main__":
    sys.exit(main())
