#!/usr/bin/python3
"""Makes the workbooks of this folder with the programs of others: openpyxl,
XlsxWriter and LibreOffice.  The same three sheets of form F1 of the tests'
small plan stand in each, written in that program's own way; list.txt says what
is to be read.  Run it again only to add one: what was made stays as it is, so
that a reader is held to what those versions really wrote.

usage: make_workbooks.py [NAME...]     (needs python3-openpyxl,
python3-xlsxwriter, libreoffice-calc-nogui)"""
import datetime
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import openpyxl
import openpyxl.styles
import openpyxl.utils.datetime
import xlsxwriter

HERE = pathlib.Path(__file__).resolve().parent
HEAD = ["Số phiếu", "Nhóm đối tượng", "Đơn vị công tác", "Ngày thu phiếu",
        "Giới tính", "Đơn vị được đánh giá", "Q1", "Q2", "Q3", "Q4", "Q5",
        "Q6", "Ý kiến khác"]
DAY = [datetime.date(2025, 2, 3), datetime.date(2025, 2, 28),
       datetime.date(2025, 3, 31)]
ROWS = [
    ["F1-00001-0", "Công chức", "Sở một", DAY[0], "Nam", None, "A", "B", "co",
     "a, b", 7.5, "chờ lâu", "Tốt <&> ế"],
    ["F1-00002-4", "Công chức", "Sở hai", DAY[1], "Nữ", None, "B", "A", None,
     "b", 10, None, None],
    ["F1-00003-1", "Đại biểu", None, DAY[2], None, "S1", "A", "A", "khong",
     None, 0.25, None, "hai dòng\ncủa một ý kiến"],
    [None, None, None, None, None, "S2", "C", "B", None, None, None, None,
     None],
]
Q1, Q5, COMMENT, DATE = 6, 10, 12, 3
makers = {}
DAMM = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
        "3674209581", "5869720134", "8945362017", "9438617205", "2581436790"]


def number(serial):
    state = 0
    for ch in f"F1{serial:05d}":
        for d in ch if ch.isdigit() else f"{ord(ch) - 65:02d}":
            state = int(DAMM[state][int(d)])
    return f"F1-{serial:05d}-{state}"


for serial in (1, 2, 3):
    ROWS[serial - 1][0] = number(serial)


def maker(function):
    makers[function.__name__.replace("_", "-")] = function
    return function


def x(path, build, **options):
    """A workbook of XlsxWriter; build(book, sheet)."""
    book = xlsxwriter.Workbook(path, options)
    sheet = book.add_worksheet("Phiếu nhập")
    build(book, sheet)
    book.close()


def fill(book, sheet, top=0, day="dd/mm/yyyy", skip=()):
    date = book.add_format({"num_format": day})
    for c, text in enumerate(HEAD):
        sheet.write_string(top, c, text)
    for r, row in enumerate(ROWS):
        for c, v in enumerate(row):
            if v is None or (r, c) in skip:
                continue
            if isinstance(v, datetime.date):
                sheet.write_datetime(top + 1 + r, c, v, date)
            else:
                sheet.write(top + 1 + r, c, v)


# ---- XlsxWriter --------------------------------------------------------
@maker
def xlsxwriter_plain(path):
    x(path, fill)


@maker
def xlsxwriter_inline(path):
    x(path, fill, constant_memory=True)


@maker
def xlsxwriter_rich(path):
    def build(book, sheet):
        bold, red = book.add_format({"bold": 1}), book.add_format({"font_color": "red"})
        fill(book, sheet, skip={(0, COMMENT), (0, 2), (0, 0)})
        sheet.write_rich_string(1, COMMENT, bold, "Tốt", " <&>", red, " ế")
        sheet.write_rich_string(1, 2, "Sở ", bold, "một")
        sheet.write_rich_string(1, 0, red, "F1-", bold, ROWS[0][0][3:])
    x(path, build)


@maker
def xlsxwriter_1904(path):
    x(path, fill, date_1904=True)


@maker
def xlsxwriter_date_styles(path):
    def build(book, sheet):
        fill(book, sheet, skip={(0, DATE), (1, DATE), (2, DATE)})
        formats = ["[$-42A]d mmmm yyyy;@", '"ngày "dd" tháng "mm" năm "yyyy', "yyyy\\-mm\\-dd hh:mm"]
        for r, f in enumerate(formats):
            when = datetime.datetime.combine(DAY[r], datetime.time(8 * (r == 2)))
            sheet.write_datetime(1 + r, DATE, when, book.add_format({"num_format": f}))
    x(path, build)


@maker
def xlsxwriter_formulas(path):
    def build(book, sheet):
        date = book.add_format({"num_format": 14})
        fill(book, sheet, skip={(0, Q1), (0, Q5), (0, DATE), (0, 2)})
        sheet.write_formula(1, Q1, '=IF(1=1,"A","")', None, "A")
        sheet.write_formula(1, Q5, "=15/2", None, 7.5)
        sheet.write_formula(1, DATE, "=DATE(2025,2,3)", date, 45691)
        sheet.write_array_formula(1, 2, 1, 2, '{="Sở "&"một"}', None, "Sở một")
    x(path, build)


@maker
def excel_like_shared_formulas(path):
    """As Excel stores a formula that was filled down: the first cell holds it
    with its range, the others its number; each with its value."""
    def build(book, sheet):
        fill(book, sheet, skip={(r, Q5) for r in range(3)})
        for r in range(3):
            sheet.write_formula(r + 1, Q5, f"P{r + 2}*2", None, ROWS[r][Q5])
            sheet.write_number(r + 1, 15, ROWS[r][Q5] / 2)
        sheet.write_string(0, 15, "Ghi chú")
    x(path, build)
    with zipfile.ZipFile(path) as z:
        parts = {n: z.read(n) for n in z.namelist()}
    name = "xl/worksheets/sheet1.xml"
    text = parts[name].decode()
    text = text.replace("<f>P2*2</f>", '<f t="shared" ref="K2:K4" si="0">P2*2</f>')
    for r in (3, 4):
        text = text.replace(f"<f>P{r}*2</f>", '<f t="shared" si="0"/>')
    parts[name] = text.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for n, data in parts.items():
            z.writestr(n, data)


@maker
def xlsxwriter_merged(path):
    def build(book, sheet):
        fill(book, sheet, top=2)
        sheet.merge_range(0, 0, 0, 12, "Danh sách phiếu thu về", book.add_format({"bold": 1}))
        sheet.merge_range(5, 0, 6, 0, ROWS[2][0], book.add_format())
        sheet.merge_range(5, 3, 6, 3, "", book.add_format({"num_format": 14}))
        sheet.write_datetime(5, 3, datetime.datetime.combine(DAY[2], datetime.time()), book.add_format({"num_format": 14}))
    x(path, build)


@maker
def xlsxwriter_hidden(path):
    def build(book, sheet):
        fill(book, sheet)
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(12, 12, None, None, {"hidden": True})
        for name in ("Nháp", "Cũ"):
            other = book.add_worksheet(name)
            fill(book, other)
            other.hide()
    x(path, build)


@maker
def xlsxwriter_hidden_first(path):
    book = xlsxwriter.Workbook(path)
    other = book.add_worksheet("Danh mục")
    other.write(0, 0, "không đọc")
    sheet = book.add_worksheet("Phiếu nhập")
    fill(book, sheet)
    sheet.activate()
    sheet.set_first_sheet()
    other.hide()
    book.close()


@maker
def xlsxwriter_table(path):
    def build(book, sheet):
        fill(book, sheet)
        sheet.add_table(0, 0, 4, 12, {"columns": [{"header": h} for h in HEAD], "data": [[v if not isinstance(v, datetime.date) else None for v in r] for r in ROWS]})
        date = book.add_format({"num_format": "dd/mm/yyyy"})
        for r in range(3):
            sheet.write_datetime(1 + r, DATE, datetime.datetime.combine(DAY[r], datetime.time()), date)
        sheet.freeze_panes(1, 1)
        sheet.data_validation(1, 6, 200, 6, {"validate": "list", "source": ["A", "B", "C"]})
        sheet.conditional_format(1, 10, 200, 10, {"type": "3_color_scale"})
        sheet.write_comment(1, 6, "một ghi chú của ô")
    x(path, build)


@maker
def xlsxwriter_trailing(path):
    def build(book, sheet):
        grey = book.add_format({"bg_color": "#eeeeee", "border": 1})
        fill(book, sheet)
        for r in range(5, 600):
            for c in range(13):
                sheet.write_blank(r, c, None, grey)
        sheet.write_blank(20000, 16000, None, grey)
    x(path, build)


@maker
def xlsxwriter_extra_columns(path):
    def build(book, sheet):
        fill(book, sheet)
        for c, text in enumerate(["STT", "Ghi chú của tôi", "Người nhập", "Trống"]):
            sheet.write_string(0, 13 + c, text)
        for r in range(1, 5):
            sheet.write_number(r, 13, r)
            sheet.write_string(r, 14, "gọi lại sau")
        sheet.write_string(1, 15, "Nguyễn Văn A")
    x(path, build)


# ---- openpyxl ----------------------------------------------------------
def o(path, change=None, only=False):
    book = openpyxl.Workbook(write_only=only)
    sheet = book.create_sheet("Phiếu nhập") if only else book.active
    sheet.title = "Phiếu nhập"
    if change and not only:
        change(book, sheet, "before")
    sheet.append(HEAD)
    for row in ROWS:
        sheet.append(row)
    if change and not only:
        change(book, sheet, "after")
    book.save(path)


@maker
def openpyxl_plain(path):
    o(path)


@maker
def openpyxl_write_only(path):
    o(path, only=True)


@maker
def openpyxl_1904(path):
    def change(book, _sheet, when):
        if when == "before":
            book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    o(path, change)


@maker
def openpyxl_text_dates(path):
    def change(_book, sheet, when):
        if when == "after":
            for r in range(2, 5):
                sheet.cell(r, DATE + 1).value = DAY[r - 2].strftime("%d/%m/%Y")
                sheet.cell(r, DATE + 1).number_format = "@"
    o(path, change)


@maker
def openpyxl_hidden(path):
    def change(book, sheet, when):
        if when == "before":
            for name, state in (("Danh mục", "veryHidden"), ("Nháp", "hidden")):
                other = book.create_sheet(name, 0)
                other.append(["không đọc"])
                other.sheet_state = state
        else:
            book.active = book.index(sheet)
            sheet.row_dimensions[3].hidden = True
            sheet.row_dimensions.group(4, 5, hidden=True)
    o(path, change)


@maker
def openpyxl_formulas_without_values(path):
    def change(_book, sheet, when):
        if when == "after":
            sheet.cell(2, Q1 + 1).value = '=IF(1=1,"A","")'
            sheet.cell(2, Q5 + 1).value = "=15/2"
    o(path, change)


@maker
def openpyxl_merged(path):
    def change(_book, sheet, when):
        if when == "before":
            sheet.append(["Danh sách phiếu"])
            sheet.merge_cells("A1:M1")
        else:
            sheet.merge_cells("A5:A6")
            sheet.merge_cells("N2:P4")
    o(path, change)


@maker
def openpyxl_styles(path):
    def change(_book, sheet, when):
        if when == "after":
            for row in sheet.iter_rows(1, 400, 1, 13):
                for cell in row:
                    cell.font = openpyxl.styles.Font(name="Times New Roman", bold=cell.row == 1)
                    cell.fill = openpyxl.styles.PatternFill("solid", "DDDDDD")
            for r in range(2, 5):
                sheet.cell(r, DATE + 1).number_format = "[$-x-sysdate]dddd, mmmm dd, yyyy"
                sheet.cell(r, Q5 + 1).number_format = '#,##0.00" điểm"'
    o(path, change)


@maker
def openpyxl_text_cells(path):
    def change(_book, sheet, when):
        if when == "after":
            for r in range(2, 5):
                value = sheet.cell(r, Q5 + 1).value
                sheet.cell(r, Q5 + 1).value = str(value).replace(".", ",")
                sheet.cell(r, Q5 + 1).number_format = "@"
    o(path, change)


# ---- LibreOffice: from its flat XML, as a person would have typed it ------
FODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">
<office:automatic-styles>
<number:date-style style:name="D" number:language="vi" number:country="VN"><number:day number:style="long"/><number:text> tháng </number:text><number:month number:textual="true" number:style="long"/><number:text>, </number:text><number:year number:style="long"/></number:date-style>
<style:style style:name="day" style:family="table-cell" style:data-style-name="D"/>
<style:style style:name="grey" style:family="table-cell"><style:table-cell-properties fo:background-color="#eeeeee"/></style:style>
<style:style style:name="bold" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>
</office:automatic-styles>
<office:body><office:spreadsheet>%(settings)s
<table:table table:name="Phiếu nhập">%(rows)s</table:table>%(others)s
</office:spreadsheet></office:body></office:document>"""


def esc(s):
    return str(s).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def cell(v, attributes=""):
    if v is None:
        return "<table:table-cell/>"
    if isinstance(v, datetime.date):
        return f'<table:table-cell table:style-name="day" office:value-type="date" office:date-value="{v}"{attributes}/>'
    if isinstance(v, (int, float)):
        return f'<table:table-cell office:value-type="float" office:value="{v}"{attributes}><text:p>{v}</text:p></table:table-cell>'
    lines = "".join(f"<text:p>{esc(p)}</text:p>" for p in v.split("\n"))
    return f'<table:table-cell office:value-type="string"{attributes}>{lines}</table:table-cell>'


def lo_rows(over=None, row_attributes=None, more=()):
    over, row_attributes = over or {}, row_attributes or {}
    out = []
    for r, row in enumerate([HEAD, *ROWS]):
        cells = "".join(over.get((r, c), cell(v)) for c, v in enumerate(row))
        out.append(f"<table:table-row{row_attributes.get(r, '')}>{cells}</table:table-row>")
    return "".join(out) + "".join(more)


def lo(path, rows, settings="", others=""):
    text = FODS % {"rows": rows, "settings": settings, "others": others}
    with tempfile.TemporaryDirectory() as d:
        source = pathlib.Path(d) / (path.stem + ".fods")
        source.write_text(text, encoding="utf-8")
        subprocess.run(["soffice", f"-env:UserInstallation=file://{d}/profile", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", d, str(source)],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        path.write_bytes((pathlib.Path(d) / (path.stem + ".xlsx")).read_bytes())


@maker
def libreoffice_plain(path):
    lo(path, lo_rows())


@maker
def libreoffice_rich(path):
    rich = '<table:table-cell office:value-type="string"><text:p><text:span text:style-name="bold">Tốt</text:span> &lt;&amp;&gt; ế</text:p></table:table-cell>'
    lo(path, lo_rows({(1, COMMENT): rich}))


@maker
def libreoffice_1904(path):
    lo(path, lo_rows(), settings='<table:calculation-settings><table:null-date table:date-value="1904-01-01"/></table:calculation-settings>')


@maker
def libreoffice_shared_formulas(path):
    def f(v, text):
        return cell(v, f' table:formula="of:={text}"')
    over = {(1, Q5): f(7.5, "3.75*2"), (2, Q5): f(10, "5*2"), (3, Q5): f(0.25, "[.P4]*2")}
    over.update({(r, Q1): f("A" if r != 2 else "B", f'[.O{r + 1}]') for r in (1, 2, 3)})
    rows = []
    for r, row in enumerate([HEAD, *ROWS]):
        cells = "".join(over.get((r, c), cell(v)) for c, v in enumerate(row))
        if 1 <= r <= 3:
            cells += '<table:table-cell/>' + cell("A" if r != 2 else "B") + cell([None, 3.75, 5, 0.125][r])
        elif r == 0:
            cells += '<table:table-cell/>' + cell("Ghi chú 1") + cell("Ghi chú 2")
        rows.append(f"<table:table-row>{cells}</table:table-row>")
    text = "".join(rows)
    for r in (1, 2):
        text = text.replace("of:=3.75*2" if r == 1 else "of:=5*2", f"of:=[.P{r + 1}]*2")
    lo(path, text)


@maker
def libreoffice_hidden(path):
    other = '<table:table table:name="Nháp" table:style-name="gone"><table:table-row>' + cell("không đọc") + "</table:table-row></table:table>"
    text = lo_rows(row_attributes={2: ' table:visibility="collapse"', 3: ' table:visibility="filter"'})
    lo(path, text, others=other)


@maker
def libreoffice_merged(path):
    title = "<table:table-row>" + cell("Danh sách phiếu", ' table:number-columns-spanned="13" table:number-rows-spanned="1"') + '<table:covered-table-cell table:number-columns-repeated="12"/></table:table-row>'
    over = {(3, 0): cell(ROWS[2][0], ' table:number-columns-spanned="1" table:number-rows-spanned="2"'), (4, 0): "<table:covered-table-cell/>"}
    lo(path, title + lo_rows(over))


@maker
def libreoffice_trailing(path):
    grey = '<table:table-row table:number-rows-repeated="1000"><table:table-cell table:style-name="grey" table:number-columns-repeated="20"/></table:table-row>'
    lo(path, lo_rows(more=(grey,)))


@maker
def libreoffice_extra_columns(path):
    rows = lo_rows().split("</table:table-row>")
    extra = ["Người nhập", "A", "B", "C", ""]
    lo(path, "".join(r + (cell(extra[i]) if extra[i] else "") + "</table:table-row>" for i, r in enumerate(rows[:-1])))


# ---- one writer's file opened and saved by another ------------------------
def resave(path, first):
    with tempfile.TemporaryDirectory() as d:
        source = pathlib.Path(d) / "in" / (path.stem + ".xlsx")
        source.parent.mkdir()
        makers[first](source)
        subprocess.run(["soffice", f"-env:UserInstallation=file://{d}/profile", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", d, str(source)],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        path.write_bytes((pathlib.Path(d) / source.name).read_bytes())


@maker
def libreoffice_resaved_rich(path):
    resave(path, "xlsxwriter-rich")


@maker
def libreoffice_resaved_formulas(path):
    resave(path, "openpyxl-formulas-without-values")


@maker
def libreoffice_resaved_table(path):
    resave(path, "xlsxwriter-table")


@maker
def openpyxl_resaved_shared_formulas(path):
    with tempfile.TemporaryDirectory() as d:
        source = pathlib.Path(d) / "s.xlsx"
        libreoffice_shared_formulas(source)
        openpyxl.load_workbook(source).save(path)


if __name__ == "__main__":
    for name in sys.argv[1:] or makers:
        target = HERE / f"{name}.xlsx"
        if len(sys.argv) > 1 or not target.exists():
            makers[name](target)
            print(name)
