"""Every region of a folder that no test reached, and how many there are: `unreached.py COVERAGE.json FOLDER`.

A region is reached when any instance of its code was: generic code has one for each type, and each test binary
has its own. Exits with 1 when one was not, or when there is none at all.
"""

import json
import sys

CODE = 0


def main(report: str, folder: str) -> int:
    reached: dict[tuple, bool] = {}
    for function in json.load(open(report, encoding="utf-8"))["data"][0]["functions"]:
        for line, column, _, _, count, file, _, kind in function["regions"]:
            name = function["filenames"][file]
            if kind == CODE and folder in name:
                place = (folder + name.split(folder)[-1], line, column)
                reached[place] = reached.get(place, False) or count > 0
    missed = sorted(place for place, found in reached.items() if not found)
    for name, line, column in missed:
        print(f"{name}:{line}:{column}: no test reaches it", file=sys.stderr)
    print(f"{len(reached)} regions of {folder}, {len(missed)} of them not reached")
    return 1 if missed or not reached else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
