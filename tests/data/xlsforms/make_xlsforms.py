#!/usr/bin/python3
"""Makes the workbooks of this folder: one form by the XLSForm convention, as
people write them with the programs of others.  All must give parts.json
(tests/service/xlsform.sh).  Not an official form.

usage: make_xlsforms.py     (needs python3-openpyxl, python3-xlsxwriter,
libreoffice-calc-nogui)"""
import pathlib
import subprocess
import tempfile

import openpyxl
import xlsxwriter

HERE = pathlib.Path(__file__).resolve().parent
SURVEY = [
    ["type", "name", "label::Tiếng Việt (vi)", "label::English (en)", "hint", "required", "constraint", "appearance", "decimals"],
    ["start", "start"],
    ["begin group", "profile", "Người trả lời"],
    ["select_one gioi", "gioi-tinh", "Giới tính", "Sex", None, True],
    ["end group"],
    ["begin_group", "g1", "Tiếp cận dịch vụ"],
    ["select_one muc", "Q1", "Đánh giá nơi ngồi chờ?", "The waiting room?", "Chọn một", True, None, "columns"],
    ["select_one muc", "Q2", "Đánh giá thái độ?", "The manner?"],
    ["end_group"],
    ["integer", "Q3", "Đến mấy lần?", "How many visits?", None, False, ". >= 0 and . <= 50"],
    ["decimal", "Q4", "Điểm cho đơn vị", "Points", None, None, ". >= 0 and . <= 10", None, 1],
    ["select_multiple kenh", "Q5", "Biết qua kênh nào?"],
    ["text", "Q6", "Ý kiến <khác> & góp ý", None, None, None, "string-length(.) <= 200"],
]
CHOICES = [
    ["list_name", "name", "label", "label::English (en)", "coefficient", "satisfied"],
    ["gioi", "nam", "Nam", "Male"], ["gioi", "nu", "Nữ", "Female"],
    ["muc", 1, "Tốt", "Good", 100, "yes"], ["muc", 2, "Khá", "Fair", 62.5, "yes"], ["muc", 3, "Kém", "Poor", 0],
    ["kenh", "bao", "Báo, đài"], ["kenh", "mang", "Trang \"mạng\""],
]
SETTINGS = [["form_title", "form_id", "version", "default_language", "basis"],
            ["Phiếu mẫu thử, không phải phiếu chính thức", "XF-01", 2, "Tiếng Việt (vi)", "mau-thu"]]
SHEETS = {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS}


def with_xlsxwriter(path, inline=False, odd=False):
    book = xlsxwriter.Workbook(path, {"constant_memory": inline})
    bold = book.add_format({"bold": 1})
    for name, rows in SHEETS.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, v in enumerate(row):
                if v is None:
                    continue
                if odd and name == "survey" and v == "Đánh giá thái độ?":
                    sheet.write_rich_string(r, c, "Đánh giá ", bold, "thái độ", "?")
                elif odd and name == "choices" and c == 4 and r > 0:
                    sheet.write_formula(r, c, f"={v}*1", None, v)
                else:
                    sheet.write(r, c, v)
        if odd:
            grey = book.add_format({"bg_color": "#eeeeee"})
            for r in range(len(rows), len(rows) + 40):
                for c in range(9):
                    sheet.write_blank(r, c, None, grey)
            sheet.set_row(1, None, None, {"hidden": name == "choices"})
    if odd:
        book.add_worksheet("Ghi chú").write(0, 0, "trang của người soạn")
        book.add_worksheet("cũ").hide()
    book.close()


def with_openpyxl(path):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in ("settings", "choices", "survey"):  # another order
        sheet = book.create_sheet(name)
        for row in SHEETS[name]:
            sheet.append(row)
    book["survey"]["C4"] = "Giới tính"
    book.save(path)


def with_libreoffice(path, source):
    with tempfile.TemporaryDirectory() as d:
        subprocess.run(["soffice", f"-env:UserInstallation=file://{d}/profile", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", d, str(source)],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        path.write_bytes((pathlib.Path(d) / (source.stem + ".xlsx")).read_bytes())


with_xlsxwriter(HERE / "xlsxwriter.xlsx")
with_xlsxwriter(HERE / "xlsxwriter-inline.xlsx", inline=True)
with_xlsxwriter(HERE / "xlsxwriter-odd.xlsx", odd=True)
with_openpyxl(HERE / "openpyxl.xlsx")
with_libreoffice(HERE / "libreoffice.xlsx", HERE / "openpyxl.xlsx")
with_libreoffice(HERE / "libreoffice-odd.xlsx", HERE / "xlsxwriter-odd.xlsx")
