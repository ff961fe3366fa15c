// What cannot be read is refused where it stands, with what to do about it.
import { input } from "damo";
import { elementwise, type ScalarFunction } from "damo/elementwise";
import { describe, expect, test } from "vitest";
import { messageOf } from "../error-of.ts";

const refusal = (source: string): string => messageOf(() => elementwise(new Function(`return (${source});`)() as ScalarFunction));

describe("E212", () => {
  test.each([
    ["(x) => { for (let i = 0; i < 3; i++) x; return x }", "a loop has no place in a function of numbers (character 10 of the function: for (let i = 0; i < 3; i++) x; return x ...); write the steps out"],
    ["(x) => {\n  const y = x;\n  while (y > 0) return 1;\n}", "a loop has no place in a function of numbers (line 3 of the function: while (y > 0) return 1;)"],
    ["(x) => x + k", "k is neither an argument nor a constant of the function (character 12 of the function: k); pass it as an argument"],
    ["(x) => helper(x)", "helper is not a function that is known here (character 8 of the function: helper(x))"],
    ["(x) => Math.random() * x", "Math.random is not a function that is known here"],
    ["(x) => Math.hypot(x, 1)", "Math.hypot is not a function that is known here"],
    ["(x) => x.toFixed(2)", "x is used as more than a number"],
    ["(x) => x[0]", "an array or an index has no place"],
    ["(x) => Math.exp", "Math.exp stands here without operands"],
    ["(x) => Math.exp(x, 1)", "Math.exp has 2 operands, it takes 1"],
    ["(x) => { let y = 1; y = x; return y }", "an assignment has no place in a function of numbers (character 23 of the function: = x; return y }); give each value a name of its own"],
    ["(x) => { let y; return x }", "a variable has no value"],
    ["(x) => { x++; return x }", "an assignment has no place"],
    ["(x) => x | 0", "an operation on bits has no place in a function of numbers (character 10 of the function: | 0); Math.trunc"],
    ["(x) => ~x", "an operation on bits"],
    ["(x) => x ?? 1", "?? has no place"],
    ["(x) => x?.y", "?. has no place"],
    ["(x) => 'a'", "a string has no place"],
    ["(x) => `a`", "a string has no place"],
    ["(x) => 10n", "a bigint has no place"],
    ["(x) => ({ x })", "an object has no place"],
    ["(x) => { switch (x) { default: return 1 } }", "a switch has no place"],
    ["(x) => { throw x }", "a throw has no place"],
    ["(x) => (y) => x", "a function in the function has no place"],
    ["(x) => (x, 1)", "a sequence of expressions has no place"],
    ["(x) => typeof x", "typeof has no place"],
    ["(x = 1) => x", "an argument has a default value"],
    ["({ x }) => x", "an argument must be a plain name"],
    ["(...x) => x", "an argument must be a plain name"],
    ["() => 1", "the function has no arguments"],
    ["async (x) => x", "an async function has no place"],
    ["function* (x) { return x }", "a generator is no function of numbers"],
    ["class { }", "class"],
    ["(x) => { x * 2; return x }", "the value of an expression is not used"],
    ["(x) => { return; }", "the function returns nothing here"],
    ["(x) => { return\n x }", "the function returns nothing here"],
  ])("%s", (source, words) => {
    const message = refusal(source);
    expect(message).toMatch(/^E212 elementwise: /);
    expect(message).toContain(words);
    expect(message).toMatch(/, errors\.test\.ts:\d+$/);
  });

  const x = input("x", [2]);

  test.each([
    ["(x) => { if (x > 0) return 1 }", "the function can end without a return"],
    ["(x) => x > 0 ? x : true", "the value is a number in one case and a boolean in the other (character 14 of the function: ? x : true)"],
    ["(x) => { if (x > 0) return x; return x < -1 }", "the value is a number in one case and a boolean in the other"],
    ["(x) => x === true", "a number is compared with a boolean"],
  ])("when it is applied: %s", (source, words) => {
    const f = elementwise(new Function(`return ${source};`)() as (x: number) => number);
    expect(messageOf(() => f(x))).toContain(words);
  });

  test("functions without a source", () => {
    expect(messageOf(() => elementwise(Math.exp))).toMatch(/^E212 elementwise: the function exp has no source; write a function that calls it/);
    expect(messageOf(() => elementwise(((a: number) => a).bind(null)))).toMatch(/^E212 .* has no source/);
  });
});

test("wrong operands", () => {
  const f = elementwise((a: number, b: number) => a + b);
  const x = input("x", [2]);
  expect(messageOf(() => (f as unknown as (x: unknown) => unknown)(x))).toMatch(/^E201 elementwise: takes 2 operands, got 1/);
  expect(messageOf(() => f(x, input("y", [3]) as never))).toMatch(/^E203 elementwise: /);
  expect(messageOf(() => f(x, "a" as never))).toMatch(/^E209 elementwise: a is not a tensor/);
  expect(messageOf(() => elementwise(3 as never))).toMatch(/^E209 elementwise: 3 is not a function/);
});
