"""Carries out a client's checks and prints a JSON line for each."""

import json
import sys
import traceback

_failed = False


def check(name):
    """Carries out the function below as the check `name`; it returns what is worth telling, or raises."""

    def carry_out(test):
        global _failed
        try:
            ok, detail = True, test()
        except Exception as error:  # whatever a client raises is a failed check, and the next one still runs
            ok, detail = False, f"{type(error).__name__}: {error} ({_place(error)})"
            _failed = True
        print(json.dumps({"check": name, "ok": ok, "detail": detail or ""}, ensure_ascii=False), flush=True)

    return carry_out


def equal(seen, wanted):
    assert seen == wanted, f"{seen!r} instead of {wanted!r}"


def end():
    """Ends the program with a status that says whether a check failed."""
    sys.exit(1 if _failed else 0)


def _place(error):
    frames = traceback.extract_tb(error.__traceback__)
    own = next(frame for frame in reversed(frames) if "site-packages" not in frame.filename)
    return f"{own.filename.rsplit('/', 2)[-2]}/{own.name}:{own.lineno}"
