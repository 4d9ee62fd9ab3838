"""What the suites in Python share: facts are functions, run one after the other, each told as a line of TAP."""

import sys
import traceback

facts = []


def fact(function):
    facts.append(function)
    return function


def tell(client):
    """Runs all facts, and returns the exit code."""
    print("# %s, python %d.%d" % ((client,) + sys.version_info[:2]), flush=True)
    failures = 0
    for one in facts:
        name = one.__name__.replace("_", " ")
        try:
            one()
            print("ok - " + name, flush=True)
        except Exception:
            failures += 1
            print("not ok - " + name)
            print("# " + traceback.format_exc().rstrip().replace("\n", "\n# "), flush=True)
    return 1 if failures else 0
