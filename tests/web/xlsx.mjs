/* A workbook as LibreOffice writes it, small: inline strings, stored. */
import { crc32 } from "node:zlib";

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const REL = "http://schemas.openxmlformats.org/officeDocument/2006/" +
  "relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships";

const escaped = (s) => s.replace(/&/g, "&amp;").replace(/</g, "&lt;");

function zip(files) {
  const out = [];
  const places = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const [n, data] = [Buffer.from(name), Buffer.from(text)];
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt32LE(crc32(data), 10);
    head.writeUInt32LE(data.length, 14);
    head.writeUInt32LE(data.length, 18);
    head.writeUInt16LE(n.length, 22);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), head, n, data]);
    const tail = Buffer.alloc(16); // no comment, disk 0, attributes, place
    tail.writeUInt32LE(at, 12);
    places.push(Buffer.concat([Buffer.from("PK\u0001\u0002"), Buffer.from([20,
      0]), head.subarray(0, 24), Buffer.alloc(2), tail.subarray(2), n]));
    out.push(local);
    at += local.length;
  }
  const end = Buffer.alloc(18);
  const dir = Buffer.concat(places);
  end.writeUInt16LE(places.length, 4);
  end.writeUInt16LE(places.length, 6);
  end.writeUInt32LE(dir.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...out, dir, Buffer.from("PK\u0005\u0006"), end]);
}

export function workbook(rows) {
  const cells = rows.map((r, i) => `<row r="${i + 1}">${r.map((x) =>
    `<c t="inlineStr"><is><t>${escaped(x)}</t></is></c>`).join("")}</row>`);
  return zip({
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/' +
      'package/2006/content-types"/>',
    "_rels/.rels": `<Relationships xmlns="${PACKAGE}"><Relationship Id="r" ` +
      `Type="${REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `<workbook xmlns="${MAIN}" xmlns:r="${REL}"><sheets>` +
      '<sheet name="Trang tính1" sheetId="1" r:id="s"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": `<Relationships xmlns="${PACKAGE}">` +
      `<Relationship Id="s" Type="${REL}/worksheet" Target="worksheets/` +
      'sheet1.xml"/></Relationships>',
    "xl/worksheets/sheet1.xml": `<worksheet xmlns="${MAIN}"><sheetData>${
      cells.join("")}</sheetData></worksheet>`,
  });
}
