// Options that are one of a few words.

import { userError } from "../../ir/errors.ts";

/** E209 for any other value. */
export function oneOf<T extends string>(op: string, name: string, value: unknown, words: readonly T[]): T {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw userError("E209", { op, message: `${name} is ${String(value)}`, hint: `use ${words.map((word) => `"${word}"`).join(" or ")}` });
}
