// The worked examples with which tutorials begin: a small graph and its gradients, an activation, two nets of two units.
// All numbers are ones that can be checked by hand.

import { pathToFileURL } from "node:url";
import { compile, type CompileOptions, constant, fn, grad, input, scalar } from "damo";

/** g = (x + y) * z and its gradients. */
export async function smallGraph(options: CompileOptions = {}) {
  const [x, y, z] = [scalar("x"), scalar("y"), scalar("z")];
  const p = x.add(y);
  const g = p.mul(z);
  const [dx, dy, dz] = grad(g, [x, y, z]);
  const f = await compile(fn({ inputs: { x, y, z }, outputs: { p, g, dx, dy, dz } }), options);
  const values = f({ x: 1, y: 3, z: -3 });
  return { p: values.p.item(), g: values.g.item(), dx: values.dx.item(), dy: values.dy.item(), dz: values.dz.item() };
}

/** The positive part of a number. */
export async function relu(options: CompileOptions = {}) {
  const x = scalar("x");
  const f = await compile(fn({ inputs: { x }, outputs: x.relu() }), options);
  return (value: number) => f({ x: value }).item();
}

/** Two inputs, two hidden units, one output: with ReLUs and with hyperbolic tangents, in double precision. */
export async function smallNets(options: CompileOptions = {}) {
  const x = input("x", [2], { dtype: "f64" });
  const sums = constant([[3, 3], [1, 5]], { dtype: "f64" }).dot(x);
  const weights = constant([2, -1], { dtype: "f64" });
  const f = await compile(fn({ inputs: { x }, outputs: { relu: sums.relu().dot(weights), tanh: sums.tanh().dot(weights) } }), options);
  const values = f({ x: [-1, 2] });
  return { relu: values.relu.item(), tanh: values.tanh.item() };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { p, g, dx, dy, dz } = await smallGraph();
  console.log(`g = (x + y) z at x = 1, y = 3, z = -3: p = ${p}, g = ${g}, dg/dx = ${dx}, dg/dy = ${dy}, dg/dz = ${dz}`);
  const positivePart = await relu();
  console.log(`relu(4) = ${positivePart(4)}, relu(-2) = ${positivePart(-2)}`);
  const nets = await smallNets();
  console.log(`the net at [-1, 2]: ${nets.relu} with ReLUs, ${nets.tanh} with tanh`);
}
