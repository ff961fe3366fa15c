// docs/performance.md: the rows of the last runs. Each row that a run measures replaces the one of its case and Node, or clock.

import { readFileSync, writeFileSync } from "node:fs";

const page = new URL("../docs/performance.md", import.meta.url);
const end = "<!-- end -->";

/** Its place in the page, and its columns, of which the first two identify a row. */
interface Table {
  readonly begin: string;
  readonly header: string;
}

export const cpuTable: Table = { begin: "<!-- npm run bench -- --write -->\n", header: "| case | Node | measured | asked |" };
/** Each adapter has its own. */
export const gpuTable = (adapter: string): Table => ({ begin: `<!-- npm run bench:gpu -- --write: ${adapter} -->\n`, header: "| case | clock | measured | asked |" });

const keyOf = (row: string): string => row.split(" | ").slice(0, 2).join(" | ");

/** Rows of cases that are no longer there are left out. A table that is not there yet comes at the end of the page. */
export function writeRow(conditions: string, row: string, order: readonly string[], table: Table = cpuTable): void {
  writeFileSync(page, withRow(readFileSync(page, "utf8"), conditions, row, order, table));
}

export function withRow(text: string, conditions: string, row: string, order: readonly string[], { begin, header }: Table): string {
  const [before, rest] = (text.includes(begin) ? text : `${text.trimEnd()}\n\n${begin}${end}\n`).split(begin) as [string, string];
  const at = rest.indexOf(end);
  const kept = new Map(rest.slice(0, at).split("\n").filter((line) => line.startsWith("| ") && line !== header).map((line) => [keyOf(line), line]));
  kept.set(keyOf(row), row);
  const place = (line: string): number => order.indexOf(line.slice(2).split(" | ")[0]!);
  const sorted = [...kept.values()].filter((line) => place(line) >= 0).sort((a, b) => place(a) - place(b) || (keyOf(a) < keyOf(b) ? -1 : 1));
  return `${before}${begin}${conditions}\n\n${[header, "|---|---|---|---|", ...sorted].join("\n")}\n${rest.slice(at)}`;
}
