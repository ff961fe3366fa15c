// One product, large enough for packed panels.
import { fn, input } from "damo";

const a = input("a", ["m", 64]);
const b = input("b", [64, 80]);

export const product = fn({ inputs: { a, b }, outputs: { c: a.dot(b) } });
