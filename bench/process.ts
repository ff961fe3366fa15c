// The processes that engines live in: started when first asked, given a time for each answer and a limit of memory, and replaced when they
// fail.

import { type ChildProcess, execFileSync, fork, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type EngineName, engines } from "./engines.ts";
import type { Answer, Request } from "./worker.ts";

const heapMegabytes = 4096;
const limits = { prepareMs: 90_000, sampleMs: 45_000 };

const pathTo = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** A Node to run engines on. */
export interface NodeBinary {
  readonly path: string;
  readonly version: string;
}

interface Line {
  readonly process: ChildProcess;
  send(request: Request): void;
  /** Calls back with each answer; returns how to stop listening. */
  listen(receive: (answer: Answer) => void): () => void;
}

function forkLine(node: NodeBinary, file: string, args: readonly string[]): Line {
  const child = fork(pathTo(file), args, {
    execPath: node.path, execArgv: [...process.execArgv, `--max-old-space-size=${heapMegabytes}`], stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  return {
    process: child,
    send: (request) => void child.send(request),
    listen(receive) {
      child.on("message", receive);
      return () => void child.off("message", receive);
    },
  };
}

/** Python's interpreter is $DAMO_PYTHON, or python3. Answers come as lines of JSON. */
function pythonLine(): Line {
  const child = spawn(process.env["DAMO_PYTHON"] ?? "python3", [pathTo("peers/numpy_worker.py")], { stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface({ input: child.stdout });
  // What is written to a process that has ended is lost, and its end is reported.
  child.stdin.on("error", () => undefined);
  child.on("error", () => undefined);
  return {
    process: child,
    send: (request) => void child.stdin.write(`${JSON.stringify(request)}\n`),
    listen(receive) {
      const read = (line: string): void => receive(JSON.parse(line) as Answer);
      lines.on("line", read);
      return () => void lines.off("line", read);
    },
  };
}

export class EngineProcess {
  readonly #start: () => Line;
  #line: Line | undefined;

  constructor(node: NodeBinary, name: EngineName) {
    const engine = engines[name];
    this.#start = engine === "numpy" ? pythonLine : () => forkLine(node, "worker.ts", [engine.module, engine.export, engine.clock ?? "own"]);
  }

  ask(request: Request): Promise<Answer> {
    const line = this.#line ?? (this.#line = this.#start());
    return new Promise((resolve) => {
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        stop();
        line.process.off("exit", ended).off("error", ended);
        resolve(answer);
      };
      const fail = (reason: string): void => {
        this.stop();
        settle({ kind: "failed", reason });
      };
      const ended = (): void => fail("its process ended");
      const ms = "prepare" in request ? limits.prepareMs : limits.sampleMs;
      const timer = setTimeout(() => fail(`no answer within ${ms / 1000} s`), ms);
      const stop = line.listen(settle);
      line.process.on("exit", ended).on("error", ended);
      if (line.process.exitCode === null) line.send(request);
      else ended();
    });
  }

  stop(): void {
    this.#line?.process.kill("SIGKILL");
    this.#line = undefined;
  }
}

/** Runs what measures one thing, in a process of its own; the reason when it fails or takes too long. */
export function runFigure<Result>(node: NodeBinary, figure: readonly [module: string, name: string]): Promise<Result | string> {
  const { process: child } = forkLine(node, "figure-worker.ts", figure);
  return new Promise((resolve) => {
    const settle = (result: Result | string): void => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      resolve(result);
    };
    const timer = setTimeout(() => settle(`no answer within ${limits.prepareMs / 1000} s`), limits.prepareMs);
    child.on("message", settle);
    child.on("exit", () => settle("its process ended"));
  });
}

/** This Node, and the newer one that bench/ installs, unless they are of one major version. */
export function nodeBinaries(): readonly NodeBinary[] {
  const newer = pathTo("node_modules/node/bin/node");
  const own = { path: process.execPath, version: process.versions.node };
  if (!existsSync(newer)) {
    console.warn("the newer Node of bench/package.json is not installed: only this one is measured");
    return [own];
  }
  const version = execFileSync(newer, ["--version"], { encoding: "utf8" }).trim().slice(1);
  return parseInt(version, 10) === parseInt(own.version, 10) ? [own] : [own, { path: newer, version }];
}
