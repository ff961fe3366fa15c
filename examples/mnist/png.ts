// Digits as PNG pictures (ISO/IEC 15948): black ink whose opacity is the pixel, so that any paper shines through.

import { crc32, deflateSync } from "node:zlib";

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const greyWithAlpha = 4;

/** A data URI of a picture of `width` columns from one byte of ink per pixel. */
export function inkPicture(ink: Uint8Array, width: number): string {
  const height = ink.length / width;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, greyWithAlpha], 8);
  // Each row: filter 0, then grey and alpha of each pixel.
  const rows = new Uint8Array(height * (1 + 2 * width));
  ink.forEach((alpha, i) => {
    rows[Math.floor(i / width) * (1 + 2 * width) + 2 + 2 * (i % width)] = alpha;
  });
  const file = Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", new Uint8Array(0))]);
  return `data:image/png;base64,${file.toString("base64")}`;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(Buffer.from(type, "latin1"), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}
