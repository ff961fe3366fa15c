// An op that calls a routine as statements: the call for each element of the batch, and what becomes of the elements that failed.

import { InternalError, userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import type { BatchOperand, BufferId } from "../../ir/program/program.ts";
import { batchShape, siteOf, strideOf } from "../../ir/routine.ts";
import { addDims, type Dim, productOfDims } from "../../ir/size.ts";
import { opOf } from "../../ir/table.ts";
import type { TensorType } from "../../ir/types.ts";
import type { NodeSite } from "../schedule/program-parts.ts";
import { checkCodes, voidFailed } from "./failures.ts";

export function lowerRoutine(node: Node, { parts, operand, result, emit }: NodeSite): void {
  const { lower } = opOf(node.op);
  if (lower.kind !== "routine") throw new InternalError(`${node.op} calls no routine`);
  const { routine } = lower;
  const { target, optimize } = parts.context;
  if (target.name !== "wasm") {
    throw userError("E410", { op: node.op, message: `the target ${target.name} does not have this routine`, hint: "compile it for wasm", location: node.location });
  }
  const site = siteOf(routine, node);
  const operandTypes = node.inputs.map(({ type }) => type);
  const batchAxes = batchShape(routine, operandTypes);
  const batch = productOfDims(batchAxes);
  const part = ({ dtype, shape }: TensorType, rank: number, buffer: BufferId): BatchOperand => ({
    buffer, stride: strideOf({ dtype, shape }, rank, batchAxes.length), length: productOfDims(shape.slice(shape.length - rank)),
  });
  const scratch = (dtype: "i32" | "u8", elements: Dim): BufferId => parts.add({ dtype, elements, role: { kind: "scratch" } });
  const productBytes = routine.product === undefined ? 0 : alignUp(target.contractionWorkspace(routine.product(site), undefined, undefined, undefined).constant, target.slotAlignment);
  const bytes = addDims(productBytes, routine.workspace(site));
  const results = node.results.map((type, i) => part(type, routine.resultRanks[i]!, result(i) ?? parts.scratch(type)));
  const divided = routine.parts?.(site);
  const status = routine.failures.length === 0 || lower.conditions !== undefined ? undefined : scratch("i32", batch);
  emit({
    kind: "call", routine, symbol: routine.symbol(site), batch, results, status,
    operands: node.inputs.map((input, i) => part(input.type, routine.operandRanks[i]!, operand(input))),
    sizes: routine.sizes(site), workspace: bytes === 0 ? undefined : scratch("u8", bytes), operations: routine.operations(site),
    ...(productBytes === 0 ? {} : { productBytes }), ...(divided === undefined ? {} : { parts: divided }),
  });
  if (status === undefined) return;
  if (node.attributes["on_error"] === "error") emit(...checkCodes(node, routine.failures, batchAxes, { status, batch }, parts));
  else results.forEach((made, i) => emit(voidFailed(made, node.results[i]!.dtype, { status, batch }, optimize)));
}

function alignUp(bytes: number, alignment: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
