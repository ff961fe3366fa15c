// damo inspect: what is in an artifact.

import { readFileSync } from "node:fs";
import { userError } from "../../ir/errors.ts";
import { passedSizes, type TensorSignature } from "../../ir/program/signature.ts";
import { readSections, readSignature } from "../formats/wasm-sections.ts";

export function readArtifact(file: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (cause) {
    throw userError("E701", { message: `${file} could not be read`, cause });
  }
}

export function inspectCommand(file: string, flags: { readonly json?: boolean }): void {
  const bytes = readArtifact(file);
  const signature = readSignature(bytes);
  const sections = readSections(bytes).map(({ name, bytes: content }) => ({ name, bytes: content.length }));
  if (flags.json) {
    console.log(JSON.stringify({ ...signature, bytes: bytes.length, sections }, null, 2));
    return;
  }
  const lines = [`${file}: ${bytes.length} bytes, format ${signature.format}, ABI ${signature.abi}, weights ${signature.weights}`];
  lines.push(`needs ${signature.features.join(", ")}`, "", "functions");
  for (const f of signature.functions) {
    const { name, outputs, doc } = f;
    lines.push(`  ${name}(${[...f.inputs.map(show), ...passedSizes(f)].join(", ")}) -> (${outputs.map(show).join(", ")})`);
    if (doc !== undefined) lines.push(...doc.split("\n").map((line) => `    ${line}`));
  }
  lines.push("", "state", ...signature.state.map((tensor) => `  ${show(tensor)}`));
  if (signature.state.length === 0) lines.push("  none");
  if (signature.routines !== undefined) {
    lines.push("", "routines", ...signature.routines.map(({ name, bytes: size }) => `  ${name.padEnd(24)} ${String(size).padStart(10)}`));
  }
  lines.push("", "sections", ...sections.map(({ name, bytes: size }) => `  ${name.padEnd(12)} ${String(size).padStart(10)}`));
  console.log(lines.join("\n"));
}

function show({ name, dtype, shape }: TensorSignature): string {
  return `${name}: ${dtype}[${shape.join(",")}]`;
}
