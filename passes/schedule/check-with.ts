// A check as statements: a kernel that says what is wrong, and what ends the call if anything is.

import type { Node } from "../../ir/node.ts";
import type { BufferId, Launch, Statement } from "../../ir/program/program.ts";
import type { ProgramParts } from "./program-parts.ts";

/** `find` writes i32 [failed, two detail words] to the buffer that it is given. */
export function checkWith(parts: ProgramParts, message: string, node: Node, find: (flag: BufferId) => Launch): readonly Statement[] {
  const flag = parts.add({ dtype: "i32", elements: 3, role: { kind: "scratch" } });
  return [find(flag), { kind: "check", flag, error: parts.message(message, node) }];
}
