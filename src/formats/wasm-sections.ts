// The sections of a WebAssembly binary (core specification, section 5.5) and the signature that Damo keeps in one of them.

import { type DamoError, userError } from "../../ir/errors.ts";
import { formatVersion, type Signature, signatureSection } from "../../ir/program/signature.ts";

export interface WasmSection {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const names = ["custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data", "data count"];

function foreign(message: string): DamoError {
  return userError("E701", { message });
}

/** The sections in order; a custom section goes by its own name. E701 for what is no module. */
export function readSections(bytes: Uint8Array): readonly WasmSection[] {
  if (bytes.length < 8 || String.fromCharCode(...bytes.subarray(0, 4)) !== "\0asm") throw foreign("this is not a WebAssembly module");
  const sections: WasmSection[] = [];
  let at = 8;
  const unsigned = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw foreign("the module is cut off");
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw foreign("the module is damaged");
  };
  while (at < bytes.length) {
    const id = bytes[at++]!;
    const size = unsigned();
    const end = at + size;
    if (end > bytes.length) throw foreign("the module is cut off");
    let name = names[id];
    if (name === undefined) throw foreign("the module is damaged");
    if (id === 0) {
      const length = unsigned();
      if (at + length > end) throw foreign("the module is damaged");
      name = new TextDecoder().decode(bytes.subarray(at, at + length));
      at += length;
    }
    sections.push({ name, bytes: bytes.subarray(at, end) });
    at = end;
  }
  return sections;
}

/** The signature of a module made by Damo. E701 for another module, E702 for a newer format. */
export function readSignature(bytes: Uint8Array): Signature {
  const section = readSections(bytes).find(({ name }) => name === signatureSection);
  if (section === undefined) throw foreign(`the module has no section "${signatureSection}": it was not made by Damo`);
  let signature: Signature;
  try {
    signature = JSON.parse(new TextDecoder().decode(section.bytes)) as Signature;
  } catch (cause) {
    throw userError("E701", { message: "the module's signature is damaged", cause });
  }
  if (signature.format > formatVersion) {
    throw userError("E702", { message: `the module has format ${signature.format}, this version reads up to ${formatVersion}`, hint: "update damo" });
  }
  return signature;
}
