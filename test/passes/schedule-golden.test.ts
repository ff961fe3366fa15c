// Golden tests of scheduling: test/golden/schedule/*.ir holds a function, `// becomes`, and the program made from it. Cases are
// separated by `// ----`; UPDATE=1 rewrites what stands after the marker. What the programs compute is tested elsewhere.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseGraph } from "../../ir/parse.ts";
import { printGraph } from "../../ir/print.ts";
import { printProgram } from "../../ir/program/print.ts";
import { scheduleFunction, traceGraph } from "./run-program.ts";

const folder = new URL("../golden/schedule/", import.meta.url);
const [separator, marker] = ["// ----\n", "// becomes\n"];

describe.each(readdirSync(folder))("%s", (file) => {
  const path = new URL(file, folder);
  const cases = readFileSync(path, "utf8").split(separator);
  const updated: string[] = [];

  it.each(cases.map((text, i) => [i + 1, text] as const))("case %i", (_, text) => {
    const [input, expected] = text.split(marker) as [string, string];
    const comment = /^(\/\/.*\n)*/.exec(input)![0];
    const graph = parseGraph(input.slice(comment.length), file);
    const { program, plan } = scheduleFunction(traceGraph(graph));
    const printed = printProgram(program, plan);
    updated.push(`${comment}${printGraph(graph)}${marker}${printed}`);
    if (process.env["UPDATE"] === "1") {
      if (updated.length === cases.length) writeFileSync(path, updated.join(separator));
    } else {
      expect(printed).toBe(expected);
    }
  });
});
