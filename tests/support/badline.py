"""A line in the mountains: an HTTP proxy on loopback that does to requests
and answers what bad lines do.  One connection to the collector a request, so
that each request meets a fate of its own."""
import random
import socket
import struct
import threading
import time

FATES = ("good", "cut-request", "cut-answer", "lost-answer", "twice",
         "delay", "slow")


class Broken(OSError):
    pass


def reset(s):
    """Closes with RST, as a line does that is gone."""
    try:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                     struct.pack("ii", 1, 0))
    finally:
        s.close()


def message(s, answer=False):
    """One request or answer as it came; b"" when the peer has closed."""
    got = b""
    while b"\r\n\r\n" not in got:
        d = s.recv(65536)
        if not d:
            if got:
                raise Broken("half a message")
            return b""
        got += d
    head = got.split(b"\r\n\r\n", 1)[0]
    fields = {}
    for h in head.split(b"\r\n")[1:]:
        k, _, v = h.partition(b":")
        fields[k.strip().lower()] = v.strip().lower()
    if answer and head.split()[1] in (b"100", b"204", b"304"):
        return got
    if not answer and fields.get(b"expect") == b"100-continue":
        s.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        got = got.replace(b"Expect: 100-continue\r\n", b"")
        head = got.split(b"\r\n\r\n", 1)[0]
    if b"chunked" in fields.get(b"transfer-encoding", b""):
        while not got.endswith(b"0\r\n\r\n"):
            d = s.recv(65536)
            if not d:
                raise Broken("half a message")
            got += d
        return got
    size = len(head) + 4 + int(fields.get(b"content-length", 0))
    while len(got) < size:
        d = s.recv(65536)
        if not d:
            raise Broken("half a message")
        got += d
    return got


class Line:
    """weights: how often each fate is met; bits: of a slow one, a second."""

    def __init__(self, port, seed, bits=20000, **weights):
        self.to, self.bits = port, bits
        self.weights = [weights.get(f.replace("-", "_"), 0) for f in FATES]
        self.dice, self.lock = random.Random(seed), threading.Lock()
        self.count = dict.fromkeys(FATES, 0)
        self.bytes = 0  # of requests, as they were meant
        self.server = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                s, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.client, args=(s,),
                             daemon=True).start()

    def close(self):
        # shutdown wakes accept(), which close alone does not
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()

    def client(self, s):
        try:
            while True:
                request = message(s)
                if not request:
                    break
                self.one(s, request)
            s.close()
        except OSError:
            reset(s)

    def send(self, s, data, slow):
        if not slow:
            s.sendall(data)
            return
        step = self.bits // 8 // 20
        for i in range(0, len(data), step):
            s.sendall(data[i:i + step])
            time.sleep(0.05)

    def through(self, request, slow=False):
        with socket.create_connection(("127.0.0.1", self.to),
                                      timeout=60) as up:
            self.send(up, request, slow)
            answer = message(up, answer=True)
            if not answer:
                raise Broken("no answer")
            return answer

    def one(self, s, request):
        with self.lock:
            fate = self.dice.choices(FATES, self.weights)[0]
            cut = self.dice.random()
            wait = self.dice.random() * 0.3
            self.count[fate] += 1
            self.bytes += len(request)
        if fate == "cut-request":
            up = socket.create_connection(("127.0.0.1", self.to), timeout=60)
            up.sendall(request[:int(cut * len(request))])
            time.sleep(wait / 10)  # some are read before the line is gone
            reset(up)
            raise Broken(fate)
        if fate == "delay":
            time.sleep(wait)
        answer = self.through(request, fate == "slow")
        if fate == "twice":  # a middlebox that did not see the answer
            pair = [threading.Thread(target=self.again, args=(request,))
                    for _ in range(2)]
            for t in pair:
                t.start()
            for t in pair:
                t.join()
            answer = self.through(request)
        if fate == "lost-answer":
            raise Broken(fate)
        if fate == "cut-answer":
            s.sendall(answer[:int(cut * len(answer))])
            raise Broken(fate)
        self.send(s, answer, fate == "slow")

    def again(self, request):
        try:
            self.through(request)
        except OSError:
            pass
