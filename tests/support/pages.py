"""A browser without script: pages, links, forms that are filled in and sent."""
import html.parser
import re
import urllib.error
import urllib.parse
import urllib.request
import uuid


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Reader(html.parser.HTMLParser):
    """Words, links, forms; and what no page of ours has."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.words, self.links, self.forms, self.scripts = [], [], [], []
        self.labels, self.ids, self.open = set(), [], None
        self.select = self.area = self.button = None

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "script" or any(k.startswith("on") for k in a):
            self.scripts.append(tag)
        if "id" in a:
            self.ids.append(a["id"])
        if tag == "a":
            self.links.append(a.get("href", ""))
        elif tag == "label":
            self.labels.add(a.get("for"))
        elif tag == "form":
            self.open = {"action": a.get("action"), "method": a.get("method"),
                         "type": a.get("enctype"), "fields": {}, "words": "",
                         "buttons": [], "named": []}
            self.forms.append(self.open)
        elif self.open is not None:
            self.field(tag, a)

    def field(self, tag, a):
        f, name = self.open, a.get("name")
        if tag == "input" and a.get("type") == "checkbox":
            if "checked" in a:
                f["fields"][name] = a["value"]
            f["named"].append((name, "checkbox", a))
        elif tag == "input":
            f["fields"][name] = a.get("value", "")
            f["named"].append((name, a.get("type"), a))
        elif tag == "textarea":
            self.area = name
            f["fields"][name] = ""
            f["named"].append((name, tag, a))
        elif tag == "select":
            self.select = name
            f["fields"][name] = ""
            f["named"].append((name, tag, a))
        elif tag == "option" and "selected" in a:
            f["fields"][self.select] = a["value"]
        elif tag == "button":
            self.button = a

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = None
        elif tag == "textarea" and self.open:
            f = self.open["fields"]
            # a browser drops the first line break
            f[self.area] = re.sub("^\n", "", f[self.area])
            self.area = None
        elif tag == "button":
            self.button = None

    def handle_data(self, data):
        self.words.append(data)
        if self.area:
            self.open["fields"][self.area] += data
        if self.open is not None:
            self.open["words"] += data


class Page:
    def __init__(self, status, headers, body, url):
        self.status, self.headers, self.body, self.url = (status, headers,
                                                          body, url)
        self.reader = Reader()
        if headers.get_content_type() == "text/html":
            self.reader.feed(body.decode())
        self.text = re.sub(r"\s+", " ", " ".join(self.reader.words))

    def form(self, words, nth=0):
        """The form whose words (labels, button) hold `words`."""
        found = [f for f in self.reader.forms if words in
                 re.sub(r"\s+", " ", f["words"])]
        if len(found) <= nth:
            raise AssertionError(f"{self.url}: no form with {words!r} in "
                                 f"{self.text[:600]}")
        return found[nth]


class Browser:
    def __init__(self, base):
        self.base, self.cookie = base, None
        self.opener = urllib.request.build_opener(NoRedirect)
        self.seen = []

    def ask(self, path, data=None, headers=None, follow=True):
        head = {"Accept": "text/html"}
        if self.cookie:
            head["Cookie"] = self.cookie
        if data is not None:
            head["Origin"] = self.base
            head["Sec-Fetch-Site"] = "same-origin"
        head.update(headers or {})
        rq = urllib.request.Request(self.base + path, data, {
            k: v for k, v in head.items() if v is not None})
        try:
            with self.opener.open(rq, timeout=60) as r:
                page = Page(r.status, r.headers, r.read(), path)
        except urllib.error.HTTPError as r:
            page = Page(r.code, r.headers, r.read(), path)
        for c in page.headers.get_all("Set-Cookie") or []:
            self.cookie = c.split(";")[0]
        page.method = "get" if data is None else "post"
        self.seen.append(page)
        if follow and page.status == 303:
            return self.ask(page.headers["Location"].split("#")[0])
        return page

    def get(self, path, **more):
        return self.ask(path, **more)

    def post(self, path, fields, **more):
        more.setdefault("headers", {}).setdefault(
            "Content-Type", "application/x-www-form-urlencoded")
        return self.ask(path, urllib.parse.urlencode(fields).encode(), **more)

    def send(self, form, fields=None, files=None, **more):
        """Fills a form in and sends it, as a hand would."""
        given = {k: v for k, v in {**form["fields"], **(fields or {})}.items()
                 if k and v is not None}
        if form["type"] != "multipart/form-data":
            return self.post(form["action"], given, **more)
        mark, body = uuid.uuid4().hex, b""
        for k, v in given.items():
            if k in (files or {}):
                continue
            body += (f'--{mark}\r\nContent-Disposition: form-data; name="{k}"'
                     f'\r\n\r\n{v}\r\n').encode()
        for k, (name, data) in (files or {}).items():
            body += (f'--{mark}\r\nContent-Disposition: form-data; name="{k}";'
                     f' filename="{name}"\r\nContent-Type: application/octet-'
                     'stream\r\n\r\n').encode() + data + b"\r\n"
        body += f"--{mark}--\r\n".encode()
        return self.ask(form["action"], body, headers={
            "Content-Type": f"multipart/form-data; boundary={mark}"}, **more)

    def sign_in(self, login, password):
        page = self.send(self.get("/sign-in").form("Đăng nhập"),
                         {"login": login, "password": password})
        if "Đăng xuất" not in page.text:
            raise AssertionError(f"{login} is not signed in: {page.text}")
        return self
