// damo/custom-op: an operation whose code the user brings. It becomes an op of the table like Damo's own routines: linked into
// the module, evaluated by its naive version, batched, differentiated and shared out among threads.

import { readObject, type RoutineObject } from "../../codegen/wasm/runtime/read-object.ts";
import type { TypedArray } from "../../ir/data.ts";
import { userError } from "../../ir/errors.ts";
import type { Routine, RoutineSite } from "../../ir/routine.ts";
import { routineOp } from "../../ir/routines/routine-op.ts";
import { addDims, type Dim, productOfDims } from "../../ir/size.ts";
import { opTable, registerOp } from "../../ir/table.ts";
import { type DType, dtypes, showType, type TensorType, typeEquals } from "../../ir/types.ts";
import { located } from "../location.ts";
import { toTensor } from "../methods.ts";
import { toNode } from "../ops/operand.ts";
import { make } from "../ops/primitive.ts";
import { toDim, toShape, toUserShape, type UserDim } from "../shape.ts";
import type { AnyTensor } from "../types/index.ts";
import { compileCode, type OperationCode } from "./code.ts";
import { type GivenDerivatives, gradientOf } from "./gradient.ts";
import { ofUser } from "./of-user.ts";

/** What one call works on of an operand or result: its dtype, and the sizes of its last axes. */
export interface ElementType {
  readonly dtype: DType;
  readonly shape: readonly UserDim[];
}

export interface CustomOpOptions extends GivenDerivatives {
  /** Lower case with underscores; no other operation has it. */
  readonly name: string;
  /** The code. It exports `<name>_<dtype of the first operand>` or `<name>`. */
  readonly code: OperationCode;
  /** How many of the last axes of each operand one call works on. Those before them are the batch: the same for all operands, or
   *  none for an operand that all elements of the batch share. */
  readonly operandAxes: readonly number[];
  readonly resultAxes: readonly number[];
  /** The results of one call. */
  results(operands: readonly ElementType[]): readonly ElementType[];
  /** The i32 arguments between the addresses and the workspace. */
  sizes(operands: readonly ElementType[]): readonly UserDim[];
  /** The same as the code, in loops over arrays: fills the results of one call. Gives the code of a failure, or nothing. */
  evaluate(operands: readonly TypedArray[], results: readonly TypedArray[], sizes: readonly number[]): number | void;
  /** Bytes that a call may use as it likes. None by default. */
  workspace?(operands: readonly ElementType[]): UserDim;
  /** What goes wrong if the code gives 1, 2, ... */
  readonly failures?: readonly string[];
  /** `error` (default): a failure ends the call with E609. `nan`: the elements of the batch that failed are NaN, or 0 where they are integers. */
  readonly onError?: "error" | "nan";
  /** Pairs of an operand and a result of its type that may lie in the same place. */
  readonly inPlace?: readonly (readonly [operand: number, result: number])[];
}

type Operation = (...operands: never[]) => AnyTensor | readonly AnyTensor[];

/**
 * An operation on tensors of any batch, with a list of results where there are several. E213 for a description that does not hold together, E404 for a name
 * that is taken, E708 for code that cannot be linked. `F` says what it takes and gives: `customOp<(x: Tensor<"f32">) => Tensor<"f32">>(...)`.
 */
export async function customOp<F extends Operation = (...operands: AnyTensor[]) => AnyTensor>(options: CustomOpOptions): Promise<F> {
  located(() => checkOptions(options));
  const { name, onError = "error" } = options;
  const bytes = await compileCode(name, options.code);
  const object = readObject(bytes, name);
  if (opTable.has(name)) throw nameTaken(name);
  const routine = routineOf(options, bytes, object);
  registerOp(routineOp({
    name, routine, attributes: {}, gradient: gradientOf(name, options, options.resultAxes.length === 1),
    infer(operands) {
      const results = ofUser(name, "results", () => readTypes(name, options.results(operands.map(shown)), options.resultAxes));
      const site = { operands, results, attributes: {} };
      // What the call says is looked at here, where the user's line is known.
      routine.sizes(site);
      routine.workspace(site);
      checkPlaces(name, options.inPlace ?? [], operands, results);
      return results;
    },
  }));
  const call = (...operands: readonly unknown[]): unknown => located(() => {
    const node = make(name, operands.map((operand) => toNode(name, operand)), { on_error: onError });
    return options.resultAxes.length === 1 ? toTensor(node) : node.results.map((_, index) => toTensor(make("result", [node], { index })));
  }, name);
  return call as unknown as F;
}

function routineOf(options: CustomOpOptions, object: Uint8Array, { exports }: RoutineObject): Routine {
  const { name, operandAxes, resultAxes, inPlace = [], workspace } = options;
  // Codes that are not declared count as the last.
  const failures = [...(options.failures ?? []), "the code gave a number that stands for no failure"];
  const sizes = ({ operands }: RoutineSite): readonly Dim[] => ofUser(name, "sizes", () => toShape(options.sizes(operands.map(shown))));
  return {
    object, operandRanks: operandAxes, resultRanks: resultAxes, failures, inPlace, sizes,
    symbol({ operands }) {
      const typed = `${name}_${operands[0]!.dtype}`;
      const found = [typed, name].find((symbol) => exports.has(symbol));
      if (found === undefined) throw userError("E708", { op: name, message: `its code exports neither ${typed} nor ${name}, but ${[...exports.keys()].join(", ") || "nothing"}` });
      return found;
    },
    workspace: ({ operands }) => (workspace === undefined ? 0 : ofUser(name, "workspace", () => toDim(workspace(operands.map(shown))))),
    operations: ({ operands, results }) => [...operands, ...results].reduce((sum: Dim, { shape }) => addDims(sum, productOfDims(shape)), 1),
    perform(operands, results, values) {
      const code = ofUser(name, "evaluate", () => options.evaluate(operands, results, values)) ?? 0;
      return Number.isInteger(code) && code >= 0 && code < failures.length ? code : failures.length;
    },
  };
}

function shown({ dtype, shape }: TensorType): ElementType {
  return { dtype, shape: toUserShape(shape) };
}

function readTypes(name: string, types: readonly ElementType[], axes: readonly number[]): readonly TensorType[] {
  const fits = Array.isArray(types) && types.length === axes.length && types.every((type: ElementType | null, i) => dtypes.includes(type?.dtype as DType) && type?.shape?.length === axes[i]);
  if (!fits) throw userError("E213", { op: name, message: `results gives ${JSON.stringify(types)}, which is not ${axes.length} types of ${axes.join(", ")} axes` });
  return types.map(({ dtype, shape }) => ({ dtype, shape: toShape(shape) }));
}

/** E213 for pairs of an operand and a result that differ in type. */
function checkPlaces(name: string, pairs: readonly (readonly [number, number])[], operands: readonly TensorType[], results: readonly TensorType[]): void {
  const wrong = pairs.find(([from, to]) => !typeEquals(operands[from]!, results[to]!));
  if (wrong === undefined) return;
  const [operand, result] = [operands[wrong[0]]!, results[wrong[1]]!];
  throw userError("E213", { op: name, message: `inPlace says that result ${wrong[1]}, ${showType(result)}, may lie where operand ${wrong[0]} lies, which is ${showType(operand)}` });
}

function nameTaken(name: string): Error {
  return userError("E404", { op: "customOp", message: `there is an operation ${name} already` });
}

function checkOptions(options: CustomOpOptions): void {
  const refuse = (message: string, hint?: string): never => {
    throw userError("E213", { op: "customOp", message, hint });
  };
  if (typeof options !== "object" || options === null) refuse(`takes a description, not ${String(options)}`);
  const { name, operandAxes, resultAxes, failures = [], inPlace = [], onError = "error", code } = options;
  if (typeof name !== "string" || !/^[a-z][a-z0-9_]*$/.test(name)) refuse(`the name ${String(name)} is not written in lower case with underscores`);
  if (opTable.has(name)) throw nameTaken(name);
  if (typeof code !== "object" || code === null) refuse(`${name} has no code`);
  for (const [what, axes] of Object.entries({ operandAxes, resultAxes })) {
    const counts = Array.isArray(axes) && axes.length > 0 && axes.every((count) => Number.isInteger(count) && count >= 0);
    if (!counts) refuse(`${what} of ${name} is ${JSON.stringify(axes)}`, "give a number of axes for each");
  }
  for (const what of ["results", "sizes", "evaluate"] as const) if (typeof options[what] !== "function") refuse(`${name} has no function ${what}`);
  for (const what of ["workspace", "gradient", "tangent"] as const) {
    if (options[what] !== undefined && typeof options[what] !== "function") refuse(`${what} of ${name} is no function`);
  }
  const says = Array.isArray(failures) && failures.every((failure) => typeof failure === "string" && failure.trim() !== "");
  if (!says) refuse(`failures of ${name} is ${JSON.stringify(failures)}`, "give what each code says");
  if (onError !== "error" && onError !== "nan") refuse(`onError of ${name} is ${String(onError)}`, 'use "error" or "nan"');
  const isPair = (pair: readonly number[]): boolean => pair.length === 2 && pair[0]! in operandAxes && pair[1]! in resultAxes;
  if (!Array.isArray(inPlace) || !inPlace.every(isPair)) refuse(`inPlace of ${name} is ${JSON.stringify(inPlace)}`, "give pairs of an operand's and a result's number");
}
