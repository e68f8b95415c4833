"""How much a test does: few in `make test`, many in `make trial`
(PHIEU_TRIAL=1).  PHIEU_TEST_SCALE, in percent, makes the many fewer, to see
that a long form starts at all."""
import os

TRIAL = os.environ.get("PHIEU_TRIAL") == "1"
SCALE = int(os.environ.get("PHIEU_TEST_SCALE", "100"))


def count(few, many):
    return max(1, many * SCALE // 100) if TRIAL else few
