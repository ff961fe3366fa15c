// The worked examples of the tutorial, with the numbers that it prints.
import { compile, constant, fn, grad, input, scalar } from "damo";
import { describe, expect, test } from "vitest";

describe("the tutorial", () => {
  test("g = (x + y) * z with its gradients", async () => {
    const [x, y, z] = [scalar("x"), scalar("y"), scalar("z")];
    const p = x.add(y);
    const g = p.mul(z);
    const [dx, dy, dz] = grad(g, [x, y, z]);
    const f = await compile(fn({ inputs: { x, y, z }, outputs: { p, g, dx, dy, dz } }), { target: "reference" });
    const out = f({ x: 1, y: 3, z: -3 });
    expect([out.p.item(), out.g.item(), out.dx.item(), out.dy.item(), out.dz.item()]).toEqual([4, -12, -3, -3, 4]);
  });

  test("relu", async () => {
    const x = scalar("x");
    const f = await compile(fn({ inputs: { x }, outputs: x.relu() }), { target: "reference" });
    expect(f({ x: 4 }).item()).toBe(4);
    expect(f({ x: -2 }).item()).toBe(0);
  });

  test("a net of two hidden units", async () => {
    const x = input("x", [2], { dtype: "f64" });
    const hidden = constant([[3, 3], [1, 5]], { dtype: "f64" });
    const output = constant([2, -1], { dtype: "f64" });
    const relu = hidden.dot(x).relu().dot(output);
    const tanh = hidden.dot(x).tanh().dot(output);
    const f = await compile(fn({ inputs: { x }, outputs: { relu, tanh } }), { target: "reference" });
    const out = f({ x: [-1, 2] });
    expect(out.relu.item()).toBe(-3);
    expect(out.tanh.item()).toBe(0.9901095378334199);
  });
});
