"""Commands of phieu through one `phieu batch`, for tests that give thousands.

Each thread that asks has a process of its own.  close() returns what batches
ended with that is no end of theirs (0: all done, 3: some refused): a leak that
a sanitizer found, a crash."""
import json
import subprocess
import threading


class Batch:
    def __init__(self, program):
        self.program = str(program)
        self.mine = threading.local()
        self.all = []

    def __call__(self, *args):
        """(exit code, standard output, standard error)"""
        p = getattr(self.mine, "p", None)
        if p is None:
            p = self.mine.p = subprocess.Popen(
                [self.program, "batch", "--keep-going"], text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self.all.append(p)
        p.stdin.write(json.dumps([str(a) for a in args]) + "\n")
        p.stdin.flush()
        line = p.stdout.readline()
        if not line:
            raise RuntimeError(f"the batch ended ({p.wait()}) at: {args}")
        said = json.loads(line)
        return said["exit"], said["out"], said["err"]

    def close(self):
        bad = []
        for p in self.all:
            p.stdin.close()
            p.stdout.close()
            if p.wait() not in (0, 3):
                bad.append(p.returncode)
        return bad
