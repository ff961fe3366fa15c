// Loops and branches as statements with bodies. The slices and carried values of a loop are places: its body reads and writes
// them where they lie, and from step to step only addresses change. A branch writes its results where they are read.

import { createBuilder } from "../../ir/build.ts";
import { type Carried, type Loop, loopOf, resultsOf } from "../../ir/loop.ts";
import type { Graph, Node } from "../../ir/node.ts";
import type { BufferId, CarriedBuffer, Statement } from "../../ir/program/program.ts";
import type { Dim } from "../../ir/size.ts";
import type { TensorType } from "../../ir/types.ts";
import { lowerFill } from "../schedule/lower-solo.ts";
import { scheduleOrder } from "../schedule/order.ts";
import type { NodeSite, ProgramParts } from "../schedule/program-parts.ts";

/** Emits the statements of a loop or a branch. */
export function lower(node: Node, site: NodeSite): void {
  if (node.op === "scan") lowerScan(node, site);
  else lowerCond(node, site);
}

/** A node whose value a body has at its start, or everywhere: nothing in the body writes it. */
const isGiven = (node: Node): boolean => node.op === "parameter" || node.op === "constant" || node.op === "full";

function lowerCond(node: Node, site: NodeSite): void {
  const [condition, ...operands] = node.inputs.map((input) => site.operand(input)) as [BufferId, ...BufferId[]];
  const branch = (region: Graph): readonly Statement[] => {
    const body = new BodyParts(site, region.results);
    region.parameters.forEach((parameter, i) => body.bufferOf.set(parameter, operands[i]!));
    region.results.forEach((result, i) => {
      const target = site.result(i);
      if (target !== undefined) body.writeTo(result, target);
    });
    return body.statements(region.results, []);
  };
  const [then, otherwise] = [branch(node.attributes["then"] as Graph), branch(node.attributes["otherwise"] as Graph)];
  site.emit({ kind: "if", condition, then, otherwise });
}

function lowerScan(node: Node, site: NodeSite): void {
  const { parts } = site;
  const loop = loopOf(node);
  const { taken, firstStacked } = resultsOf(loop);
  const nexts = loop.carried.map(({ next }) => next);
  const others = [...loop.stacked, ...(loop.stop === undefined ? [] : [loop.stop])];
  const body = new BodyParts(site, [...nexts, ...others]);
  const slices: BufferId[] = [];
  const slice = (type: TensorType, of: BufferId): BufferId => {
    const buffer = parts.bufferFor(type, { kind: "slice", of });
    slices.push(buffer);
    return buffer;
  };
  const inits = loop.carried.map(({ value, parameter }) => {
    body.bufferOf.set(parameter, parts.bufferFor(parameter.type, { kind: "carried" }));
    return site.operand(value);
  });
  for (const { value, parameter } of loop.sequences) body.bufferOf.set(parameter, slice(parameter.type, site.operand(value)));
  for (const { value, parameter } of loop.captures) body.bufferOf.set(parameter, site.operand(value));
  loop.stacked.forEach((result, i) => {
    const target = site.result(firstStacked + i);
    if (target === undefined) return;
    // Steps that are not taken leave zeros.
    if (taken !== undefined) site.emit(fillWithZeros(result.type, loop.length!, target, site));
    body.writeTo(result, slice(result.type, target));
  });
  const nextBuffers = loop.carried.map((carried) => placeNext(carried, loop, body));
  if (loop.stop !== undefined && isGiven(loop.stop)) body.writeTo(loop.stop, parts.scratch(loop.stop.type));
  const statements = body.statements(others, nexts);
  const carried = loop.carried.map(({ parameter, next }, i): CarriedBuffer => {
    const [current, own] = [body.bufferOf.get(parameter)!, nextBuffers[i] ?? body.bufferOf.get(next)!];
    const rooms = parts.buffers[own]!.role.kind === "carried" ? [parts.scratch(next.type), parts.scratch(next.type)] : [];
    return { current, init: inits[i]!, next: own, rooms, last: site.result(i) };
  });
  const { length, reverse } = loop;
  const steps = loop.steps === undefined ? undefined : site.operand(loop.steps);
  const overrun = steps === undefined || length === undefined ? undefined : parts.message("E606 scan: a loop of at most {1} steps is asked for {0}", node);
  site.emit({
    kind: "repeat", limit: length, steps, reverse, overrun, slices, carried, body: statements,
    stop: loop.stop === undefined ? undefined : body.writtenTo(loop.stop), taken: taken === undefined ? undefined : site.result(taken),
  });
}

/** Where the next value is to be written; undefined where it lies anyway and does not change while the loop runs. */
function placeNext({ parameter, next }: Carried, loop: Loop, body: BodyParts): BufferId | undefined {
  const known = body.bufferOf.get(next);
  const isCurrent = loop.carried.some((other) => other.parameter === next);
  if (next.op === "constant" || (known !== undefined && !isCurrent && body.isFixed(known))) return undefined;
  const buffer = body.parts.bufferFor(parameter.type, { kind: "carried" });
  body.writeTo(next, buffer);
  return buffer;
}

function fillWithZeros({ dtype, shape }: TensorType, length: Dim, target: BufferId, { parts }: NodeSite): Statement {
  const zeros = createBuilder().full(0, dtype, [length, ...shape]);
  return lowerFill(zeros, target, { bufferOf: () => undefined, optimize: parts.context.optimize });
}

/** The buffers of a body and what must be copied into those that no kernel of it writes. */
class BodyParts {
  readonly parts: ProgramParts;
  readonly bufferOf = new Map<Node, BufferId>();
  readonly #site: NodeSite;
  readonly #results: readonly Node[];
  readonly #copies: { readonly from: Node; readonly to: BufferId }[] = [];

  constructor(site: NodeSite, results: readonly Node[]) {
    this.#site = site;
    this.parts = site.parts;
    this.#results = results;
  }

  /** Has the value written there: by what computes it, or by a copy. */
  writeTo(node: Node, target: BufferId): void {
    if (isGiven(node) || this.bufferOf.has(node)) this.#copies.push({ from: node, to: target });
    else this.bufferOf.set(node, target);
  }

  /** The buffer of a result after `statements`. */
  writtenTo(node: Node): BufferId {
    return this.#copies.find(({ from }) => from === node)?.to ?? this.bufferOf.get(node)!;
  }

  isFixed(buffer: BufferId): boolean {
    return this.parts.buffers[buffer]!.role.kind !== "carried";
  }

  /** The statements of the body. What it is given is copied first, since the next carried values may take its place. */
  statements(results: readonly Node[], nexts: readonly Node[]): readonly Statement[] {
    const { bufferOf, parts } = this;
    const body = this.#site.schedule({ order: scheduleOrder(results, nexts), results: this.#results, bufferOf }, parts);
    const copy = ({ from, to }: { readonly from: Node; readonly to: BufferId }): Statement => {
      const own = bufferOf.get(from);
      return own === undefined ? lowerFill(from, to, { bufferOf: () => undefined, optimize: parts.context.optimize }) : { kind: "copy", from: own, to };
    };
    const [early, late] = [this.#copies.filter(({ from }) => isGiven(from)), this.#copies.filter(({ from }) => !isGiven(from))];
    return [...early.map(copy), ...body, ...late.map(copy)];
  }
}
