#!/usr/bin/env node
// The `damo` command. Exit codes: 0 done, 1 the input or the model is wrong (a DamoError), 2 the command line is wrong,
// 70 a bug of ours.

import { Command, CommanderError } from "commander";
import { DamoError } from "../../ir/errors.ts";
import type { BuildFlags } from "./build.ts";
import type { ExplainFlags } from "./explain.ts";
import type { RunFlags } from "./run.ts";
import { packageVersion } from "./version.ts";

// Each command is loaded when it runs: the TypeScript compiler behind `build` alone takes longer to load than `run` takes.
const commands = {
  build: async () => (await import("./build.ts")).buildCommand,
  run: async () => (await import("./run.ts")).runCommand,
  inspect: async () => (await import("./inspect.ts")).inspectCommand,
  explain: async () => (await import("./explain.ts")).explainCommand,
};

function describeProgram(): Command {
  const program = new Command("damo").description("Compiles symbolic tensor models to standalone WebAssembly or WebGPU bundles.")
    .version(packageVersion()).exitOverride().showHelpAfterError("(damo --help lists the commands)");
  program.command("build").description("compile the functions that a model file exports to a standalone .wasm, or a bundle for WebGPU, with typed bindings")
    .argument("<model>", "a TypeScript or JavaScript file that exports functions")
    .option("--target <target>", "wasm, or wgsl: <name>.webgpu.safetensors, which damo/load-webgpu runs on a GPU", "wasm")
    .option("-o, --out <dir>", "where to write", ".")
    .option("--name <name>", "base name of the files (default: the model file's)")
    .option("--weights <where>", "embedded, or external: beside the module as .safetensors", "embedded")
    .option("--relaxed", "write <name>.relaxed.wasm, too: faster, for engines with relaxed SIMD, last bits by machine")
    .option("--threads <most>", "also write <name>.threads.wasm, for up to so many threads", "1")
    .option("--emit <kinds>", "a comma-separated list of wasm, wat, ir", "wasm")
    .option("--json", "print what was written as JSON")
    .action(async (target: string, flags: BuildFlags) => (await commands.build())(target, flags));
  program.command("run").description("run a function of an artifact on .npy files")
    .argument("<artifact>", "a .wasm made by damo build")
    .requiredOption("--fn <name>", "the function")
    .option("--in <name=file>", "an input as a .npy file; once per input", collect, [])
    .option("--size <name=integer>", "a size that no input has; once per size", collect, [])
    .option("--weights <file>", "the .safetensors beside an artifact whose weights are external")
    .option("--out <dir>", "write each output there as <name>.npy")
    .option("--json", "print the outputs as JSON")
    .action(async (target: string, flags: RunFlags) => (await commands.run())(target, flags));
  program.command("inspect").description("show the functions, types, state, features and sizes of an artifact")
    .argument("<artifact>", "a .wasm made by damo build")
    .option("--json", "print as JSON")
    .action(async (target: string, flags: { readonly json?: boolean }) => (await commands.inspect())(target, flags));
  program.command("explain").description("show what the compiler does with a function, pass by pass")
    .argument("<model#function>", "a model file, and the function after #")
    .option("--print-after <pass>", "print the IR after this pass (all: after each that changes it)")
    .option("--rules", "list the rewrite rules that fired")
    .option("--relaxed", "for relaxed code")
    .option("--wide", "for 256-bit code")
    .option("--size <name=number>", "a symbolic size, to tell how much memory it takes; once per size", collect, [])
    .option("--json", "print as JSON")
    .action(async (target: string, flags: ExplainFlags) => (await commands.explain())(target, flags));
  return program;
}

function collect(value: string, list: readonly string[]): readonly string[] {
  return [...list, value];
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  // An artifact's loader throws plain errors that carry a code.
  if (error instanceof DamoError || (error instanceof Error && /^E\d{3} /.test(error.message))) {
    console.error(error.message);
    return error.message.startsWith("E901") ? 2 : 1;
  }
  console.error(error instanceof Error ? error.stack : error);
  return 70;
}

try {
  await describeProgram().parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
