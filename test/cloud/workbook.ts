import { zipSync, strToU8, type Zippable } from 'fflate'

const PADDING = 3 * 1024 * 1024

type Cell = string | { formula: string; value: string }

/**
 * A small Excel workbook of one sheet.
 * @param unpacks bytes that a file of 3 MiB in it says it has
 */
export function workbook(rows: Cell[][], unpacks = 0): Uint8Array {
  const kind = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const relations = (type: string, target: string) =>
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${office}/${type}" Target="${target}"/></Relationships>`
  const cell = (one: Cell, x: number, y: number) => {
    const at = `${String.fromCharCode(65 + x)}${y + 1}`
    return typeof one === 'string'
      ? `<c r="${at}" t="inlineStr"><is><t>${one}</t></is></c>`
      : `<c r="${at}" t="str"><f>${one.formula}</f><v>${one.value}</v></c>`
  }
  const sheet = rows.map((row, y) => `<row r="${y + 1}">${row.map((one, x) => cell(one, x, y)).join('')}</row>`)
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
  const files: Zippable = {
    '[Content_Types].xml': strToU8(
      `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${kind}.worksheet+xml"/></Types>`,
    ),
    '_rels/.rels': strToU8(relations('officeDocument', 'xl/workbook.xml')),
    'xl/workbook.xml': strToU8(
      `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    ),
    'xl/_rels/workbook.xml.rels': strToU8(relations('worksheet', 'worksheets/sheet1.xml')),
    'xl/worksheets/sheet1.xml': strToU8(
      `<worksheet xmlns="${main}"><sheetData>${sheet.join('')}</sheetData></worksheet>`,
    ),
    ...(unpacks > 0 && { 'xl/media/nothing.bin': new Uint8Array(PADDING) }),
  }
  const bytes = zipSync(files)
  if (unpacks > 0) tellSize(bytes, unpacks)
  return bytes
}

/** Writes another size wherever the size of the padding stands: in the directory of the archive and before the file. */
function tellSize(bytes: Uint8Array, size: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  for (let at = 0; at + 4 <= bytes.length; at++)
    if (view.getUint32(at, true) === PADDING) view.setUint32(at, size, true)
}
