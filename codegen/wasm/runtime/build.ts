// Makes objects/<family>.ts of assembly/<family>/: `npm run build:routines`. A test compares what is committed.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import openWabt from "wabt";
import { compileAssembly } from "./compile-object.ts";

const assembly = fileURLToPath(new URL("assembly/", import.meta.url));

export const families: readonly string[] = readdirSync(assembly, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();

export const objectFile = (family: string): string => fileURLToPath(new URL(`objects/${family}.ts`, import.meta.url));

/** The text of the file. */
export async function buildFamily(family: string): Promise<string> {
  const readFile = (path: string): string | null => {
    try {
      return readFileSync(`${assembly}${path}`, "utf8");
    } catch {
      return null;
    }
  };
  const bytes = await compileAssembly(asc, await openWabt(), `${family}/index.ts`, readFile);
  return `// Made by \`npm run build:routines\` of ../assembly/${family}.\n\nexport const object = "${Buffer.from(bytes).toString("base64")}";\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const family of families) writeFileSync(objectFile(family), await buildFamily(family));
}
