// What JavaScript itself has: numbers are copied and sorted in place.

import type { Engine } from "../engine.ts";
import { lineInput } from "../task.ts";

export const engine: Engine = {
  sort(task) {
    const x = lineInput(task);
    const sorted = new Float32Array(task.length);
    const run = (): void => {
      sorted.set(x);
      sorted.sort();
    };
    return { run, result: () => (run(), sorted) };
  },
};
