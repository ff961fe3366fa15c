// TypeScript blocks of a Markdown file as programs. A comment `<!-- before: ... -->` right above a block is put in front
// of it, out of the reader's sight; a ```text block right below it is what the program prints.

export interface CodeBlock {
  readonly file: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  readonly code: string;
  /** What it must print, if the page shows that. */
  readonly output?: string;
}

/** Blocks fenced as `ts`; `ts fragment` marks what is no program (a signature, an excerpt) and is left out. */
export function findCodeBlocks(file: string, markdown: string): CodeBlock[] {
  const pattern = /(?:<!-- before:\n([\s\S]*?)-->\n+)?^```ts\n([\s\S]*?)^```\n(?:\n*```text\n([\s\S]*?)^```$)?/gm;
  return [...markdown.matchAll(pattern)].map((match) => {
    const [whole, before = "", code = "", output] = match;
    const line = markdown.slice(0, match.index + whole.indexOf("```ts")).split("\n").length;
    return { file, line, code: before + code, ...(output === undefined ? {} : { output }) };
  });
}
