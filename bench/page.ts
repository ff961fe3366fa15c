// docs/performance.md: the rows of the last runs. Each row that a run measures replaces the one of its case and Node.

import { readFileSync, writeFileSync } from "node:fs";

const page = new URL("../docs/performance.md", import.meta.url);
const [begin, end] = ["<!-- npm run bench -- --write -->\n", "<!-- end -->"];
const header = ["| case | Node | measured | asked |", "|---|---|---|---|"];

/** What identifies a row: its case and its Node. */
const keyOf = (row: string): string => row.split(" | ").slice(0, 2).join(" | ");

/** Rows of cases that are no longer there are left out. */
export function writeRow(conditions: string, row: string, order: readonly string[]): void {
  const text = readFileSync(page, "utf8");
  const [before, rest] = text.split(begin) as [string, string];
  const [block, after] = rest.split(end) as [string, string];
  const kept = new Map(block.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| case ")).map((line) => [keyOf(line), line]));
  kept.set(keyOf(row), row);
  const place = (line: string): number => order.indexOf(line.slice(2).split(" | ")[0]!);
  const sorted = [...kept.values()].filter((line) => place(line) >= 0).sort((a, b) => place(a) - place(b) || (keyOf(a) < keyOf(b) ? -1 : 1));
  writeFileSync(page, `${before}${begin}${conditions}\n\n${[...header, ...sorted].join("\n")}\n${end}${after}`);
}
