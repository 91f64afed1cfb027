#!/usr/bin/env python3
"""Rejects a page that names a test that does not exist: named_tests.py PAGE SOURCE_DIR.

Tests are written in backticks as `Suite.Name`, where `...` stands for an omitted part and `*` for any name. In a table
whose last column is headed "Shown by", every row must name at least one test. Exit status 0 if the page complies,
otherwise 1 with one line per offender on stdout.
"""
import pathlib
import re
import sys

NAMED = re.compile(r"`((?:\.\.\.|[A-Z]\w*\.)[A-Z*][\w*.]*)`")


def tests_below(source):
    """Returns Suite.Name of every GoogleTest in the sources, and the names of the tests that CMake adds."""
    names = set()
    for file in source.rglob("*_test.cpp"):
        names |= {".".join(pair) for pair in re.findall(r"^TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\)", file.read_text(), re.M)}
    for file in source.rglob("CMakeLists.txt"):
        names |= set(re.findall(r"add_test\(NAME (\w+\.\w+)", file.read_text()))
    return names


def culprits(page, tests):
    shown_by = False
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if not line.startswith("|"):
            shown_by = False
        if shown_by and not line.startswith("|---") and not NAMED.search(line.rstrip("| ").rsplit("|", 1)[-1]):
            yield f"{page}:{number}: names no test"
        shown_by = shown_by or line.rstrip().endswith("| Shown by |")
        for name in NAMED.findall(line):
            pattern = re.escape(name).replace(r"\*", ".*").replace(r"\.\.\.", ".*")
            if not any(re.fullmatch(pattern, test) for test in tests):
                yield f"{page}:{number}: {name} is no test"


def main():
    page, source = map(pathlib.Path, sys.argv[1:])
    found = list(culprits(page, tests_below(source)))
    print("\n".join(found) if found else "every test that is named is there")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
