/* What is wrong with a sheet: the rules of collector/submission_read.c
 * (check_read.ts), submission_answer.c (check_answer.ts) and
 * submission_check.c, in the same order, because of two faults at one path the
 * first is the one that is told.  tests/data/corpus holds cases that both must
 * judge alike. */
import { BLANK, DONT_KNOW } from "./check_answer";
import { isObject, under } from "./check_faults";
import type { Fault } from "./check_faults";
import { Reader } from "./check_read";
import type { Rating } from "./check_read";
import { mayRate, perSheet } from "./plan";
import type { Form, Group, Plan } from "./plan";
import { prefixOf, sheetParse } from "./sheet";

export interface Checked {
  quarantine: boolean;
  faults: Fault[];
  straight: boolean; // Q01
}

const STRAIGHT_MIN = 5;

class Checker extends Reader {
  checkSheet(): void {
    const f = this.f;
    if (this.sheet === null) {
      f.say("V01", "/sheet", "no sheet number", "phiếu không có số");
      return;
    }
    const no = sheetParse(this.sheet);
    if (!no.ok)
      f.say("V01", "/sheet", no.message, no.why === "digit"
        ? "số phiếu sai chữ số kiểm tra"
        : "số phiếu không đúng dạng CT01-00012-7");
    else if (this.form && prefixOf(this.form.code) !== no.no.prefix)
      f.say("V01", "/sheet", "the sheet number belongs to another form",
        "số phiếu thuộc mẫu phiếu khác");
  }

  checkForm(): void {
    if (this.form || this.formCode === null || this.version === null) return;
    if (this.p.forms.some((x) => x.code === this.formCode))
      this.f.say("V03", "/version",
        "no such version of this form in the plan",
        "kế hoạch không có phiên bản này của mẫu phiếu");
    else
      this.f.say("V03", "/form", "no such form in the plan",
        "kế hoạch không có mẫu phiếu này");
  }

  checkGroup(): void {
    const f = this.f;
    const g = this.group;
    if (!g) {
      if (this.groupCode !== null)
        f.say("V03", "/group", "no such group in the plan",
          "kế hoạch không có nhóm đối tượng này");
      return;
    }
    if (this.form && g.form !== this.form.code)
      f.say("V03", "/group", "the group does not belong to the form",
        "nhóm đối tượng không thuộc mẫu phiếu này");
    if (g.homeKind === null) {
      if (this.homeCode !== null)
        f.say("V03", "/home", "this group has no home",
          "nhóm đối tượng này không gắn với đơn vị công tác");
    } else if (this.homeCode === null) {
      f.say("V03", "/home", "the group needs a home",
        "thiếu đơn vị công tác của người trả lời");
    } else if (!this.home) {
      f.say("V03", "/home", "no such unit in the plan",
        "kế hoạch không có đơn vị này");
    } else if (this.home.kind !== g.homeKind) {
      f.say("V03", "/home", "a unit of the wrong kind",
        "đơn vị công tác không đúng loại của nhóm");
    }
  }

  checkDay(): void {
    const day = this.collected;
    if (day === null) return;
    if (day > this.today)
      this.f.say("V10", "/collected", "a day in the future",
        "ngày thu phiếu ở tương lai");
    else if (day < this.p.from || day > this.p.to)
      this.f.say("V10", "/collected", "outside the days of the survey",
        "ngoài thời gian điều tra");
  }

  /* Group and home are known well enough to say who may be rated. */
  mayJudge(): Group | null {
    const g = this.group;
    if (!g) return null;
    return g.homeKind === null || this.home?.kind === g.homeKind ? g : null;
  }

  checkUnits(): void {
    const f = this.f;
    const day = this.collected ?? this.p.from;
    const g = this.mayJudge();
    const home = this.home ? this.home.code : null;
    let want = g ? perSheet(this.p, g, home, day) : 0;
    const seen = new Set<string>();
    this.ratings.forEach((r, i) => {
      const path = under(under("/ratings", i), "unit");
      if (!r.unit) {
        f.say("V04", path,
          r.unitCode !== null ? "no such unit in the plan"
            : "no rated unit",
          r.unitCode !== null ? "kế hoạch không có đơn vị này"
            : "thiếu đơn vị được đánh giá");
        return;
      }
      if (seen.has(r.unit.code))
        f.say("V04", path, "the unit is rated twice",
          "một đơn vị được đánh giá hai lần");
      else if (g && !mayRate(this.p, g, home, r.unit, day))
        f.say("V04", path, "this respondent does not rate this unit",
          "người trả lời không thuộc diện đánh giá đơn vị này");
      seen.add(r.unit.code);
    });
    const n = this.ratings.length;
    if (n === 0 || (want && n !== want)) {
      want = want || 1;
      f.say("V04", "/ratings", `${n} rated units, the sheet has ${want}`,
        `có ${n} đơn vị được đánh giá, phiếu này cần ${want}`);
    }
  }

  enough(given: number, put: number): boolean {
    if (this.p.minimum === "all") return given >= put;
    if (this.p.minimum === "percent")
      return BigInt(given) * 100000000n >=
        this.p.minimumPercent * BigInt(put);
    return true;
  }

  checkAnswers(form: Form, r: Rating, i: number): void {
    const at = under(under("/ratings", i), "answers");
    let given = 0;
    let put = 0;
    for (const q of form.questions) {
      if (!q.asked) continue;
      const kept = r.kept.get(q.code) ?? BLANK;
      const slot = q.type === "scale" || q.type === "single";
      if (slot) {
        put++;
        if (typeof kept === "object" || kept === DONT_KNOW) given++;
      }
      if ((q.required || (this.p.blankInvalid && slot)) && kept === BLANK)
        this.f.say("V05", under(at, q.code),
          "this question must be answered",
          "câu này bắt buộc phải trả lời");
    }
    if (!this.enough(given, put))
      this.f.say("V05", at,
        `${given} of ${put} questions answered, fewer than the minimum`,
        `trả lời ${given} trên ${put} câu, ít hơn mức tối thiểu`);
  }

  checkProfile(form: Form): void {
    for (const [key, value] of [...this.profile].sort()) {
      const path = under("/profile", key);
      const field = form.profile.find((x) => x.code === key);
      if (!field)
        this.f.say("V08", path, "no such field on this form",
          "mẫu phiếu không có trường thông tin này");
      else if (!field.options.some((o) => !o.retired && o.code === value))
        this.f.say("V08", path, "not an option of this field",
          "không thuộc danh mục của trường này");
    }
    for (const field of form.profile)
      if (field.required && !this.profile.has(field.code))
        this.f.say("V08", under("/profile", field.code),
          "required and missing", "bắt buộc nhưng để trống");
  }

  /* Q01 compares the bytes that would be stored. */
  straight(form: Form): boolean {
    let first: number | undefined;
    let answered = 0;
    for (const r of this.ratings)
      for (const q of form.questions) {
        const kept = r.kept.get(q.code);
        if (typeof kept !== "object") continue;
        const place = q.options.find((o) => o.code === kept.option)?.ordinal;
        if (answered++ === 0) first = place;
        else if (place !== first) return false;
      }
    return answered >= STRAIGHT_MIN;
  }

  run(): Checked {
    if (!this.readHead())
      return { quarantine: true, faults: [], straight: false };
    this.lookUp();
    this.readRatings();
    if (this.wave !== null && this.wave !== this.p.wave)
      this.f.say("V00", "/wave", "the sheet is of another wave",
        "phiếu thuộc đợt điều tra khác");
    this.checkSheet();
    this.checkForm();
    this.checkGroup();
    this.checkDay();
    this.checkUnits();
    const form = this.form;
    if (form) {
      this.ratings.forEach((r, i) => this.checkAnswers(form, r, i));
      this.checkProfile(form);
    }
    return {
      quarantine: false,
      faults: this.f.sorted(),
      straight: form !== null && this.straight(form),
    };
  }
}

/* `today`: the day in Vietnam (todayVn). */
export function check(plan: Plan, doc: unknown, today: number): Checked {
  if (!isObject(doc)) return { quarantine: true, faults: [], straight: false };
  return new Checker(plan, doc, today).run();
}
