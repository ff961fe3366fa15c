// A model on WebGPU inside a worker thread: says what two calls give.
import "../../.ci/ts.mjs";
import { parentPort } from "node:worker_threads";

const { compile, fn, input, shared } = await import("damo");
const x = input("x", ["n"]);
const total = shared("total", 0);
const next = total.add(x.sum());
const add = await compile(fn({ inputs: { x }, outputs: { next }, updates: [[total, next]] }), { target: "webgpu" });
const sums = [(await add({ x: [1, 2] })).next.item(), (await add({ x: [3, 4] })).next.item()];
parentPort.postMessage({ sums, total: (await add.state.total.get()).item() });
add.dispose();
