#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes CHANGELOG.md in the forms that packages ask for. CHANGELOG.md is the only place where changes are written.

changelog.py debian RELEASE | rpm RELEASE | metainfo | date
  writes to standard output
  RELEASE   the package's own number after the version, for example 1
"""
import datetime
import os
import re
import sys
import textwrap
from xml.sax.saxutils import escape

CHANGELOG = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "CHANGELOG.md")
MAINTAINER = "Sockstage developers"


class Release:
    def __init__(self, version, date):
        self.version = version
        self.date = date
        self.changes = []  # (kind, text): kind is Keep a Changelog's word, Added, Fixed, ...


def read_releases(path):
    releases, kind = [], None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            line = line.rstrip()
            if found := re.fullmatch(r"## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})", line):
                releases.append(Release(found[1], datetime.date.fromisoformat(found[2])))
            elif line == "## [Unreleased]":
                releases.append(None)
            elif line.startswith("## "):
                sys.exit(f"CHANGELOG.md: a release is written '## [1.2.3] - 2026-01-31', not '{line}'")
            elif line.startswith("### "):
                kind = line[4:]
            elif releases and releases[-1] is None:
                pass
            elif releases and line.startswith("- "):
                releases[-1].changes.append((kind, line[2:]))
            elif releases and line.startswith("  ") and releases[-1].changes:
                kind_before, text = releases[-1].changes.pop()
                releases[-1].changes.append((kind_before, text + " " + line.strip()))
    releases = [one for one in releases if one is not None]
    if not releases:
        sys.exit("CHANGELOG.md names no release")
    return releases


def plain(text):
    """Markdown's marks mean nothing in a package's changelog."""
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("`", "").replace("**", "")


def wrapped(first, text):
    return textwrap.fill(plain(text), 78, initial_indent=first, subsequent_indent=" " * len(first),
                         break_long_words=False, break_on_hyphens=False)


def debian(releases, release):
    for one in releases:
        print(f"sockstage ({one.version}-{release}) unstable; urgency=medium\n")
        for kind, text in one.changes:
            print(wrapped("  * ", f"{kind}: {text}"))
        # Debian's form has a place for an address; there is none.
        print(f"\n -- {MAINTAINER} <>  {one.date:%a, %d %b %Y} 00:00:00 +0000\n")


def rpm(releases, release):
    for one in releases:
        print(f"* {one.date:%a %b %d %Y} {MAINTAINER} - {one.version}-{release}")
        for kind, text in one.changes:
            # rpm expands macros in its changelog.
            print(wrapped("- ", f"{kind}: {text}").replace("%", "%%"))
        print()


def metainfo(releases):
    print("  <releases>")
    for one in releases:
        print(f'    <release version="{one.version}" date="{one.date}">\n      <description>')
        for kind in dict.fromkeys(kind for kind, _ in one.changes):
            print(f"        <p>{escape(kind)}:</p>\n        <ul>")
            for text in (text for this_kind, text in one.changes if this_kind == kind):
                print(f"          <li>{escape(plain(text))}</li>")
            print("        </ul>")
        print("      </description>\n    </release>")
    print("  </releases>")


def main(words):
    releases = read_releases(CHANGELOG)
    match words:
        case ["debian", release]:
            debian(releases, release)
        case ["rpm", release]:
            rpm(releases, release)
        case ["metainfo"]:
            metainfo(releases)
        case ["date"]:
            print(releases[0].date)
        case _:
            sys.exit(__doc__)


main(sys.argv[1:])
