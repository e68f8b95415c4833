"""Sheets as tables of words, and tables as the files that people send."""
import csv
import io
import zipfile


def table(plan, sheets, form, keying=None):
    """The sheets as rows of words: heading, then cells."""
    f = next(x for x in plan["forms"] if x["code"] == form)
    codes = [q["code"] for q in f["questions"]]
    rows = [["Số phiếu", "Đơn vị được đánh giá", "Nhóm đối tượng",
             "Đơn vị công tác", "Ngày thu phiếu", "Giới tính", "Nhóm tuổi",
             *codes, "Ý kiến khác", *(["Lần nhập"] if keying else [])]]
    names = {u["code"]: u["name"] for u in plan["units"]}
    groups = {g["code"]: g["name"] for g in plan["groups"]}
    for s in sheets:
        for i, r in enumerate(s["ratings"]):
            y, m, d = s["collected"].split("-")
            p = s.get("profile") or {}
            head = [s["sheet"], names[r["unit"]], groups[s["group"]],
                    names.get(s["home"], ""), f"{d}/{m}/{y}",
                    p.get("gioi-tinh", ""), p.get("nhom-tuoi", "")]
            if i:
                head = ["", names[r["unit"]], "", "", "", "", ""]
            rows.append([*head, *[word(r["answers"].get(q)) for q in codes],
                         (s.get("comment") or "") if i == 0 else "",
                         *([str(keying) if i == 0 else ""] if keying else [])])
    return rows


def word(answer):
    if answer is None:
        return ""
    if isinstance(answer, dict):
        return {"unreadable": "?", "dont-know": "kb"}[answer["mark"]]
    if isinstance(answer, list):
        return ", ".join(answer)
    return answer


def as_csv(rows, sep=",", encoding="utf-8"):
    out = io.StringIO()
    csv.writer(out, delimiter=sep).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows):
    """A workbook as Google's and LibreOffice's: inline strings."""
    def cell(text):
        text = (text.replace("&", "&amp;").replace("<", "&lt;"))
        return f'<c t="inlineStr"><is><t>{text}</t></is></c>'
    body = "".join(f'<row r="{i + 1}">{"".join(cell(x) for x in r)}</row>'
                   for i, r in enumerate(rows))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    pkg = "http://schemas.openxmlformats.org/package/2006/relationships"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("_rels/.rels", f'<Relationships xmlns="{pkg}"><Relationship'
                   f' Id="r" Type="{rel}/officeDocument" '
                   'Target="xl/workbook.xml"/></Relationships>')
        z.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="'
                   f'{rel}"><sheets><sheet name="Trang tính1" sheetId="1" '
                   'r:id="s"/></sheets></workbook>')
        z.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{pkg}'
                   f'"><Relationship Id="s" Type="{rel}/worksheet" '
                   'Target="worksheets/sheet1.xml"/></Relationships>')
        z.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}">'
                   f"<sheetData>{body}</sheetData></worksheet>")
    return out.getvalue()
