#!/usr/bin/env python3
"""Makes the files of csv/ and xlsx/: what people send, and what nobody should.
Beside each its stated answer goes to tables.txt: file, form, answer ("ok N"
sheets, or each fault as `cell code`, `row code` or `- code`), and what it
shows.  tests/test_hostile_tables.c holds the reader to it.  Honest files are
named ok-*.  Written with the standard library only, so that no spreadsheet
program is needed; layouts follow what LibreOffice, Excel, Google Sheets and
openpyxl write."""
import io
import os
import pathlib
import struct
import unicodedata
import zipfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
DAMM = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
        "3674209581", "5869720134", "8945362017", "9438617205", "2581436790"]
rows_of_table = []


def no(form, serial):
    state = 0
    for ch in form + f"{serial:05d}":
        digits = ch if ch.isdigit() else f"{ord(ch) - 65:02d}"
        for d in digits:
            state = int(DAMM[state][int(d)])
    return f"{form}-{serial:05d}-{state}"


def put(name, data, answer, what, form="F2"):
    path = HERE / ("xlsx" if name.endswith((".xlsx", ".xlsm")) else "csv") / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    rows_of_table.append((f"{path.parent.name}/{name}", form, answer, what))


HEAD = ["sheet", "group", "home", "collected", "unit", "Q1", "Q2", "comment"]


def row(serial=1, **other):
    r = {"sheet": no("F2", serial), "group": "dan", "home": "X1",
         "collected": "03/02/2025", "unit": "", "Q1": "A", "Q2": "B",
         "comment": ""}
    r.update(other)
    return [r[k] for k in HEAD]


def quoted(cell, sep):
    if any(c in cell for c in (sep, '"', "\n", "\r")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def csv(rows, sep=",", end="\r\n", head=HEAD):
    return end.join(sep.join(quoted(c, sep) for c in r)
                    for r in [head, *rows]) + end


VN_HEAD = ["Số phiếu", "Nhóm đối tượng", "Đơn vị công tác", "Ngày thu phiếu",
           "Đơn vị được đánh giá", "Q1", "Q2", "Ý kiến khác"]
WORDS = [row(1, group="Dân", home="Xã một", Q1="Tốt", Q2="Vừa",
             comment="không đồng ý, phải chờ lâu"),
         row(2, group="Dân", home="Xã hai", Q1="Khá", Q2="Kém",
             comment="thái độ phục vụ chưa tốt")]
BASE = "aăâeêioôơuưy"
TONES = ["", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"]
TCVN = ["61B5B8B6B7B9", "A8BBBEBCBDC6", "A9C7CAC8C9CB", "65CCD0CECFD1",
        "AAD2D5D3D4D6", "69D7DDD8DCDE", "6FDFE3E1E2E4", "ABE5E8E6E7E9",
        "ACEAEDEBECEE", "75EFF3F1F2F4", "ADF5F8F6F7F9", "79FAFDFBFCFE"]
VNI_TONE = ["", "ø", "ù", "û", "õ", "ï"]
VNI_HAT = {"â": ("a", "âàáåãä"), "ê": ("e", "âàáåãä"), "ô": ("o", "âàáåãä"),
           "ă": ("a", "êèéúüë"), "i": ("", "iìíæóò")}


def letters():
    for i, b in enumerate(BASE):
        for t, tone in enumerate(TONES):
            c = unicodedata.normalize("NFC", b + tone)
            tcvn = bytes.fromhex(TCVN[i])[t:t + 1]
            if b in VNI_HAT:
                vni = VNI_HAT[b][0] + VNI_HAT[b][1][t]
            else:
                vni = {"ơ": "ô", "ư": "ö"}.get(b, b) + VNI_TONE[t]
                if b == "y" and t == 5:
                    vni = "î"
            yield c, tcvn, vni.encode("latin-1")
    yield "đ", b"\xae", b"\xf1"


def old(text, which):
    table = {c: (t, v)[which] for c, t, v in letters()}
    if which == 0:
        table.update(zip("ĂÂÊÔƠƯĐ", [bytes([b]) for b in range(0xA1, 0xA8)]))
    else:
        for c, _, v in list(letters()):
            table.setdefault(c.upper(), v.decode("latin-1").upper()
                             .encode("latin-1"))
    return b"".join(table[c] if c in table else c.encode("ascii")
                    for c in text)


def cp1258(text):
    out = b""
    for c in text:
        try:
            out += c.encode("cp1258")
        except UnicodeEncodeError:
            d = unicodedata.normalize("NFD", c)
            tone = [x for x in d if x in TONES[1:]]
            rest = unicodedata.normalize(
                "NFC", "".join(x for x in d if x not in TONES[1:]))
            out += (rest + "".join(tone)).encode("cp1258")
    return out


def honest_csv():
    words = csv(WORDS, head=VN_HEAD)
    put("ok-comma.csv", csv([row()]), "ok 1", "as most programs write it")
    put("ok-semicolon.csv", csv([row()], ";"), "ok 1", "Excel with a comma as decimal mark")
    put("ok-tab.csv", csv([row()], "\t"), "ok 1", "copied out of a sheet")
    put("ok-pipe.csv", csv([row()], "|"), "ok 1", "another system's export")
    put("ok-sep-line.csv", "sep=;\r\n" + csv([row()], ";"), "ok 1", "Excel's own first line")
    put("ok-bom.csv", words.encode("utf-8-sig"), "ok 2", "CSV UTF-8 of Excel")
    put("ok-utf16.csv", words.encode("utf-16"), "ok 2", "Unicode text of Excel")
    put("ok-utf16be.csv", b"\xfe\xff" + words.encode("utf-16-be"), "ok 2", "the other way round")
    put("ok-utf16-bare.csv", csv([row()]).encode("utf-16-le"), "ok 1", "without its mark")
    put("ok-tcvn3.csv", old(words.lower(), 0), "ok 2", "typed in a .Vn font")
    put("ok-vni.csv", old(words, 1), "ok 2", "typed in a VNI font")
    put("ok-cp1258.csv", cp1258(words), "ok 2", "the code page of Windows")
    put("ok-nfd.csv", unicodedata.normalize("NFD", words), "ok 2", "from a Mac or a phone: letters and marks apart")
    put("ok-lf.csv", csv([row()], end="\n"), "ok 1", "Unix line ends")
    put("ok-cr.csv", csv([row()], end="\r"), "ok 1", "line ends of an old Mac")
    put("ok-no-last-end.csv", csv([row()])[:-2], "ok 1", "no line end at the end")
    put("ok-quoted-lines.csv", csv([row(comment='hai dòng\n"ý kiến"')]), "ok 1", "a comment of two lines with quotes")
    put("ok-blank-lines.csv", csv([row()]).replace("\r\n", "\r\n\r\n"), "ok 1", "empty lines between")
    put("ok-trailing.csv", csv([r + ["", "", ""] for r in [row()]], head=HEAD + ["", "", ""]), "ok 1", "columns that hold nothing")
    put("ok-titles.csv", "SỞ NỘI VỤ,,\r\nDanh sách phiếu đã thu,,\r\n\r\n" + csv([row()]), "ok 1", "titles above the headings")
    put("ok-words.csv", words, "ok 2", "headings, names and labels in words")
    put("ok-english.csv", csv([row()], head=["Sheet number", "Respondent group", "Home unit", "Day collected", "Rated unit", "Q1", "Q2", "Comment"]), "ok 1", "English headings")
    put("ok-questions.csv", csv([row()], head=HEAD[:5] + ["Q1. Một?", "Hai?", "comment"]), "ok 1", "the questions themselves as headings")
    put("ok-typed-number.csv", csv([row(sheet=no("F2", 1).lower().replace("-", " "))]), "ok 1", "a sheet number as people type it")
    put("ok-en-dash.csv", csv([row(sheet=no("F2", 1).replace("-", "–"))]), "ok 1", "hyphens that a word processor made dashes")
    put("ok-apostrophe.csv", csv([row(comment="'=tốt")]), "ok 1", "a text that was kept from being a formula")
    put("ok-nbsp.csv", csv([row(home="\u00a0X1\u00a0", Q1=" A ")]), "ok 1", "no-break spaces around")
    put("ok-emoji.csv", csv([row(comment="tốt 🙂 \u202eabc")]), "ok 1", "letters beyond 16 bits, a bidi mark")
    put("ok-digits.csv", csv([row(Q1="1", Q2="3")]), "ok 1", "digits for options in their order")
    put("ok-iso-day.csv", csv([row(collected="2025-02-03"), row(2, collected="3.2.2025"), row(3, collected="3-2-2025 08:30")]), "ok 3", "days in four ways")
    put("ok-notes.csv", csv([row() + ["x", "1", "cũ"]], head=HEAD + ["Ghi chú của tôi", "STT", "Lỗi"]), "ok 1", "columns of one's own, and of a marked file")
    put("ok-unreadable.csv", csv([row(Q1="?", Q2="B")]), "ok 1", "an answer that nobody can read")
    put("ok-formula-comment.csv", csv([row(comment="=cmd|' /C calc'!A0")]), "ok 1", "looks like a formula, is a comment; kept as text")
    put("ok-long-comment.csv", csv([row(comment="ý kiến " * 700)]), "ok 1", "a long comment, in its bound")
    put("ok-mark.csv", csv([row() + [""]], head=HEAD + ["phieu/1;F2;1;small"]), "ok 1", "says its form itself")
    f1 = ["sheet", "group", "collected", "unit", "Q1", "Q2", "Q3", "Q5"]
    put("blocks-cut.csv", "\n".join([",".join(f1),
        f"{no('F1', 1)},dai-bieu,3/2/2025,S1,A,A,co,\"7,5\"", ",,,S2,B,B,,\"0,25\"",
        ",,,S1,,,,", ",,,S2,,,,"]) + "\n", "1 I03;1 I03", "blocks of units, two columns cut off", "F1")
    f1 += ["Q4", "Q6"]
    put("ok-blocks-whole.csv", "\n".join([",".join(f1),
        f"{no('F1', 1)},dai-bieu,3/2/2025,S1,A,A,co,\"7,5\",,", ",,,Sở hai,B,B,khong,\"0,25\",\"a, b\",ý kiến",
        ",,,S1,,,,,,", ",,,S2,,,,,,"]) + "\n", "ok 1", "blocks of units, one unused", "F1")


def hostile_csv():
    put("empty.csv", b"", "- F01", "nothing at all")
    put("only-bom.csv", b"\xef\xbb\xbf", "- I14", "a mark and nothing else")
    put("only-ends.csv", b"\r\n" * 50, "- I14", "line ends only")
    put("only-head.csv", csv([]), "- I05", "headings and no sheet")
    put("no-head.csv", csv([row()]).split("\r\n", 1)[1], "- I14", "rows without headings")
    put("open-quote.csv", csv([row()]) + '"never closed,x\r\n', "- F11", "a quote that nobody closes")
    put("after-quote.csv", csv([row()]) + '"a"b,x\r\n', "- F11", "text behind a closing quote")
    put("quotes.csv", csv([row()]) + '"' * 2001 + "\r\n", "- F11", "an odd number of quotes")
    put("nul.csv", csv([row()]).replace("dan", "d\0n").encode(), "- F09", "a NUL byte")
    put("utf8-broken.csv", csv([row()]).encode() + b"\xff\xfe\xfd\r\n", "- F09", "bytes of no encoding")
    put("utf32.csv", csv([row()]).encode("utf-32"), "- F09", "an encoding that no office uses")
    put("utf16-odd.csv", csv([row()]).encode("utf-16") + b"a", "- F10", "UTF-16 cut in a letter")
    put("utf16-surrogate.csv", csv([row()]).encode("utf-16") + b"\x42\xde", "- F10", "half of a pair")
    put("mixed.csv", csv([row(home="X1", comment="Xã một"), ]).encode() + old(csv([row(2, home="xã hai")]), 0), "- F09", "UTF-8 and TCVN3 in one file")
    put("french.csv", csv([row(comment="café élève Noël naïve")]).encode("latin-1"), "- F09", "another language's code page")
    put("one-word.csv", csv([row(comment="së")]).encode("latin-1"), "- F09", "one old letter decides nothing")
    put("columns.csv", ("a," * 2500 + "\n").encode(), "- F11", "2,500 columns")
    put("long-cell.csv", csv([row(comment="x" * 70000)]), "- F11", "a cell larger than 64 KiB")
    put("one-line.csv", ("x" * 100 + " ") * 3000, "- F11", "300 kB and no separator")
    put("number-day.csv", csv([row(sheet="07/12/2001")]), "A2 I11", "a sheet number that Excel made a day")
    put("number-month.csv", csv([row(sheet="7-Dec")]), "A2 I11", "the same, shorter")
    put("number-exponent.csv", csv([row(sheet="1E+05")]), "A2 I11", "a sheet number that Excel made a number")
    put("number-zeros.csv", csv([row(sheet="18")]), "A2 V01", "leading zeros and letters lost")
    put("number-digit.csv", csv([row(sheet="F2-00001-9")]), "A2 V01", "a wrong check digit")
    put("number-other.csv", csv([row(sheet=no("F1", 1))]), "A2 V01", "a number of another form")
    put("number-twice.csv", csv([row(), row(2), row()]), "A4 I06", "a sheet number again further down")
    put("number-none.csv", csv([row(sheet="")]), "A2 I05", "answers without a sheet number")
    put("number-formula.csv", csv([row(sheet="=HYPERLINK(\"http://x\")")]), "A2 V01", "a formula where a number stands")
    put("na.csv", csv([row(group="#N/A", Q1="#REF!")]), "B2 I10;F2 I10", "error values")
    put("answer-unknown.csv", csv([row(Q1="Z", Q2="=1+1")]), "2 V05;F2 V07;G2 V07", "answers that are no option")
    put("answer-two.csv", csv([row(Q1="A/B")]), "F2 V06", "two marks")
    put("answer-script.csv", csv([row(Q1="<script>alert(1)</script>")]), "F2 V07", "a script for an answer")
    put("heading-script.csv", csv([row() + ["x"]], head=HEAD + ["<img src=x>"]), "I1 I02", "a script for a heading")
    put("heading-twice.csv", csv([row() + ["A"]], head=HEAD + ["Q1"]), "I1 I04", "a column twice")
    put("heading-less.csv", csv([row()[:6]], head=HEAD[:6]), "1 I03", "a question's column is gone")
    put("group-unknown.csv", csv([row(group="Ai đó")]), "B2 I09", "a group that the form has not")
    put("group-other.csv", csv([row(group="dai-bieu")]), "B2 I09", "a group of another form")
    put("home-unknown.csv", csv([row(home="Xã ba")]), "C2 I09", "a home that is not there")
    put("home-kind.csv", csv([row(home="S1", unit="X1")]), "C2 V03", "a home of the wrong kind")
    put("unit-other.csv", csv([row(unit="X2")]), "E2 V04", "a unit that this respondent does not rate")
    put("unit-twice.csv", csv([row(unit="X1"), row(unit="X1")]), "E2 V04;E3 V04", "the same unit twice on a sheet")
    put("ok-day-us.csv", csv([row(collected="02/13/2025"), row(2, collected="02/03/2025")]), "ok 2", "month before day, as one of the days shows")
    put("day-orders.csv", csv([row(collected="02/13/2025"), row(2, collected="13/02/2025"), row(3)]), "D2 I08;D4 I08", "month before day and day before month in one column")
    put("day-none.csv", csv([row(collected="30/02/2025")]), "D2 I08", "a day that does not exist")
    put("day-late.csv", csv([row(collected="03/02/2031")]), "D2 V10", "a day after the survey")
    put("day-words.csv", csv([row(collected="hôm qua")]), "D2 I08", "a day in words")
    put("two-values.csv", csv([row(unit="X1"), row(unit="X1", home="X2")]), "E2 V04;C3 I07;E3 V04", "one sheet, two homes")
    put("mark-form.csv", csv([row() + [""]], head=HEAD + ["phieu/1;F1;1;small"]), "- I01", "the template of another form")
    put("mark-wave.csv", csv([row() + [""]], head=HEAD + ["phieu/1;F2;1;last-year"]), "- I01", "the template of another wave")
    put("mark-version.csv", csv([row() + [""]], head=HEAD + ["phieu/1;F2;0;small"]), "- I01", "the template of a version that is gone")
    f1 = "sheet,group,home,collected,Q1,Q2,Q3,Q4,Q5,Q6\n"
    a = f"{no('F1', 1)},cong-chuc,S1,3/2/2025,A,A,co,,"
    b = f"{no('F1', 2)},cong-chuc,S1,3/2/2025,A,A,co,,"
    put("decimal-mixed.csv", f1 + a + '"7,5",\n' + b + "7.5,\n", "I2 I13;I3 I13", "comma here, point there", "F1")
    put("decimal-unclear.csv", f1 + a + '"1,234",\n', "I2 I13", "1,234: a thousand, or one", "F1")
    put("decimal-range.csv", f1 + a + "99,\n", "I2 V07", "a number out of range", "F1")
    put("html.csv", "<html><table><tr><td>x</td></tr></table></html>", "- F05", "a web page")
    put("pdf.csv", b"%PDF-1.7\n" + bytes(200), "- F05", "a PDF with a false name")
    put("png.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "- F09", "a picture with a false name")
    put("gzip.csv", zlib.compress(b"x" * 500), "- F09", "packed")
    put("json.csv", '{"instanceID":"uuid:1"}\n', "- I14", "a sheet as JSON")


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PKG = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"


def rels(*targets):
    return (f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{PKG}">'
            + "".join(f'<Relationship Id="r{i}" Type="{REL}/{t}" Target="{to}"/>'
                      for i, (t, to) in enumerate(targets)) + "</Relationships>")


def parts(sheet, styles=None, strings=None, book="", sheets=None, main=MAIN):
    sheets = sheets or '<sheet name="Sheet1" sheetId="1" r:id="r0"/>'
    p = {"[Content_Types].xml": f'<Types xmlns="{TYPES}"/>',
         "_rels/.rels": rels(("officeDocument", "xl/workbook.xml")),
         "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{REL}">{book}<sheets>{sheets}</sheets></workbook>',
         "xl/_rels/workbook.xml.rels": rels(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml"), ("worksheet", "worksheets/sheet2.xml")),
         "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}">{sheet}</worksheet>'}
    if styles:
        p["xl/styles.xml"] = f'<styleSheet xmlns="{main}">{styles}</styleSheet>'
    if strings is not None:
        p["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{strings}</sst>'
    return p


def book(p, method=zipfile.ZIP_DEFLATED, stream=False):
    out = io.BytesIO()
    if stream:
        class Pipe(io.RawIOBase):
            def writable(self):
                return True

            def write(self, b):
                return out.write(b)
        target = Pipe()
    else:
        target = out
    with zipfile.ZipFile(target, "w", method) as z:
        for name, data in p.items():
            info = zipfile.ZipInfo(name, (2025, 2, 3, 0, 0, 0))
            info.compress_type = method
            z.writestr(info, data)
    return out.getvalue()


def esc(s):
    return s.replace("&", "&amp;").replace("<", "&lt;")


def inline(s):
    return f'<c t="inlineStr"><is><t xml:space="preserve">{esc(s)}</t></is></c>' if s else "<c/>"


def data(rows, cell=inline, head=HEAD):
    return "<sheetData>" + "".join(
        "<row>" + "".join(cell(c) if isinstance(c, str) else c[0] for c in r) + "</row>"
        for r in [head, *rows]) + "</sheetData>"


def raw(xml):
    return (xml,)


DAY = "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs>"


def honest_xlsx():
    put("ok-inline.xlsx", book(parts(data([row()]))), "ok 1", "texts in the cells, as openpyxl writes")
    texts = sorted({c for r in [HEAD, row(), row(2)] for c in r if c})
    shared = lambda s: f'<c t="s"><v>{texts.index(s)}</v></c>' if s else "<c/>"
    put("ok-shared.xlsx", book(parts(data([row(), row(2)], shared), strings="".join(f"<si><t>{t}</t></si>" for t in texts))), "ok 2", "shared texts, as Excel writes")
    day = raw('<c s="1"><v>45691</v></c>')
    put("ok-day.xlsx", book(parts(data([row(collected=day)]), DAY)), "ok 1", "a day by its format")
    put("ok-day-1904.xlsx", book(parts(data([row(collected=raw('<c s="1"><v>44229</v></c>'))]), DAY, book='<workbookPr date1904="1"/>')), "ok 1", "days of an old Mac")
    put("ok-day-iso.xlsx", book(parts(data([row(collected=raw('<c t="d"><v>2025-02-03</v></c>'))]))), "ok 1", "a day as strict workbooks have it")
    put("ok-day-text.xlsx", book(parts(data([row(collected="3/2/2025")]))), "ok 1", "a day that is text")
    put("ok-numbers.xlsx", book(parts(data([row(Q1=raw("<c><v>1</v></c>"), Q2=raw("<c><v>2</v></c>"))]))), "ok 1", "options by number")
    put("ok-formula.xlsx", book(parts(data([row(Q1=raw('<c t="str"><f>UPPER("a")</f><v>A</v></c>'))]))), "ok 1", "a formula with its value")
    put("ok-rich.xlsx", book(parts(data([row(home=raw("<c t=\"inlineStr\"><is><r><t>X</t></r><r><rPr><b/></rPr><t>1</t></r></is></c>"))]))), "ok 1", "letters in different fonts")
    put("ok-stored.xlsx", book(parts(data([row()])), zipfile.ZIP_STORED), "ok 1", "not packed")
    put("ok-stream.xlsx", book(parts(data([row()])), stream=True), "ok 1", "sizes behind the data, as servers write")
    put("ok-macro.xlsm", book({**parts(data([row()])), "xl/vbaProject.bin": b"\xd0\xcf" + bytes(100)}), "ok 1", "macros, never run")
    put("ok-strict.xlsx", book(parts(data([row()]), main=STRICT)), "ok 1", "the strict format")
    put("ok-pretty.xlsx", book(parts(data([row()]).replace("><", ">\n  <"))), "ok 1", "indented XML")
    p = parts(data([row()]))
    p["xl/worksheets/sheet1.xml"] = p["xl/worksheets/sheet1.xml"].replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    put("ok-prefix.xlsx", book(p), "ok 1", "prefixed elements, as .NET programs write")
    p = {k.replace("/", "\\"): v for k, v in parts(data([row()])).items()}
    put("ok-backslash.xlsx", book(p), "ok 1", "backslashes in names, as old .NET wrote")
    put("ok-case.xlsx", book({k.upper() if "sheet1" in k else k: v for k, v in parts(data([row()])).items()}), "ok 1", "names in capitals")
    two = '<sheet name="Ẩn" sheetId="1" state="hidden" r:id="r3"/><sheet name="Dữ liệu" sheetId="2" r:id="r0"/>'
    put("ok-hidden-sheet.xlsx", book({**parts(data([row()]), sheets=two), "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'}), "ok 1", "a hidden sheet first")
    put("ok-nfd.xlsx", book(parts(data([[unicodedata.normalize("NFD", c) for c in r] for r in WORDS], head=[unicodedata.normalize("NFD", c) for c in VN_HEAD]))), "ok 2", "letters and marks apart")
    font = lambda s: old(s.lower(), 0).decode("latin-1")
    put("ok-tcvn3.xlsx", book(parts(data([[font(c) for c in r] for r in WORDS], head=[font(c) for c in VN_HEAD]))), "ok 2", "all cells typed in a .Vn font")
    font = lambda s: old(s, 1).decode("latin-1")
    put("ok-vni.xlsx", book(parts(data([[font(c) for c in r] for r in WORDS], head=[font(c) for c in VN_HEAD]))), "ok 2", "all cells typed in a VNI font")
    body = data([row(unit="X1")])
    put("ok-dimension.xlsx", book(parts('<dimension ref="A1:XFD1048576"/>' + body)), "ok 1", "says that it is as large as can be")
    wide = body.replace("</row></sheetData>", "".join(f'<c r="{a}2" s="1"/>' for a in ("XFC", "XFD")) + "</row></sheetData>")
    put("ok-formatted-row.xlsx", book(parts(wide, DAY)), "ok 1", "formats to the last column, no content")
    f1 = ["sheet", "group", "collected", "unit", "Q1", "Q2", "Q3", "Q4", "Q5", "Q6"]
    first = [no("F1", 1), "dai-bieu", "3/2/2025", "S1", "A", "A", "co", "", "7.5", ""]
    second = ["", "", "", "S2", "B", "B", "khong", "", "", ""]
    put("ok-merged.xlsx", book(parts(data([first, second], head=f1) + '<mergeCells><mergeCell ref="A2:A3"/><mergeCell ref="B2:B3"/><mergeCell ref="C2:C3"/></mergeCells>')), "ok 1", "the sheet number merged over its rows", "F1")
    many = "<numFmts>" + "".join(f'<numFmt numFmtId="{200 + i}" formatCode="0.{"0" * (i % 9)}"/>' for i in range(900)) + "</numFmts><cellXfs>" + "<xf numFmtId=\"200\"/>" * 4000 + "</cellXfs>"
    put("ok-styles.xlsx", book(parts(data([row()]), many)), "ok 1", "thousands of formats, as old files gather")
    put("ok-large.xlsx", book(parts(data([row(i, comment="như nhau " * 20) for i in range(1, 1501)]))), "ok 1500", "honest and repeating itself: packs 60 : 1")


def with_part(name, text):
    return book({**parts(data([row()])), name: text})


def sheet_of(xml):
    return book(parts(xml))


def patched(blob, mark, change):
    """Every local and central head of the zip, changed."""
    out = bytearray(blob)
    at = 0
    while (at := out.find(mark, at)) >= 0:
        change(out, at)
        at += 4
    return bytes(out)


def hostile_xlsx():
    plain = book(parts(data([row()])))
    put("truncated.xlsx", plain[:len(plain) // 2], "- F06", "cut off in the middle")
    put("tail.xlsx", plain[:-30], "- F06", "its directory is cut off")
    put("no-zip.xlsx", b"PK\3\4" + b"\0" * 500, "- F06", "begins like a zip and is none")
    put("empty-zip.xlsx", b"PK\5\6" + bytes(18), "- F02", "a zip with nothing in it")
    crc = bytearray(plain)
    at = crc.find(b"xl/worksheets/sheet1.xml") + 40
    crc[at] ^= 0xFF
    put("damaged.xlsx", bytes(crc), "- F06", "one byte of the sheet is wrong")
    put("encrypted-zip.xlsx", patched(patched(plain, b"PK\1\2", lambda o, i: o.__setitem__(i + 8, o[i + 8] | 1)), b"PK\3\4", lambda o, i: o.__setitem__(i + 6, o[i + 6] | 1)), "- F03", "parts with a password")
    put("bzip2.xlsx", book(parts(data([row()])), zipfile.ZIP_BZIP2), "- F06", "packed as no workbook is")
    put("lzma.xlsx", book(parts(data([row()])), zipfile.ZIP_LZMA), "- F06", "the same, lzma")
    put("password.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500), "- F03", "protected by a password")
    put("old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "Workbook".encode("utf-16-le") + bytes(500), "- F04", "Excel 97 with a new name")
    put("word.xlsx", book({"_rels/.rels": rels(("officeDocument", "word/document.xml")), "word/document.xml": "<w/>"}), "- F05", "a Word document with a new name")
    put("ods.xlsx", book({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}), "- F05", "an OpenDocument table with a new name")
    put("xlsb.xlsx", book({"_rels/.rels": rels(("officeDocument", "xl/workbook.bin")), "xl/workbook.bin": b"\x83\x01"}), "- F05", "the binary format")
    put("slides.xlsx", book({"_rels/.rels": rels(("officeDocument", "ppt/presentation.xml")), "ppt/presentation.xml": "<p/>"}), "- F08", "slides with a new name")
    put("jar.xlsx", book({"META-INF/MANIFEST.MF": "x"}), "- F02", "some other archive")
    put("laughs.xlsx", with_part("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'), "- F08", "entities that multiply")
    put("xxe.xlsx", with_part("xl/sharedStrings.xml", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst><si><t>&a;</t></si></sst>'), "- F08", "an entity that reads a file")
    put("no-book.xlsx", book({"_rels/.rels": rels(("officeDocument", "xl/none.xml"))}), "- F02", "the workbook is missing")
    p = parts(data([row()]))
    del p["xl/worksheets/sheet1.xml"]
    put("no-sheet.xlsx", book(p), "- F08", "the sheet's part is missing")
    p = parts(data([row()]))
    del p["xl/_rels/workbook.xml.rels"]
    put("no-rels.xlsx", book(p), "- F08", "no relations")
    p = parts(data([row()]))
    p["xl/_rels/workbook.xml.rels"] = rels(("worksheet", "workbook.xml"), ("sharedStrings", "workbook.xml"), ("styles", "_rels/workbook.xml.rels"))
    put("cycle.xlsx", book(p), "- I14", "the workbook is its own sheet")
    p["xl/_rels/workbook.xml.rels"] = rels(("worksheet", "../../../../../../etc/passwd"))
    put("climb.xlsx", book(p), "- F08", "a sheet outside the archive")
    put("traverse.xlsx", with_part("../../../../tmp/phieu-was-here", "x"), "ok 1", "an entry that would climb out; nothing is unpacked to disk")
    two = io.BytesIO()
    with zipfile.ZipFile(two, "w", zipfile.ZIP_DEFLATED) as z:
        for name, text in parts(data([row()])).items():
            z.writestr(name, text)
        z.writestr("XL/worksheets/sheet1.xml", "<worksheet/>")
    put("same-name.xlsx", two.getvalue(), "- F06", "two parts of one name: readers would differ")
    put("no-sheets.xlsx", book(parts(data([row()]), sheets=" ")), "- F08", "a workbook without sheets")
    put("nameless.xlsx", book(parts(data([row()]), sheets="<sheet/>")), "- F08", "a sheet without a name")
    one = "<c><v>1</v></c>"
    put("row-negative.xlsx", sheet_of(f'<sheetData><row r="-1">{one}</row></sheetData>'), "- F08", "row -1")
    put("row-zero.xlsx", sheet_of(f'<sheetData><row r="0">{one}</row></sheetData>'), "- F08", "row 0")
    put("row-far.xlsx", sheet_of(f'<sheetData><row r="1048577">{one}</row></sheetData>'), "- F08", "a row past the last")
    put("row-back.xlsx", sheet_of(f'<sheetData><row r="5">{one}</row><row r="4">{one}</row></sheetData>'), "- F08", "rows that run backwards")
    put("row-words.xlsx", sheet_of(f'<sheetData><row r="one">{one}</row></sheetData>'), "- F08", "a row numbered in words")
    put("cell-far.xlsx", sheet_of('<sheetData><row r="1"><c r="XFE1"><v>1</v></c></row></sheetData>'), "- F08", "a column past the last")
    put("cell-row.xlsx", sheet_of('<sheetData><row r="1"><c r="A9"><v>1</v></c></row></sheetData>'), "- F08", "a cell that says another row")
    put("cell-twice.xlsx", sheet_of('<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row></sheetData>'), "- F08", "a cell twice: which is it?")
    put("cell-type.xlsx", sheet_of('<sheetData><row r="1"><c t="zip"><v>1</v></c></row></sheetData>'), "- F08", "a cell of no type")
    put("number-nan.xlsx", sheet_of("<sheetData><row><c><v>NaN</v></c></row></sheetData>"), "- F08", "not a number")
    put("number-huge.xlsx", sheet_of("<sheetData><row><c><v>1e999</v></c></row></sheetData>"), "- F08", "a number past all")
    put("string-far.xlsx", book(parts('<sheetData><row><c t="s"><v>99</v></c></row></sheetData>', strings="<si><t>a</t></si>")), "- F08", "a shared text that is not there")
    put("string-negative.xlsx", book(parts('<sheetData><row><c t="s"><v>-1</v></c></row></sheetData>', strings="<si><t>a</t></si>")), "- F08", "shared text -1")
    put("cell-long.xlsx", sheet_of(data([row(comment="x" * 140000)])), "- F07", "a cell longer than any")
    put("cells-many.xlsx", sheet_of("<sheetData><row>" + one * 2100 + "</row></sheetData>"), "- F07", "2,100 filled cells in a row")
    put("merge-over.xlsx", sheet_of(data([row()]) + '<mergeCells><mergeCell ref="A1:C3"/><mergeCell ref="B2:D4"/></mergeCells>'), "- F08", "merged areas over each other")
    put("merge-backwards.xlsx", sheet_of(data([row()]) + '<mergeCells><mergeCell ref="C3:A1"/></mergeCells>'), "- F08", "a merged area that ends before it begins")
    put("merge-many.xlsx", sheet_of(data([row()]) + "<mergeCells>" + "".join(f'<mergeCell ref="J{i}:K{i}"/>' for i in range(1, 20100)) + "</mergeCells>"), "- F07", "20,099 merged areas")
    put("merge-all.xlsx", sheet_of(data([row()]) + '<mergeCells><mergeCell ref="I1:XFD1048576"/></mergeCells>'), "ok 1", "all the rest of the sheet is one area, empty")
    put("deep.xlsx", sheet_of("<a>" * 100 + "</a>" * 100), "- F08", "100 elements in each other")
    put("tag-long.xlsx", sheet_of('<sheetData><row spans="' + "1" * 70000 + '"/></sheetData>'), "- F08", "a tag of 70 kB")
    put("attributes.xlsx", sheet_of("<sheetData><row " + " ".join(f'a{i}="1"' for i in range(100)) + "/></sheetData>"), "- F08", "100 attributes")
    put("xml-cut.xlsx", with_part("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row>"), "- F08", "XML that ends in the middle")
    put("xml-utf8.xlsx", with_part("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>\xff\xfe</t></is></c></row></sheetData></worksheet>"), "- F08", "bytes of no encoding")
    put("xml-nul.xlsx", with_part("xl/worksheets/sheet1.xml", b"<worksheet><sheetData>\0</sheetData></worksheet>"), "- F08", "a NUL byte")
    put("xml-utf16.xlsx", with_part("xl/worksheets/sheet1.xml", ('<?xml version="1.0" encoding="UTF-16"?>' + f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>').encode("utf-16")), "- F08", "UTF-16, which no writer of workbooks uses")
    rows = "<row>" + one * 8 + "</row>"
    put("bomb-rows.xlsx", sheet_of("<sheetData>" + rows * 260000 + "</sheetData>"), "- F07", "200 kB that unpack to 34 MB of rows, and on")
    put("bomb-blanks.xlsx", sheet_of("<sheetData>" + " " * 60000000 + "</sheetData>"), "- F07", "60 kB that unpack to 60 MB of blanks")
    put("bomb-strings.xlsx", book(parts(data([row()]), strings=("<si><t>" + "a" * 100000 + "</t></si>") * 400)), "- F07", "shared texts of 40 MB in 40 kB")
    put("bomb-strings-many.xlsx", book(parts(data([row()]), strings="<si/>" * 1100000)), "- F07", "more than a million shared texts")
    put("bomb-entries.xlsx", book({**parts(data([row()])), **{f"x{i}": "" for i in range(2100)}}), "- F07", "2,100 entries")
    many = book({**parts(data([row()])), "xl/media/big.bin": bytes(90000000)})
    put("ok-bomb-unused.xlsx", many, "ok 1", "a part that nobody reads unpacks to 90 MB: it is not read")
    overlap = bytearray(plain)
    put("nested.xlsx", with_part("xl/embeddings/inner.xlsx", plain), "ok 1", "a workbook in the workbook, not read")
    put("huge-size.xlsx", patched(plain, b"PK\1\2", lambda o, i: o.__setitem__(slice(i + 24, i + 28), struct.pack("<I", 0xFFFFFFF0))), "ok 1", "parts that say to be 4 GB and are not: what unpacks counts")
    put("formula-empty.xlsx", sheet_of(data([row(Q1=raw("<c><f>A1</f></c>"))])), "F2 I12", "a formula that was never computed")
    put("formula-dde.xlsx", sheet_of(data([row(Q1=raw("<c t=\"str\"><f>cmd|'/C calc'!A0</f><v>A</v></c>"))])), "ok 1", "a formula that would start a program: its value is read")
    put("error.xlsx", sheet_of(data([row(Q1=raw('<c t="e"><v>#DIV/0!</v></c>'))])), "F2 I10", "an error value")
    put("number-day.xlsx", book(parts(data([row(sheet=raw('<c s="1"><v>45691</v></c>'))]), DAY)), "A2 I11", "a sheet number that Excel made a day")
    put("answer-day.xlsx", book(parts(data([row(Q1=raw('<c s="1"><v>45691</v></c>'))]), DAY)), "F2 I11", "an answer that Excel made a day")
    put("fonts-mixed.xlsx", sheet_of(data([row(home="Xã một", comment=old("không đồng ý phải chờ lâu", 0).decode("latin-1"))])), "H2 I16", "one cell of a .Vn font among Unicode")
    put("day-1900.xlsx", book(parts(data([row(collected=raw('<c s="1"><v>60</v></c>'))]), DAY)), "D2 I08", "29 February 1900, which Excel believes in")
    put("bool.xlsx", sheet_of(data([row(Q1=raw('<c t="b"><v>1</v></c>'))])), "F2 V07", "TRUE for an answer")


honest_csv()
hostile_csv()
honest_xlsx()
hostile_xlsx()
with open(HERE / "tables.txt", "w", encoding="utf-8") as f:
    f.write("# Made by make_tables.py: file, form, stated answer, what it is.\n")
    for name, form, answer, what in rows_of_table:
        f.write(f"{name}\t{form}\t{answer}\t{what}\n")
