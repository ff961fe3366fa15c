// Workers that serve a module for threads: in Node by `worker_threads`, in browsers by a Web Worker made from a Blob (a page's
// Content-Security-Policy must allow `worker-src blob:`). The loop itself is in the module; what runs in the worker is one
// instantiation and one call.

/** A worker that holds an instance over the shared memory and waits for steps. */
export interface ThreadWorker {
  /** Whether it has ended or failed, as far as the event loop has told. */
  readonly lost: boolean;
  /** Ends it, wherever it is. */
  terminate(): void;
}

interface Start {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly thread: number;
}

type StartWorker = (start: Start) => Promise<ThreadWorker>;

interface NodeWorkers {
  readonly Worker: new (source: string, options: object) => {
    on(event: "message" | "error" | "exit", listener: (value: unknown) => void): void;
    unref(): void;
    terminate(): Promise<unknown>;
  };
}

interface NodeProcess {
  getBuiltinModule?(name: string): NodeWorkers | undefined;
}

/** How workers are started here; undefined where there are none. */
export function workerStarter(): StartWorker | undefined {
  const node = (globalThis as { process?: NodeProcess }).process?.getBuiltinModule?.("node:worker_threads");
  if (node !== undefined) return (start) => startNodeWorker(node, start);
  return typeof Worker === "function" && typeof Blob === "function" ? startWebWorker : undefined;
}

const serve = `const serve = ({ module, memory, thread }, ready) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  ready("ready");
  exports.worker(thread);
};`;

function startNodeWorker({ Worker: NodeWorker }: NodeWorkers, start: Start): Promise<ThreadWorker> {
  const source = `${serve}\nconst { parentPort, workerData } = require("node:worker_threads");\nserve(workerData, (text) => parentPort.postMessage(text));`;
  const worker = new NodeWorker(source, { eval: true, workerData: start, execArgv: [], env: {} });
  return settle((ready, gone) => {
    worker.on("message", () => {
      // From here on it does not keep the process alive.
      worker.unref();
      ready();
    });
    worker.on("error", gone);
    worker.on("exit", () => gone(new Error("the worker ended")));
    return () => void worker.terminate();
  });
}

function startWebWorker(start: Start): Promise<ThreadWorker> {
  const url = URL.createObjectURL(new Blob([`${serve}\nonmessage = ({ data }) => serve(data, postMessage);`], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.postMessage(start);
  return settle((ready, gone) => {
    worker.onmessage = ready;
    worker.onerror = (event) => gone(new Error(event.message || "the worker did not start: does the page allow worker-src blob:?"));
    return () => worker.terminate();
  }).finally(() => URL.revokeObjectURL(url));
}

/** How long a worker may take to start, in milliseconds. */
const startTimeout = 10_000;

function settle(listen: (ready: () => void, gone: (reason: unknown) => void) => () => void): Promise<ThreadWorker> {
  return new Promise((resolve, reject) => {
    const worker = { lost: false, terminate: (): void => terminate() };
    const timer = setTimeout(() => gone(new Error("the worker did not start in time")), startTimeout);
    const gone = (reason: unknown): void => {
      clearTimeout(timer);
      worker.lost = true;
      terminate();
      reject(reason instanceof Error ? reason : new Error(String(reason)));
    };
    const ready = (): void => {
      clearTimeout(timer);
      resolve(worker);
    };
    const terminate = listen(ready, gone);
  });
}
