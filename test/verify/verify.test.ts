// Runs the cases of the `.ir` files beside it: each must fail at its marked line with the marked code, or verify.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DamoError } from "../../ir/errors.ts";
import { parseGraph } from "../../ir/parse.ts";
import { printGraph } from "../../ir/print.ts";

const folder = new URL("./", import.meta.url);

interface Case {
  readonly text: string;
  /** The marked line (from 1 in the file), code and words of the message. */
  readonly expected: { readonly line: number; readonly code: string; readonly words: string } | undefined;
}

function readCases(file: string): Case[] {
  const lines = readFileSync(new URL(file, folder), "utf8").split("\n");
  const cases: Case[] = [];
  let start = 0;
  for (let at = 0; at <= lines.length; at++) {
    if (at < lines.length && !/^\/\/ -+$/.test(lines[at]!)) continue;
    const marked = lines.findIndex((line, i) => i >= start && i < at && line.includes("// error: "));
    const [, code, words] = /\/\/ error: (E\d+) ?(.*)/.exec(lines[marked] ?? "") ?? [];
    // Blank lines in front keep the numbers of the file.
    const text = "\n".repeat(start) + lines.slice(start, at).join("\n");
    cases.push({ text, expected: code === undefined ? undefined : { line: marked + 1, code, words: words! } });
    start = at + 1;
  }
  return cases;
}

for (const file of readdirSync(folder).filter((name) => name.endsWith(".ir"))) {
  describe(file, () => {
    test.each(readCases(file).map((entry, i) => [i + 1, entry.expected?.code ?? "verifies", entry] as const))("case %i: %s", (_, __, { text, expected }) => {
      if (expected === undefined) {
        const printed = printGraph(parseGraph(text, file));
        expect(printGraph(parseGraph(printed))).toBe(printed);
        return;
      }
      let error: unknown;
      try {
        parseGraph(text, file);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(DamoError);
      const { code, message, where } = error as DamoError;
      expect(message).toContain(expected.words);
      expect({ code, line: where?.split(":").slice(0, 2).join(":") }).toEqual({ code: expected.code, line: `${file}:${expected.line}` });
    });
  });
}
