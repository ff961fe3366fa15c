import asc from "assemblyscript/asc";
import { fn, input, type Tensor } from "damo";
import { customOp } from "damo/custom-op";

const doubled = await customOp<(x: Tensor<"f32">) => Tensor<"f32">>({
  name: "doubled",
  code: { compiler: asc, assembly: "export function doubled(x: usize, y: usize, workspace: usize): i32 { store<f32>(y, 2 * load<f32>(x)); return 0; }" },
  operandAxes: [0], resultAxes: [0], results: ([x]) => [x!], sizes: () => [],
  evaluate([x], [y]) {
    y![0] = 2 * Number(x![0]);
  },
});

const x = input("x", ["n"]);
export const custom = fn({ inputs: { x }, outputs: { y: doubled(x) } });
