// What a user's first program does: two steps of linear regression. Prints both costs and the weights as JSON.
import { compile, fn, grad, input, shared, zeros } from "damo";

const x = input("x", ["batch", 2]);
const y = input("y", ["batch", 1]);
const w = shared("w", zeros([2, 1]));
const error = x.dot(w).sub(y);
const cost = error.mul(error).mean();

const train = fn({ inputs: { x, y }, outputs: { cost }, updates: [[w, w.sub(grad(cost, w).mul(0.01))]] });
const model = await compile({ train });

const batch = { x: [[1, 2], [3, 4]], y: [[1], [2]] };
const costs = [model.train(batch).cost.item(), model.train(batch).cost.item()];
console.log(JSON.stringify({ costs, weights: model.state.w.get().toArray() }));
