// Reads the words of a text one after another, keeps line and column, and makes E801 errors at them. Spaces, line ends
// and `//` comments separate words.

import type { DamoError } from "./errors.ts";
import { userError } from "./errors.ts";
import type { SourceLocation } from "./node.ts";

const separators = /(?:\s|\/\/[^\n]*)*/y;
const word = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_][A-Za-z0-9_.]*|"(?:[^"\\\n]|\\.)*"|->|[^\s]/y;
const locationComment = /[ \t]*\/\/ at ([^\n]*)/y;

const maxDepth = 200;

export class Cursor {
  readonly text: string;
  readonly #file: string;
  #at = 0;
  /** End of the last word read. */
  #end = 0;
  #depth = 0;
  /** The next word. */
  #word = "";

  constructor(text: string, file: string) {
    this.text = text;
    this.#file = file;
    this.#skip();
  }

  #skip(): void {
    separators.lastIndex = this.#at;
    separators.test(this.text);
    this.#at = word.lastIndex = separators.lastIndex;
    this.#word = word.exec(this.text)?.[0] ?? "";
  }

  /** The next word, or "" at the end. */
  peek(): string {
    return this.#word;
  }

  next(): string {
    const found = this.#word;
    this.#end = this.#at += found.length;
    this.#skip();
    return found;
  }

  /** Reads the word if it comes next. */
  skipWord(expected: string): boolean {
    if (this.peek() !== expected) return false;
    this.next();
    return true;
  }

  expect(expected: string): void {
    if (!this.skipWord(expected)) throw this.unexpected(`"${expected}"`);
  }

  /** Reads something that may hold itself; E801 rather than an overflow of the stack. */
  nested<T>(read: () => T): T {
    if (++this.#depth > maxDepth) throw this.fault(`nested more than ${maxDepth} deep`);
    const value = read();
    this.#depth--;
    return value;
  }

  /** A word that the pattern matches whole. */
  match(pattern: RegExp, what: string): string {
    if (!pattern.test(this.peek())) throw this.unexpected(what);
    return this.next();
  }

  integer(): number {
    return Number(this.match(/^-?\d+$/, "an integer"));
  }

  /** `open item, item close` */
  list<T>(open: string, close: string, item: () => T): T[] {
    this.expect(open);
    const items: T[] = [];
    if (this.skipWord(close)) return items;
    do items.push(item());
    while (this.skipWord(","));
    this.expect(close);
    return items;
  }

  /** The place named by a `// at place` comment directly after the last word. */
  locationComment(): SourceLocation | undefined {
    locationComment.lastIndex = this.#end;
    const place = locationComment.exec(this.text)?.[1];
    return place === undefined ? undefined : { describe: () => place };
  }

  /** The place of the next word (at the end: after the last one): `file:line:column`, counted when it is asked for. */
  place(): SourceLocation {
    const at = this.peek() === "" ? this.#end : this.#at;
    return {
      describe: () => {
        const before = this.text.slice(0, at).split("\n");
        return `${this.#file}:${before.length}:${before[before.length - 1]!.length + 1}`;
      },
    };
  }

  unexpected(wanted: string): DamoError {
    const found = this.peek() === "" ? "the end of the text" : JSON.stringify(this.peek());
    return this.fault(`expected ${wanted}, found ${found}`);
  }

  fault(message: string): DamoError {
    return userError("E801", { message, location: this.place() });
  }
}
