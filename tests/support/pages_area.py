"""Inspections, improvement, the year and commendation by forms alone: a part of
pages_check.py, after a result is published."""
import datetime
import re


class Areas:
    def __init__(self, check):
        self.c = check
        self.R, self.units, self.names = check.R, check.UNITS, check.NAMES
        # never after the day that it is in Viet Nam
        self.today = check.TODAY

    def at(self, path):
        return f"{self.R}/work/{path}"

    def day(self, after=0):
        return (self.today + datetime.timedelta(days=after)).isoformat()

    def get(self, login, path, words=None):
        p = self.c.who(login).get(self.at(path))
        return self.c.says(p, words) if words else p

    def do(self, login, path, fields, words="Đã ghi", status=200):
        """The form behind a link, filled in and sent."""
        b = self.c.who(login)
        p = b.get(self.at(path))
        form = next((f for f in p.reader.forms if (f["action"] or "").endswith(
            "/acts/" + path.split("?")[0].split("/")[1])), None)
        self.c.need(f"{login} {path}: a form: {p.text[:300]}", form)
        return self.c.says(b.send(form, fields), words, status) if form else p

    def links(self, login, path, act):
        return [x for x in self.get(login, path).reader.links if act in x]

    # ---- who sees what

    def doors(self):
        seen = {"u1": "inspect improve year reward", "a-so-noi-vu":
                "inspect improve year", "thu-ky": "inspect improve year reward",
                "hoi-dong": "inspect improve year reward",
                "kiem-toan": "inspect improve year reward"}
        for login, areas in seen.items():
            for area in "inspect improve year reward".split():
                p = self.get(login, area)
                wish = 200 if area in areas.split() else 403
                self.c.need(f"{login} {area}: {p.status}, not {wish}",
                            p.status == wish)
        for path in ("none", "inspect/no-act", "inspect/improve-add",
                     "inspect/round-step"):
            self.c.need(path, self.get("thu-ky", path).status == 404)
        for login, path in [("u1", "inspect/inspect-schedule"),
                            ("kiem-toan", "inspect/inspect-schedule"),
                            ("u1", "improve/improve-add"),
                            ("hoi-dong", "year/target-record"),
                            ("a-so-noi-vu", "reward/reward-make")]:
            p = self.get(login, path)
            self.c.need(f"{login} {path}: {p.status}", p.status == 403)
        p = self.get("u1", f"inspect?unit={self.units[1]}")
        self.c.need(f"another unit's: {p.status}", p.status == 404)
        self.c.need("no such inspection", self.get(
            "thu-ky", "inspect?inspection=x").status in (400, 422))
        p = self.get("u1", "inspect", "Đợt 1")
        self.c.lacks(p, "Đợt 2")
        self.c.need("a unit has no acts of the office", not any(
            "inspect-schedule" in x for x in p.reader.links))

    # ---- inspections

    def schedule(self):
        path = "inspect/inspect-schedule?inspection=2"
        self.c.need("planned ones have it", len(self.links(
            "thu-ky", "inspect", "inspect-schedule?")) == 3)
        b = self.c.who("thu-ky")
        first = b.get(self.at(path)).form("Ghi ngày")
        second = b.get(self.at(path)).form("Ghi ngày")
        fields = {"from": self.day(), "to": self.day(), "form": "on-site",
                  "team": "doan-1", "reason": self.c.HOSTILE}
        self.c.says(b.send(first, {**fields, "form": ""}), "K26", 400)
        p = self.c.says(b.send(first, fields), "Đã ghi: đã ghi ngày")
        self.c.says(p, "đã báo ngày")
        # two at once: both values, who wrote, nothing typed is lost
        p = self.c.says(b.send(second, {**fields, "to": self.day(3),
                                        "reason": "của tôi"}),
                        "Đang lưu", 409)
        both = f"{self.today:%d/%m/%Y}"
        late = self.today + datetime.timedelta(days=3)
        self.c.need(f"both values: {p.text}", re.search(
            f"Đến ngày {both} {late:%d/%m/%Y}", p.text))
        self.c.says(p, "Người sửa sau cùng: thu-ky", 409)
        form = p.form("Ghi lại lần nữa")
        self.c.need("what was typed is kept", form["fields"]["to"] ==
                    self.day(3) and form["fields"]["reason"] == "của tôi")
        self.c.says(b.send(form), f"{late:%d/%m/%Y}")

    def inspect(self):
        n, do = "?inspection=2", self.do
        do("thu-ky", "inspect/inspect-documents" + n,
           {"on": self.day(), "text": "muộn"})
        do("thu-ky", "inspect/inspect-start" + n, {"on": self.day()})
        p = self.get("thu-ky", "inspect" + n, "Đề cương báo cáo")
        self.c.lacks(p, "Đợt 1 ")
        item = next(x for x in p.reader.links if "inspect-answer" in x)
        item = item.split("/work/")[1].replace("&amp;", "&")
        do("thu-ky", item, {"verdict": "partly", "text": self.c.HOSTILE},
           "một phần")
        p = do("thu-ky", item, {"verdict": "none", "text": "không có"})
        self.c.need(f"back at the inspection: {p.url}", "inspection=2" in
                    p.url)
        do("thu-ky", "inspect/inspect-conclude" + n, {
            "number": "1/KL", "on": self.day(), "text": "x"}, "K38", 409)
        for x in {x for x in p.reader.links if "inspect-answer" in x}:
            do("thu-ky", x.split("/work/")[1], {"verdict": "done",
                                                "text": "tốt"})
        do("thu-ky", "inspect/inspect-finding" + n, {
            "text": self.c.HOSTILE, "due": self.day(5), "responsible":
            "Ông B", "criterion": "2.1"}, "Đã ghi: đã ghi phát hiện.")
        do("thu-ky", "inspect/inspect-finding" + n, {
            "text": "không có căn cứ", "due": self.day(), "responsible":
            "Ông B"})
        do("thu-ky", "inspect/inspect-draft" + n, {"strengths": "có"})
        do("thu-ky", "inspect/inspect-recommend" + n, {
            "to": "UBND tỉnh", "text": "kiểm điểm", "due": self.day(9)})

    def findings(self):
        do = self.do
        # offered to whom it concerns, and to nobody else
        self.get("a-so-tu-phap", "inspect", "Phát hiện qua kiểm tra")
        self.get("a-so-tu-phap", "inspect", "Ông B")
        self.c.lacks(self.get("a-so-khcn", "inspect"), "Ông B")
        self.c.lacks(self.get("u1", "inspect"), "Ông B")
        self.c.says(self.c.who("a-so-tu-phap").get(self.c.item(
            self.units[1], "2.1")), "phát hiện 1")
        do("u2", "inspect/inspect-remedied?finding=1", {"text": "xong"},
           "đơn vị báo xong")
        self.c.need("not another's", self.c.who("u1").post(
            self.R + "/acts/inspect-remedied", {
                "finding": "1", "unit": self.units[1], "text": "x",
                "version": "2"}).status == 403)
        do("thu-ky", "inspect/inspect-return?finding=1", {"reason": "chưa"})
        self.c.need("nothing to give back", not self.links(
            "thu-ky", "inspect", "inspect-return"))
        do("thu-ky", "inspect/inspect-extend?finding=1",
           {"due": self.day(8), "reason": "bão"})
        do("u2", "inspect/inspect-remedied?finding=1", {"text": "xong"})
        do("thu-ky", "inspect/inspect-verify?finding=1",
           {"evidence": "biên bản", "on": self.day()}, "đã khắc phục")
        do("thu-ky", "inspect/inspect-withdraw?finding=2", {"reason": "nhầm"})
        do("thu-ky", "inspect/inspect-measure?measure=1",
           {"state": "accepted", "text": "đã nhận"}, "đã tiếp thu")
        do("thu-ky", "inspect/inspect-conclude?inspection=2", {
            "number": "1/KL", "on": self.day(), "text": self.c.HOSTILE},
           "đã kết luận")
        do("thu-ky", "inspect/inspect-cancel?inspection=3", {"reason": "bão"},
           "đã hủy")
        self.c.need("nothing more of it", not self.links(
            "thu-ky", "inspect", "inspection=3\"") and not self.links(
                "thu-ky", "inspect", "inspect-schedule?inspection=3"))

    # ---- improvement

    def improve(self):
        do = self.do
        do("thu-ky", "improve/improve-add", {
            "text": "x", "lead": "so-noi-vu", "due": self.day(9), "gain": "0"},
           "chưa có kế hoạch", 409)
        do("thu-ky", "improve/improve-plan", {
            "title": "Kế hoạch <b>", "basis": "KH 1", "days": "30"},
           "Kế hoạch <b>")
        b = self.c.who("thu-ky")
        stale = b.get(self.at("improve/improve-plan")).form("Tên kế hoạch")
        do("thu-ky", "improve/improve-plan", {"days": "15"})
        p = self.c.says(b.send(stale, {"days": "60"}), "Đang lưu", 409)
        self.c.need(f"both: {p.text}", "15 60" in p.text)
        lost = self.get("thu-ky", "improve", "Điểm bị mất")
        link = next(x for x in lost.reader.links if "improve-add?" in x and
                    "criterion=" in x and self.units[2] in x)
        add = link.split("/work/")[1]
        form = b.get(link).form("Giao nhiệm vụ")
        self.c.need("begins with what was lost", form["fields"]["gain"] and
                    form["fields"]["unit"] == self.units[2])
        do("thu-ky", add, {"text": self.c.HOSTILE, "lead": "so-noi-vu",
                           "due": self.day(9), "gain": "999,5"},
           "điểm tăng dự kiến", 400)
        do("thu-ky", add, {"text": self.c.HOSTILE, "lead": "so-noi-vu",
                           "due": self.day(9), "gain": "0,25"}, "0,25")
        do("thu-ky", add, {"text": "việc hai", "lead": self.units[2],
                           "due": self.day(9), "gain": "0"})
        change = b.get(self.at("improve/improve-change?task=1")).form("Sửa")
        do("a-so-noi-vu", "improve/improve-report?task=1", {
            "text": "đang làm", "state": "doing"}, "đang làm")
        p = self.c.says(b.send(change, {"gain": "0,5", "reason": "r"}),
                        "Người sửa sau cùng: a-so-noi-vu", 409)
        self.c.says(b.send(p.form("Ghi lại lần nữa"), {"gain": "0,125",
                                                       "reason": "r"}),
                    "0,125")
        do("a-so-tai-chinh", "improve/improve-report?task=2", {"text": "xong",
                                                   "state": "done"}, "xong")
        self.c.need("who does not lead is refused", self.c.who("u1").post(
            self.R + "/acts/improve-report", {
                "task": "2", "unit": self.units[0], "text": "x",
                "version": "2"}).status in (400, 403, 404, 409))
        do("thu-ky", "improve/improve-reopen?task=2", {"reason": "r"})
        do("thu-ky", "improve/improve-cancel?task=2", {"reason": "r"},
           "đã hủy")
        self.c.lacks(self.get("u1", "improve"), "việc hai")
        self.get("u3", "improve", "việc hai")

    # ---- the year, commendation

    def year(self):
        do = self.do
        do("thu-ky", "year/target-record?target=CT1", {
            "value": "96,5", "source": "BC 12", "day": self.day()},
           "KHÔNG ĐẠT")
        do("thu-ky", "year/target-record?target=CT1", {
            "value": "100", "source": "BC 13", "day": self.day()},
           "Chưa ghi được", 400)
        do("thu-ky", "year/target-record?target=CT1", {
            "value": "100", "source": "BC 13", "day": self.day(),
            "reason": "đính chính"}, "BC 13")
        do("thu-ky", "year/series-put", {
            "index": "PAPI", "year": "2023", "points": "42,75", "source":
            "papi.org.vn", "rank": "30", "among": "63"}, "42,75")
        b = self.c.who("thu-ky")
        at = self.at("year/series-put?index=PAPI&year=2023")
        one, two = b.get(at).form("Đính"), b.get(at).form("Đính")
        self.c.need("begins with what stands", one["fields"]["points"] ==
                    "42.75" and one["fields"]["rank"] == "30")
        self.c.says(b.send(one, {"points": "43", "reason": "gõ nhầm"}),
                    "gõ nhầm")
        self.c.says(b.send(two, {"points": "44", "reason": "x"}), "Đang lưu",
                    409)
        self.get("u1", "year", "PAPI")
        self.get("a-so-noi-vu", "year", "CT1")

    def reward(self):
        do = self.do
        do("thu-ky", "reward/discipline-add", {
            "unit": self.units[0], "what": "khiển trách", "source": "QĐ 5",
            "day": self.day(-9)}, "khiển trách")
        do("u2", "reward/reward-name", {"name": "Bà C", "position": "TP",
                                        "merit": self.c.HOSTILE}, "Bà C")
        do("thu-ky", "reward/reward-name-province", {
            "name": "Ông D", "position": "CV", "merit": "giỏi"}, "Ông D")
        self.c.lacks(self.get("u1", "reward"), "Bà C")
        self.c.lacks(self.get("kiem-toan", "reward"), "Bà C")
        do("thu-ky", "reward/reward-make", {}, "dự thảo")
        self.get("kiem-toan", "reward", "kỷ luật: khiển trách")
        do("thu-ky", "reward/discipline-lift?discipline=1", {"reason": "hủy"})
        p = self.get("thu-ky", "reward", "kỷ luật đã thay đổi")
        self.c.need("what is outdated is not decided", not any(
            "reward-decide" in x for x in p.reader.links))
        do("thu-ky", "reward/reward-make", {})
        do("thu-ky", "reward/reward-withdraw?person=2", {"reason": "rút"},
           "đã rút")
        do("thu-ky", "reward/reward-make", {})
        do("hoi-dong", "reward/reward-decide?list=3", {
            "decision": "QĐ 9", "day": self.day()}, "đã quyết định")
        do("hoi-dong", "reward/reward-decide?list=3", {
            "decision": "QĐ 10", "day": self.day()}, "Chưa ghi được", 409)


def run(check):
    a = Areas(check)
    for step in (a.doors, a.schedule, a.inspect, a.findings, a.improve,
                 a.year, a.reward):
        step()
