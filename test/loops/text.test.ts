// Loops and branches as text: what is well formed comes back as it was, what is not is refused where it stands.
import { describe, expect, test } from "vitest";
import { DamoError } from "../../ir/errors.ts";
import { parseGraph } from "../../ir/parse.ts";
import { printGraph } from "../../ir/print.ts";

const loop = (changes: { readonly [key: string]: string } = {}): string => {
  const parts = {
    operands: "%k, %c, %xs, %w", carry: "f32[2]", slice: "f32[3]", next: "%1", stop: "%3", results: "f32[2], bool[], f32[3]",
    attributes: "carried=1, sequences=1, length=[n], reverse=false, stops=true, counted=true, residuals=store", ...changes,
  };
  return `func @f(%k: i32[], %c: f32[2], %xs: f32[n,3], %w: f32[3,2]) -> (f32[2], i32[], f32[n,3]) {
  %0: (f32[2], i32[], f32[n,3]) = scan(${parts.operands}) {body=func @body(%c: ${parts.carry}, %x: ${parts.slice}, %w: f32[3,2]) -> (${parts.results}) {
    %0: f32[2] = dot_general(%x, %w) {lhs_contract=[0], rhs_contract=[0], lhs_batch=[], rhs_batch=[]}
    %1: f32[2] = add(%c, %0)
    %2: f32[] = reduce_sum(%1) {axes=[0]}
    %3: bool[] = is_nan(%2)
    return ${parts.next}, ${parts.stop}, %x
  }, ${parts.attributes}}
  %1: f32[2] = result(%0) {index=0}
  %2: i32[] = result(%0) {index=1}
  %3: f32[n,3] = result(%0) {index=2}
  return %1, %2, %3
}
`;
};

const branch = (other = "%x", operands = "%p, %x"): string => `func @f(%p: bool[], %x: f32[2]) -> (f32[2]) {
  %0: f32[2] = cond(${operands}) {then=func @then(%x: f32[2]) -> (f32[2]) {
    %0: f32[2] = neg(%x)
    return %0
  }, otherwise=func @otherwise(%x: f32[2]) -> (${other === "%x" ? "f32[2]" : "f32[]"}) {
${other === "%x" ? "" : "    %0: f32[] = reduce_sum(%x) {axes=[0]}\n"}    return ${other}
  }}
  %1: f32[2] = result(%0) {index=0}
  return %1
}
`;

function codeOf(text: string): string {
  try {
    parseGraph(text, "loop.ir");
    return "none";
  } catch (error) {
    if (error instanceof DamoError) return `${error.code} ${error.where}`;
    throw error;
  }
}

describe("text", () => {
  test.each([["scan", loop()], ["cond", branch()]])("%s comes back", (_, text) => {
    expect(printGraph(parseGraph(text))).toBe(text);
  });

  test.each([
    ["the control", "none", loop()],
    ["an operand too few", "E201 loop.ir:2:3", loop({ operands: "%k, %c, %xs" })],
    ["an initial value of another type", "E211 loop.ir:2:3", loop({ operands: "%k, %k, %xs, %w" })],
    ["a number of steps that is none", "E211 loop.ir:2:3", loop({ operands: "%c, %c, %xs, %w" })],
    ["a sequence of another length", "E211 loop.ir:2:3", loop({ attributes: "carried=1, sequences=1, length=[m], reverse=false, stops=true, counted=true, residuals=store" })],
    ["a sequence without a length", "E205 loop.ir:2:3", loop({ attributes: "carried=1, sequences=1, length=[], reverse=false, stops=true, counted=true, residuals=store" })],
    ["an early stop in reverse", "E205 loop.ir:2:3", loop({ attributes: "carried=1, sequences=1, length=[n], reverse=true, stops=true, counted=true, residuals=store" })],
    ["more carried values than the body has", "E205 loop.ir:2:3", loop({ attributes: "carried=4, sequences=1, length=[n], reverse=false, stops=true, counted=true, residuals=store" })],
    ["a missing attribute", "E205 loop.ir:2:3", loop({ attributes: "carried=1, sequences=1, length=[n], reverse=false, stops=true, counted=true" })],
    ["a stop that is no bool", "E211 loop.ir:2:3", loop({ stop: "%2", results: "f32[2], f32[], f32[3]" }).replace("    %3: bool[] = is_nan(%2)\n", "")],
    ["the control of branches", "none", branch()],
    ["branches of different types", "E211 loop.ir:2:3", branch("%0")],
    ["a condition that is no bool", "E211 loop.ir:2:3", branch("%x", "%x, %x").replace("%p: bool[], ", "")],
  ])("%s: %s", (_, code, text) => {
    expect(codeOf(text)).toBe(code);
  });
});
