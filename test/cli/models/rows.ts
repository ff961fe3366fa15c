// A function with a size that no input has.

import { fn, input } from "damo";

const x = input("x", [3]);
/** The vector as each of n rows. */
export const rows = fn({ inputs: { x }, sizes: ["n"], outputs: { y: x.broadcastTo(["n", 3]) } });
