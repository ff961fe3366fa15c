// Shaders that compute control words: what a check fails, which branch runs, whether a loop goes on. One invocation each. Which words
// they work on stands in the uniform, so that few shaders do for all programs; -1 for the word around it says that nothing is around it.

import { oneWorkgroup, type Shader, type ShaderBuffer } from "../shader.ts";
import { controlWords } from "./plan.ts";

/** What is bound beside the control buffer: values that steer. */
type Operand = { readonly name: string; readonly dtype: "i32" | "bool"; readonly access?: "write" };

function controlShader(name: string, operands: readonly Operand[], words: readonly string[], body: readonly string[]): Shader {
  const declared = operands.map(({ name: operand, dtype }, i) => `@group(0) @binding(${i + 1}) var<storage, read_write> ${operand}: array<${dtype === "bool" ? "u32" : dtype}>;`);
  const buffers: ShaderBuffer[] = [{ dtype: "i32", access: "readwrite" }, ...operands.map(({ dtype, access }): ShaderBuffer => ({ dtype, access: access ?? "read" }))];
  return {
    name,
    code: `struct Words { ${words.map((word) => `${word}: i32`).join(", ")} }
@group(0) @binding(0) var<storage, read_write> control: array<i32>;
${declared.join("\n")}
@group(0) @binding(${buffers.length}) var<uniform> words: Words;

fn is_set(word: i32) -> bool { return word < 0 || control[word] != 0; }

@compute @workgroup_size(1)
fn main() {
  ${body.join("\n  ")}
}`,
    buffers, sizes: words.length, workgroups: [oneWorkgroup, oneWorkgroup, oneWorkgroup],
  };
}

const { running, error, value, bound } = controlWords;

const fail = (number: string, first: string, second: string): string =>
  `control[${running}] = 0; control[${error}] = ${number}; control[${value}] = ${first}; control[${bound}] = ${second};`;

/** Bindings: control, flag (i32[3]: failed, value, bound); words: the word around it, the error's number. The first failure counts. */
export const checkShader: Shader = controlShader("check", [{ name: "flag", dtype: "i32" }], ["outer", "error"], [
  `if (is_set(words.outer) && control[${running}] != 0 && flag[0] != 0) { ${fail("words.error", "flag[1]", "flag[2]")} }`,
]);

/** Bindings: control, condition (bool[1]); words: the word around it, those of the two branches. */
export const branchShader: Shader = controlShader("branch", [{ name: "condition", dtype: "bool" }], ["outer", "then", "otherwise"], [
  "let outer = is_set(words.outer);",
  "control[words.then] = i32(outer && condition[0] != 0u);",
  "control[words.otherwise] = i32(outer && condition[0] == 0u);",
]);

/** Which values end a loop before its limit. */
export interface LoopEnds {
  readonly steps: boolean;
  readonly stop: boolean;
  /** Steps come from the last to the first: those from `steps` on are left out at the start. */
  readonly reverse: boolean;
}

const stepsOperand = ({ steps }: Pick<LoopEnds, "steps">): readonly Operand[] => (steps ? [{ name: "steps", dtype: "i32" }] : []);

/** Before the loop. Bindings: control, steps if there is; words: the word around it, and the loop's: whether a step runs, how many did, whether it was stopped. */
export function enterLoop(ends: LoopEnds): Shader {
  return controlShader("enter loop", stepsOperand(ends), ["outer", "goes_on", "taken", "stopped"], [
    "control[words.taken] = 0;",
    "control[words.stopped] = 0;",
    `control[words.goes_on] = i32(is_set(words.outer) && control[${running}] != 0${ends.steps && !ends.reverse ? " && steps[0] > 0" : ""});`,
  ]);
}

/** Before a step of a loop that goes backwards. Bindings: control, steps; words: as enterLoop, and the step's index. */
export const enterStep: Shader = controlShader("enter step", stepsOperand({ steps: true }), ["outer", "goes_on", "taken", "stopped", "index"], [
  `control[words.goes_on] = i32(is_set(words.outer) && control[${running}] != 0 && control[words.stopped] == 0 && words.index < steps[0]);`,
]);

/** After a step. Bindings: control, steps if there is, stop if there is (bool[1]); words: as enterLoop. */
export function leaveStep(ends: LoopEnds): Shader {
  return controlShader("leave step", [...stepsOperand(ends), ...(ends.stop ? [{ name: "stop", dtype: "bool" } as const] : [])], ["outer", "goes_on", "taken", "stopped"], [
    "if (control[words.goes_on] == 0) { return; }",
    "control[words.taken] += 1;",
    ...(ends.stop ? ["control[words.stopped] = i32(stop[0] != 0u);"] : []),
    `control[words.goes_on] = i32(control[${running}] != 0 && control[words.stopped] == 0${ends.steps && !ends.reverse ? " && control[words.taken] < steps[0]" : ""});`,
  ]);
}

/** After a loop that may be asked for more steps than it has. Bindings: control, steps; words: the word around it, whether it was stopped, limit, the error's number. */
export const checkOverrun: Shader = controlShader("check overrun", stepsOperand({ steps: true }), ["outer", "stopped", "limit", "error"], [
  `if (is_set(words.outer) && control[${running}] != 0 && control[words.stopped] == 0 && steps[0] > words.limit) { ${fail("words.error", "steps[0]", "words.limit")} }`,
]);

/** Behind a loop. Bindings: control; words: the word around it, the loop's number of steps taken, whether that is even. */
export const checkEven: Shader = controlShader("check even", [], ["outer", "taken", "even"], [
  "control[words.even] = i32(is_set(words.outer) && control[words.taken] % 2 == 0);",
]);

/** Bindings: control, taken (i32[1]); words: the word around it, the loop's number of steps taken. */
export const storeTaken: Shader = controlShader("store taken", [{ name: "taken", dtype: "i32", access: "write" }], ["outer", "word"], [
  "if (is_set(words.outer)) { taken[0] = control[words.word]; }",
]);
