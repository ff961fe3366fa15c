// The source of a function as the engine gives it, cut into tokens, and the errors that point into it.

import { type DamoError, userError } from "../../ir/errors.ts";

export interface Token {
  readonly kind: "number" | "name" | "punctuation" | "end";
  readonly text: string;
  readonly at: number;
  /** It stands on a later line than the token before: a statement may end there. */
  readonly startsLine: boolean;
}

/** E212 with the line of the source that starts at `at`, or rather its beginning. */
export function unreadable(source: string, at: number, message: string, hint?: string): DamoError {
  const line = source.slice(0, at).split("\n").length;
  const rest = source.slice(at).split("\n")[0]!.trim();
  const excerpt = rest.length > 40 ? `${rest.slice(0, 40)}...` : rest;
  const place = source.includes("\n") ? `line ${line} of the function` : `character ${at + 1} of the function`;
  return userError("E212", { op: "elementwise", message: `${message} (${place}${excerpt === "" ? "" : `: ${excerpt}`})`, hint });
}

const blank = /(?:\s|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)*/y;
const number = /(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)/y;
const name = /[\p{ID_Start}$_][\p{ID_Continue}$]*/uy;
const punctuation = />>>=|===|!==|\*\*=|<<=|>>=|>>>|&&=|\|\|=|\?\?=|\.\.\.|=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.(?!\d)|\*\*|\+\+|--|<<|>>|[-+*/%&|^]=|[-+*/%&|^~!<>=?:;,.(){}[\]]/y;

function matchAt(pattern: RegExp, source: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? "";
}

/** E212 for what is no token of the language here: strings, templates, bigints. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; ;) {
    const skipped = matchAt(blank, source, at);
    at += skipped.length;
    const startsLine = /[\n\r\u2028\u2029]/.test(skipped);
    if (at >= source.length) return [...tokens, { kind: "end", text: "", at, startsLine }];
    const kinds = [["number", number], ["name", name], ["punctuation", punctuation]] as const;
    const found = kinds.map(([kind, pattern]) => ({ kind, text: matchAt(pattern, source, at) })).find(({ text }) => text !== "");
    if (found === undefined) {
      const character = source[at]!;
      const what = character === '"' || character === "'" || character === "`" ? "a string" : `the character ${JSON.stringify(character)}`;
      throw unreadable(source, at, `${what} has no place in a function of numbers`);
    }
    tokens.push({ ...found, at, startsLine });
    at += found.text.length;
    if (/^0\d/.test(found.text)) throw unreadable(source, at - found.text.length, "a number starts with 0", "octal numbers start with 0o");
    if (found.kind === "number" && matchAt(name, source, at) !== "") throw unreadable(source, at - found.text.length, "a bigint has no place in a function of numbers", "write it without the n");
  }
}
