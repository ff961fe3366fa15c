// ZIP archives (APPNOTE 6.3) as far as .npz needs them: files are written as they are, without compression, and read stored
// or deflated. E706 for a damaged archive or a method that is not known. No ZIP64: each archive and file below 4 GiB.

import { userError } from "../../ir/errors.ts";

const signature = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 } as const;
const limit = 2 ** 32 - 1;
/** Names are in UTF-8. */
const utf8Flag = 0x800;
/** 1 January 1980: equal contents are equal archives. */
const noDate = 0x21;

function damaged(message: string) {
  return userError("E706", { message: `.npz: ${message}` });
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (let i = 0; i < bytes.length; i++) crc = crcTable[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The 26 bytes that a file's two headers share, from the version to the length of the name. */
function writeEntry(view: DataView, at: number, crc: number, size: number, nameLength: number): void {
  view.setUint16(at, 20, true);
  view.setUint16(at + 2, utf8Flag, true);
  view.setUint16(at + 8, noDate, true);
  view.setUint32(at + 10, crc, true);
  view.setUint32(at + 14, size, true);
  view.setUint32(at + 18, size, true);
  view.setUint16(at + 22, nameLength, true);
}

export function formatZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const entries = [...files].map(([name, data]) => ({ name: new TextEncoder().encode(name), data, crc: crc32(data) }));
  const headers = entries.reduce((sum, { name }) => sum + 30 + 46 + 2 * name.length, 22);
  const total = entries.reduce((sum, { data }) => sum + data.length, headers);
  if (total > limit) throw damaged(`${total} bytes are more than an archive holds`);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const offsets = entries.map(({ name, data, crc }) => {
    const offset = at;
    view.setUint32(at, signature.local, true);
    writeEntry(view, at + 4, crc, data.length, name.length);
    bytes.set(name, at + 30);
    bytes.set(data, at + 30 + name.length);
    at += 30 + name.length + data.length;
    return offset;
  });
  const directory = at;
  entries.forEach(({ name, data, crc }, i) => {
    view.setUint32(at, signature.central, true);
    view.setUint16(at + 4, 20, true);
    writeEntry(view, at + 6, crc, data.length, name.length);
    view.setUint32(at + 42, offsets[i]!, true);
    bytes.set(name, at + 46);
    at += 46 + name.length;
  });
  view.setUint32(at, signature.end, true);
  view.setUint16(at + 8, entries.length, true);
  view.setUint16(at + 10, entries.length, true);
  view.setUint32(at + 12, at - directory, true);
  view.setUint32(at + 16, directory, true);
  return bytes;
}

/** The files by name. */
export async function parseZip(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const files = new Map<string, Uint8Array>();
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== signature.central) throw damaged("the directory is not readable");
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [number, number, number];
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    files.set(name, await readFile(bytes, view, at, name));
    at += 46 + nameLength + extraLength + commentLength;
  }
  return files;
}

/** The end record stands last; a comment of up to 64 KiB may follow it. */
function findEnd(view: DataView): number {
  for (let at = view.byteLength - 22; at >= 0 && at >= view.byteLength - 22 - 0xffff; at--) {
    if (view.getUint32(at, true) === signature.end) return at;
  }
  throw damaged("this is no archive, or it is cut off");
}

async function readFile(bytes: Uint8Array, view: DataView, entry: number, name: string): Promise<Uint8Array> {
  const method = view.getUint16(entry + 10, true);
  const [crc, packed, size, local] = [16, 20, 24, 42].map((field) => view.getUint32(entry + field, true)) as [number, number, number, number];
  if (local + 30 > bytes.length || view.getUint32(local, true) !== signature.local) throw damaged(`${name} is not where the directory says`);
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + packed > bytes.length) throw damaged(`${name} is cut off`);
  const stored = bytes.subarray(start, start + packed);
  if (method !== 0 && method !== 8) throw damaged(`${name} is compressed by method ${method}, which is not known`);
  const data = method === 0 ? stored : await inflate(stored, name);
  if (data.length !== size || crc32(data) !== crc) throw damaged(`${name} is damaged`);
  return data;
}

async function inflate(bytes: Uint8Array, name: string): Promise<Uint8Array> {
  try {
    const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (cause) {
    throw userError("E706", { message: `.npz: ${name} is damaged`, cause });
  }
}
