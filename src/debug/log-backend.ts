// A backend whose functions print: after each call, failed or not, the lines of its log are handed on.

import type { Backend } from "../runtime/backend.ts";
import { readLog, restartLog } from "./read-log.ts";

/** What was printed before (while the engine warmed up) is forgotten. */
export function logBackend(backend: Backend, log: (line: string) => void): Backend {
  if (backend.log !== undefined) restartLog(backend.log.memory.buffer, backend.log.address, backend.log.prints);
  const logged = <T>(run: () => T): T => {
    try {
      return run();
    } finally {
      if (backend.log !== undefined) readLog(backend.log.memory.buffer, backend.log.address, backend.log.prints, log);
    }
  };
  return {
    run: (index, inputs, sizes) => logged(() => backend.run(index, inputs, sizes)),
    getState: (index) => backend.getState(index),
    setState: (index, value) => backend.setState(index, value),
    ...(backend.bind === undefined ? {} : {
      bind: (index, sizes) => {
        const bound = backend.bind!(index, sizes);
        return { input: (i) => bound.input(i), output: (i) => bound.output(i), run: () => logged(() => bound.run()) };
      },
    }),
    dispose: () => backend.dispose(),
  };
}
