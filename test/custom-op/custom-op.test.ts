// Operations that users bring: AssemblyScript and modules, several results, workspace, failures, gradients of any order, and
// what a description that does not hold together is answered with.

import asc from "assemblyscript/asc";
import { type AnyTensor, build, compile, fn, grad, input, jvp, type Tensor } from "damo";
import { type CustomOpOptions, customOp } from "damo/custom-op";
import { load } from "damo/load";
import { checkGradient, checkTargetsAgree } from "damo/testing";
import { vmap } from "damo/transform";
import { describe, expect, it } from "vitest";
import { errorOf } from "../error-of.ts";
import { wabt } from "../routines/objects.ts";

type X = Tensor<"f64">;

/** A sum of what is not zero. */
const plus = (a: Tensor | null | undefined, b: Tensor | null | undefined): Tensor | null => (a == null ? b ?? null : b == null ? a : (a.add(b) as Tensor));

/** The sums of a line's numbers up to each, which the workspace holds, squared and plain; scaled by a table that may be shared. */
const sumsOf = await customOp<(x: X, scale: X) => [X, X]>({
  name: "test_sums",
  code: {
    compiler: asc,
    assembly: {
      "index.ts": `import { addUp } from "./add-up";
        export function test_sums_f64(x: usize, scale: usize, c: usize, s: usize, n: i32, workspace: usize): i32 {
          addUp(x, workspace, n);
          for (let i = 0; i < n; i++) {
            const at = <usize>i << 3;
            const sum = load<f64>(workspace + at);
            store<f64>(c + at, load<f64>(scale + at) * sum * sum);
            store<f64>(s + at, load<f64>(scale + at) * sum);
          }
          return 0;
        }`,
      "add-up.ts": `export function addUp(x: usize, sums: usize, n: i32): void {
          let sum: f64 = 0;
          for (let i = 0; i < n; i++) { sum += load<f64>(x + (<usize>i << 3)); store<f64>(sums + (<usize>i << 3), sum); }
        }`,
    },
  },
  operandAxes: [1, 1], resultAxes: [1, 1],
  results: ([x]) => [x!, x!], sizes: ([x]) => x!.shape, workspace: ([x]) => `8*(${x!.shape[0]})`,
  evaluate([x, scale], [squares, sums]) {
    x!.forEach((_: number | bigint, i: number) => {
      const sum = (x as Float64Array).slice(0, i + 1).reduce((a, b) => a + b, 0);
      squares![i] = Number(scale![i]) * sum * sum;
      sums![i] = Number(scale![i]) * sum;
    });
  },
  gradient([squares, sums], [x, scale]) {
    const total = x!.cumsum(-1);
    const inner = plus(squares && squares.mul(scale!).mul(total).mul(2), sums && sums.mul(scale!))!;
    const byScale = plus(squares && squares.mul(total.square()), sums && sums.mul(total))!;
    return [inner.flip(-1).cumsum(-1).flip(-1), byScale.ndim === scale!.ndim ? byScale : byScale.sum(0)];
  },
  tangent([dx, dscale], [x, scale]) {
    const total = x!.cumsum(-1);
    const moved = dx && dx.cumsum(-1);
    return [
      plus(moved && total.mul(moved).mul(scale!).mul(2), dscale && total.square().mul(dscale)),
      plus(moved && moved.mul(scale!), dscale && total.mul(dscale)),
    ];
  },
});

const halves = {
  operandAxes: [0], resultAxes: [0], results: ([x]) => [x!], sizes: () => [7],
  evaluate([x], [y], [divisor]) {
    y![0] = Math.trunc(Number(x![0]) / 2);
    return x![0] === 0 ? 1 : Number(x![0]) < 0 ? divisor : 0;
  },
} satisfies Partial<CustomOpOptions>;

const wat = `(module (import "env" "memory" (memory 0))
  (func (export "test_halves") (param $x i32) (param $y i32) (param $divisor i32) (param $workspace i32) (result i32)
    local.get $y local.get $x i32.load i32.const 2 i32.div_s i32.store
    local.get $x i32.load i32.eqz if (result i32) i32.const 1 else
      local.get $x i32.load i32.const 0 i32.lt_s if (result i32) local.get $divisor else i32.const 0 end end))`;
const wasm = wabt.parseWat("halves.wat", wat, {}).toBinary({}).buffer;
const halvesOf = await customOp<(x: AnyTensor<"i32">) => Tensor<"i32">>({ name: "test_halves", code: { wasm }, failures: ["nothing to halve"], ...halves });

const [x, scale] = [input("x", ["n", 3], { dtype: "f64" }), input("scale", [3], { dtype: "f64" })];
const feeds = { x: [[1, 2, 3], [0.5, -1, 0.25]], scale: [1, 10, 100] };

describe.each([{ target: "wasm" }, { target: "wasm", mode: "debug" }, { target: "wasm", threads: 2 }, { target: "reference" }] as const)("%o", (options) => {
  it("gives all its results, for batches and through vmap", async () => {
    const [squares, sums] = sumsOf(x, scale);
    const row = vmap((line) => sumsOf(line as X, scale)[1], x);
    const f = await compile(fn({ inputs: { x, scale }, outputs: { squares, sums, row } }), options);
    const result = f(feeds);
    expect(result.squares.toArray()).toEqual([[1, 90, 3600], [0.25, 2.5, 6.25]]);
    expect(result.sums.toArray()).toEqual([[1, 30, 600], [0.5, -5, -25]]);
    expect(result.row.toArray()).toEqual(result.sums.toArray());
  });

  it("counts a failure that is not declared as one", async () => {
    const n = input("n", ["k"], { dtype: "i32" });
    const f = await compile(fn({ inputs: { n }, outputs: { half: halvesOf(n) } }), options);
    expect(f({ n: [4, 7, 1] }).half.toArray()).toEqual([2, 3, 0]);
    expect(errorOf(() => f({ n: [4, 0] })).message).toMatch(/^E609 test_halves: nothing to halve \(element 1 of the batch\), custom-op\.test\.ts:\d+$/);
    expect(errorOf(() => f({ n: [4, 1, -4] })).message).toContain("the code gave a number that stands for no failure (element 2 of the batch)");
  });
});

describe("derivatives", () => {
  const cost = (a: X, b: X): X => {
    const [squares, sums] = sumsOf(a, b);
    return squares.sin().sum().add(sums.exp().sum()) as X;
  };

  it("are those of the function, of first and second order, where operands are shared and where one result is not read", async () => {
    const point = [[[0.1, -0.2, 0.3], [0.4, 0.2, -0.5]], [0.5, 1.5, -0.7]];
    await checkGradient(cost as never, point);
    await checkGradient(((a: X, b: X) => (grad(cost(a, b) as never, a as never) as X).square().sum()) as never, point, { tolerance: 1e-5 });
    await checkGradient(((a: X, b: X) => sumsOf(a, b)[0].sum()) as never, point);
    await checkGradient(((a: X, b: X) => sumsOf(a, b)[1].sin().sum()) as never, point);
  });

  it("agree in forward and reverse mode", async () => {
    const direction = x.mul(0.25);
    const forward = jvp(sumsOf(x, scale)[0] as never, x as never, direction as never) as X;
    const reverse = (grad(sumsOf(x, scale)[0].sum() as never, x as never) as X).mul(direction).sum();
    const f = await compile(fn({ inputs: { x, scale }, outputs: { forward: forward.sum(), reverse } } as never)) as unknown as (given: typeof feeds) => { forward: { item(): number }; reverse: { item(): number } };
    const result = f(feeds);
    expect(result.forward.item()).toBeCloseTo(result.reverse.item(), 9);
  });

  it("are E304 where none was given, and E302 and E305 where they do not fit", async () => {
    const copy = (name: string): CustomOpOptions => ({
      name, operandAxes: [0, 0], resultAxes: [0], results: ([value]) => [value!], sizes: () => [],
      code: { compiler: asc, assembly: `export function ${name}(x: usize, n: usize, y: usize, workspace: usize): i32 { store<f64>(y, load<f64>(x)); return 0; }` },
      evaluate([value], [result]) {
        result![0] = value![0]!;
      },
    });
    const bare = await customOp<(x: X, n: AnyTensor) => X>(copy("test_bare"));
    const reverse = await customOp<(x: X, n: AnyTensor) => X>({ ...copy("test_reverse"), gradient: ([cotangent]) => [cotangent!, null] });
    const short = await customOp<(x: X, n: AnyTensor) => X>({ ...copy("test_short_list"), gradient: ([cotangent]) => [cotangent!] });
    const whole = await customOp<(x: X, n: AnyTensor) => X>({ ...copy("test_whole"), gradient: ([cotangent]) => [cotangent!, cotangent!] });
    const wide = await customOp<(x: X, n: AnyTensor) => X>({ ...copy("test_wide"), gradient: ([cotangent]) => [cotangent!.sum(), null] });
    const n = input("n", ["n", 3], { dtype: "i32" });
    const messageOf = (output: X): Promise<string> => compile(fn({ inputs: { x, n }, outputs: { output }, onUnusedInput: "ignore" } as never)).then(() => "none", (error: Error) => error.message);
    const gradient = (op: (x: X, n: AnyTensor) => X): Promise<string> => messageOf(grad(op(x, n).sum() as never, x as never) as X);
    expect(await gradient(reverse)).toBe("none");
    expect(await gradient(bare)).toMatch(/^E304 test_bare: .*it was defined without a gradient, custom-op\.test\.ts:\d+$/);
    expect(await messageOf(jvp(reverse(x, n) as never, x as never, x as never) as X)).toMatch(/^E304 test_reverse: it was defined without a tangent, custom-op\.test\.ts:\d+$/);
    expect(await gradient(short)).toMatch(/^E305 test_short_list: the gradient gives 1 values for 2; give a list, with null for zero, custom-op\.test\.ts:\d+$/);
    expect(await gradient(whole)).toMatch(/^E302 test_whole: the gradient gives a value for number 1, which is i32; only floats have a derivative: give null, custom-op\.test\.ts:\d+$/);
    expect(await gradient(wide)).toMatch(/^E305 test_wide: value 0 of the gradient is f64\[\], x f64\[n,3\] is needed, custom-op\.test\.ts:\d+$/);
  });
});

describe("code", () => {
  it("is held to evaluate by the kit, and stands in an artifact without imports", async () => {
    const [squares, sums] = sumsOf(x, scale);
    const f = fn({ name: "f", inputs: { x, scale }, outputs: { squares, sums } });
    await checkTargetsAgree(f as never, feeds, { regime: "exact" });
    const { wasm: artifact, signature } = await build(f);
    expect(WebAssembly.Module.imports(await WebAssembly.compile(artifact))).toEqual([]);
    expect([...(await load(artifact)).functions["f"]!(feeds)["sums"]!.data]).toEqual([1, 30, 600, 0.5, -5, -25]);
    expect(signature.routines!.map(({ name }) => name)).toEqual(["test_sums_f64"]);
  });

  const description = { name: "test_refused", code: { wasm }, ...halves } satisfies CustomOpOptions;
  it.each([
    ["a name in capitals", { name: "Halves" }, "E213 customOp: the name Halves is not written in lower case with underscores"],
    ["a name that is taken", { name: "add" }, "E404 customOp: there is an operation add already"],
    ["no code", { code: {} }, "E213 test_refused: code has neither a module nor AssemblyScript with its compiler"],
    ["texts without index.ts", { code: { assembly: { "a.ts": "" }, compiler: asc } }, "E213 test_refused: the AssemblyScript of code has no index.ts"],
    ["no axes", { resultAxes: [] }, "E213 customOp: resultAxes of test_refused is []"],
    ["no evaluate", { evaluate: undefined }, "E213 customOp: test_refused has no function evaluate"],
    ["an empty failure", { failures: [""] }, 'E213 customOp: failures of test_refused is [""]'],
    ["a pair of nothing", { inPlace: [[0, 1]] }, "E213 customOp: inPlace of test_refused is [[0,1]]"],
    ["another onError", { onError: "ignore" }, "E213 customOp: onError of test_refused is ignore"],
    ["AssemblyScript that does not compile", { code: { assembly: "export function f(): i32 { return x; }", compiler: asc } }, "E708 index.ts does not compile:"],
    ["AssemblyScript with a global", { code: { assembly: "let n: i32 = 0; export function f(): i32 { return n++; }", compiler: asc } }, "E708 test_refused: "],
    ["a file that is not there", { code: { assembly: 'export { f } from "./f";', compiler: asc } }, "E708 index.ts does not compile:"],
    ["junk", { code: { wasm: Uint8Array.of(1, 2, 3) } }, "E708 test_refused: "],
  ])("%s is refused", async (_, change, message) => {
    await expect(customOp({ ...description, ...change } as unknown as CustomOpOptions)).rejects.toThrow(message);
  });

  it("that lacks the function, or has another one, is refused with the user's line", async () => {
    const wrong = await customOp({ ...description, name: "test_wrong" });
    const n = input("n", ["k"], { dtype: "i32" });
    await expect(compile(fn({ inputs: { n }, outputs: { y: wrong(n) } } as never))).rejects.toThrow(/^E708 test_wrong: its code exports neither test_wrong_i32 nor test_wrong, but test_halves/);
    const short = await customOp({ ...description, name: "test_short", code: { wasm: wabt.parseWat("short", '(module (func (export "test_short") (param i32) (result i32) i32.const 0))', {}).toBinary({}).buffer } });
    await expect(compile(fn({ inputs: { n }, outputs: { y: short(n) } } as never))).rejects.toThrow("E708 the routine test_short is (i32) -> (i32) and should be (i32, i32, i32, i32) -> (i32)");
    const rank = await customOp({ ...description, name: "test_rank", results: ([element]) => [{ ...element!, shape: [2] }] });
    expect(errorOf(() => rank(n)).message).toMatch(/^E213 test_rank: results gives .*, custom-op\.test\.ts:\d+$/);
    const needs = await customOp({ ...description, name: "test_needs", operandAxes: [2], sizes: ([element]) => element!.shape });
    expect(errorOf(() => needs(n)).message).toMatch(/^E203 test_needs: operand 0 has the shape \[k\] and needs at least 2 axes, custom-op\.test\.ts:\d+$/);
  });

  it.each<readonly [string, Partial<CustomOpOptions>, RegExp]>([
    ["results that is null", { results: () => [null as never] }, /^E213 NAME: results gives \[null\], which is not 1 types of 0 axes/],
    ["results that throws", { results: () => { throw new Error("no such thing"); } }, /^E213 NAME: results throws: no such thing/],
    ["sizes that is no list", { sizes: () => 5 as never }, /^E102 NAME: sizes: 5 is not a shape/],
    ["workspace below 0", { workspace: () => -1 }, /^E102 NAME: workspace: -1 is not a size/],
    ["a place for another type", { inPlace: [[0, 0]], results: () => [{ dtype: "f32", shape: [] }] }, /^E213 NAME: inPlace says that result 0, f32\[\], may lie where operand 0 lies, which is i32\[\]/],
  ])("%s is refused where the operation is used", async (what, change, message) => {
    const name = `test_says_${what.replace(/\W/g, "_").toLowerCase()}`;
    const op = await customOp({ ...description, ...change, name });
    expect(errorOf(() => op(input("n", ["k"], { dtype: "i32" }))).message).toMatch(new RegExp(message.source.replace("NAME", name) + ".*, custom-op\\.test\\.ts:\\d+$"));
  });

  it("is held to evaluate in debug mode, and what evaluate and gradients throw names them", async () => {
    const n = input("n", ["k"], { dtype: "i32" });
    const outputs = async (name: string, change: Partial<CustomOpOptions>) => {
      const exported = wat.replace('"test_halves"', `"${name}"`);
      const op = await customOp({ ...description, ...change, name, code: { wasm: wabt.parseWat("op.wat", exported, {}).toBinary({}).buffer } });
      return fn({ inputs: { n }, outputs: { y: op(n) } } as never);
    };
    const right = await compile(fn({ inputs: { x, scale }, outputs: { sums: sumsOf(x, scale)[1] } }), { mode: "debug" });
    expect([...right(feeds).sums.data]).toEqual([1, 30, 600, 0.5, -5, -25]);
    // Made up are 0 and 1.
    const says = (name: string, what: string) => new RegExp(`^E213 ${name}: the code does not do what evaluate does: in f, on inputs that were made up, ${what}`);
    const lenient = await outputs("test_lenient", { evaluate: ([x], [y]) => { y![0] = Math.trunc(Number(x![0]) / 2); } });
    await expect(compile(lenient, { mode: "debug" })).rejects.toThrow(says("test_lenient", "it fails: the code gave a number"));
    const tripled = await customOp<(x: X) => X>({
      name: "test_other", operandAxes: [0], resultAxes: [0], results: ([one]) => [one!], sizes: () => [], evaluate([one], [y]) { y![0] = 2 * Number(one![0]); },
      code: { compiler: asc, assembly: `export function test_other(x: usize, y: usize, workspace: usize): i32 { store<f64>(y, 3 * load<f64>(x)); return 0; }` },
    });
    await expect(compile(fn({ inputs: { x }, outputs: { y: tripled(x) } }), { mode: "debug" })).rejects.toThrow(says("test_other", "element 0 of result 0 is "));
    const throwing = await compile(await outputs("test_throwing", { evaluate: () => { throw new Error("my own"); } }), { target: "reference" });
    expect(errorOf(() => (throwing as unknown as (feed: object) => unknown)({ n: [4] })).message).toMatch(/^E213 test_throwing: evaluate throws: my own, custom-op\.test\.ts:\d+$/);
  });
});
