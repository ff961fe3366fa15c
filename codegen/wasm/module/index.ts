// Programs and memory plans as a WebAssembly module with the exports that docs/abi.md specifies.

import { InternalError } from "../../../ir/errors.ts";
import type { MemoryPlan } from "../../../ir/program/plan.ts";
import type { ProgramModule } from "../../../ir/program/program.ts";
import { abiVersion, signatureSection } from "../../../ir/program/signature.ts";
import { type CodeVariant, strict } from "../code-variant.ts";
import { type FunctionBuilder, type Local, ModuleBuilder } from "../encode/index.ts";
import type { KernelCache } from "../kernel/index.ts";
import { pageBytes } from "./allocator.ts";
import { type ModuleLayout, type ProgramLayout, header, layOut, threadsOf } from "./layout.ts";
import { emitPrepare, prepareContext } from "./prepare.ts";
import type { RareEmitters } from "./rare-emitters.ts";
import { emitRun } from "./run.ts";
import { buildSignature } from "./signature.ts";

export interface EmitOptions {
  /** `external`: the state's initial values are left out, and functions refuse to run until `weights_loaded` was called. */
  readonly weights?: "embedded" | "external";
  /** `strict` by default. The programs must have been scheduled for the target of the same variant. */
  readonly code?: CodeVariant;
  /** Function names for debuggers and text dumps. */
  readonly names?: boolean;
  /** Exports `<name>_scratch(slot)`, the address of a slot of the plan: debug mode looks at the bytes behind each. */
  readonly scratch?: boolean;
  /** What the signature says about how the module was built. */
  readonly build?: { readonly [key: string]: string };
}

/**
 * The bytes of the module. One plan for each program; kernels hold base operations only. Programs for threads make a module for threads.
 * `parts` has the emitters that the programs need.
 */
export function emitModuleWith(parts: RareEmitters, programs: ProgramModule, plans: readonly MemoryPlan[], options: EmitOptions = {}): Uint8Array<ArrayBuffer> {
  const { weights = "embedded", code = strict } = options;
  const module = new ModuleBuilder();
  const layout = layOut(programs, plans, weights === "embedded", programs.prints && parts.log?.logBytes(programs.prints.length));
  const pages = Math.ceil(layout.heap / pageBytes);
  if (layout.meeting === undefined) module.defineMemory({ minimum: pages, maximum: 65536 });
  else module.importMemory("env", "memory", { minimum: pages, maximum: 65536, shared: true });
  module.exportMemory("memory");
  exportFixed(module, layout);
  const kernels: KernelCache = new Map();
  const context = prepareContext(module, layout);
  const routines = parts.routines?.(module, code);
  const threads = layout.meeting === undefined ? undefined : threadEmitters(parts).declareThreads(module, layout.meeting);
  for (const program of layout.programs) {
    const { name } = program.program;
    module.exportFunction(`${name}_prepare`, emitPrepare(module, context, program));
    module.exportFunction(`${name}_run`, emitRun({ module, layout, kernels, code, parts, routines, externalWeights: weights === "external", threads }, program));
    exportAddresses(module, program);
    if (options.scratch === true) exportScratch(module, program);
  }
  if (threads !== undefined) threadEmitters(parts).exportThreads(module, threads);
  const copyData = layout.data.declare(module);
  module.setStart(module.addFunction("initialize", [], [], (f) => {
    f.i32(header.initialized).load("i32.load").op("i32.eqz").if(() => {
      copyData(f);
      f.i32(header.initialized).i32(1).store("i32.store");
    });
  }));
  const signature = buildSignature(programs, {
    weights, code, build: options.build ?? {}, threads: threads === undefined ? undefined : { most: threadsOf(programs), pages }, routines: routines?.routines,
  });
  module.addCustomSection(signatureSection, new TextEncoder().encode(JSON.stringify(signature)));
  return module.encode({ names: options.names ?? false });
}

function threadEmitters({ threads }: RareEmitters): NonNullable<RareEmitters["threads"]> {
  if (threads === undefined) throw new InternalError("a program for threads, without their emitters");
  return threads;
}

function exportFixed(module: ModuleBuilder, layout: ModuleLayout): void {
  module.exportFunction("damo_abi", module.addFunction("damo_abi", [], ["i32"], (f) => f.i32(abiVersion)));
  module.exportFunction("error_info", module.addFunction("error_info", [], ["i32"], (f) => f.i32(header.errorInfo)));
  module.exportFunction("state", module.addFunction("state", ["i32"], ["i32"], (f, index) => {
    pick(f, index, layout.state.map((address) => () => f.i32(address)));
  }));
  const { log } = layout;
  if (log !== undefined) module.exportFunction("damo_log", module.addFunction("damo_log", [], ["i32"], (f) => f.i32(log)));
  module.exportFunction("weights_loaded", module.addFunction("weights_loaded", [], [], (f) => {
    f.i32(header.weightsLoaded).i32(1).store("i32.store");
  }));
}

/** Pushes the i-th of the values, 0 for an index that is none. */
function pick(f: FunctionBuilder, index: Local, values: readonly (() => void)[]): void {
  f.i32(0);
  values.forEach((push, i) => {
    push();
    f.get(index);
    if (i > 0) f.i32(i).op("i32.ne");
    f.op("select");
  });
}

function exportScratch(module: ModuleBuilder, { program: { name }, table, plan, scratch }: ProgramLayout): void {
  const addressOf = new Map([...plan.slotOf].map(([buffer, slot]) => [slot, scratch.get(buffer)]));
  module.exportFunction(`${name}_scratch`, module.addFunction(`${name}_scratch`, ["i32"], ["i32"], (f, index) => {
    pick(f, index, plan.slots.map((_, slot) => () => {
      if (table === undefined) f.i32(addressOf.get(slot)!);
      else f.i32(0).load("i32.load", table.slot(slot));
    }));
  }));
}

function exportAddresses(module: ModuleBuilder, { program, table, ...places }: ProgramLayout): void {
  const { name, inputs, outputs } = program;
  const load = (f: FunctionBuilder, address: number): void => {
    f.i32(0).load("i32.load", address);
  };
  module.exportFunction(`${name}_input`, module.addFunction(`${name}_input`, ["i32"], ["i32"], (f, index) => {
    pick(f, index, inputs.map((_, i) => () => (table === undefined ? f.i32(places.inputs[i]!) : load(f, table.input(i)))));
  }));
  module.exportFunction(`${name}_output`, module.addFunction(`${name}_output`, ["i32"], ["i32"], (f, index) => {
    pick(f, index, outputs.map((_, i) => () => (table === undefined ? f.i32(places.outputs[i]!) : load(f, table.output(i)))));
  }));
  module.exportFunction(`${name}_output_dim`, module.addFunction(`${name}_output_dim`, ["i32", "i32"], ["i32"], (f, index, axis) => {
    pick(f, index, outputs.map(({ type }) => () => {
      pick(f, axis, type.shape.map((dim) => () => (typeof dim === "number" ? f.i32(dim) : load(f, table!.value(dim)))));
    }));
  }));
}
