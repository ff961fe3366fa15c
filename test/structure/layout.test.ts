// File sizes, file names, top-level folders and their READMEs.
import { describe, expect, test } from "vitest";
import {
  findDeadLinks, findFoldersWithoutReadme, findLongFiles, findOtherCases, findUnknownFolders, findVagueNames,
} from "./layout-rules.ts";
import { listFiles, readPages, readSources } from "./sources.ts";

describe("the repository", () => {
  const paths = listFiles();

  test("keeps every source file within 500 lines", () => {
    expect(findLongFiles(readSources("src", "ir", "passes", "codegen"))).toEqual([]);
  });

  test("names files after what they hold", () => {
    expect(findVagueNames(paths)).toEqual([]);
    expect(findOtherCases(paths)).toEqual([]);
  });

  test("has a README in every top-level folder, and no folder beside the planned ones", () => {
    expect(findFoldersWithoutReadme(paths)).toEqual([]);
    expect(findUnknownFolders(paths)).toEqual([]);
  });

  test("links only to pages and files that are there", () => {
    expect(findDeadLinks(readPages(), paths)).toEqual([]);
  });
});

describe("the checks", () => {
  test("count lines", () => {
    const lines = (count: number): string => "x;\n".repeat(count);
    const files = new Map([
      ["ir/fits.ts", lines(500)],
      ["ir/long.ts", lines(501)],
      ["codegen/wasm/opcodes.ts", lines(900)],
    ]);
    expect(findLongFiles(files)).toEqual(["ir/long.ts has 501 lines"]);
  });

  test("find vague names in files and folders", () => {
    const paths = ["src/utils.ts", "ir/helpers/shape.ts", "passes/shape-utils.ts", "src/common.test.ts", "src/commonsense.ts", "src/miscount.ts"];
    expect(findVagueNames(paths)).toEqual(["src/utils.ts", "ir/helpers/shape.ts", "passes/shape-utils.ts", "src/common.test.ts"]);
  });

  test("find names in another case", () => {
    const paths = ["ir/a-node2.ts", "ir/a.test.ts", "ir/types.test-d.ts", "ir/aNode.ts", "ir/a_node.ts", "ir/-a.ts", "ir/README.md"];
    expect(findOtherCases(paths)).toEqual(["ir/aNode.ts", "ir/a_node.ts", "ir/-a.ts"]);
  });

  test("find folders without README and unknown folders", () => {
    const paths = ["package.json", "ir/README.md", "ir/node.ts", "lib/a.ts", ".ci/run", ".github/x.yml"];
    expect(findFoldersWithoutReadme(paths)).toEqual(["lib"]);
    expect(findUnknownFolders(paths)).toEqual(["lib", ".github"]);
  });

  test("find dead links", () => {
    const pages = new Map([["docs/a.md", "[b](b.md) [c](../src/c.ts#L3) [gone](gone.md) [up](../gone) [web](https://example.org/x) [adr](adr/)\n```py\nf[x](y)\n```\n"]]);
    expect(findDeadLinks(pages, ["docs/a.md", "docs/b.md", "src/c.ts", "docs/adr/0001.md"])).toEqual([
      "docs/a.md links to docs/gone.md",
      "docs/a.md links to gone",
    ]);
  });
});
