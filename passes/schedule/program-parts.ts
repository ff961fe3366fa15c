// What the bodies of one program share while they are scheduled: the buffers, the checks of sizes, and the context.

import type { Kernel } from "../../ir/kernel/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Buffer, BufferId, BufferRole, Launch, SizeCheck, Statement } from "../../ir/program/program.ts";
import type { Print } from "../../ir/program/log.ts";
import { type Dim, productOfDims } from "../../ir/size.ts";
import type { TargetDescription } from "../../ir/target.ts";
import type { TensorType } from "../../ir/types.ts";
import type { BufferBudget } from "./buffer-budget.ts";
import type { SoloContext } from "./lower-solo.ts";

export interface ScheduleContext {
  readonly target: TargetDescription;
  /** Kernel IR -> kernel IR: coalesce, vectorize, expand. */
  optimize(kernel: Kernel): Kernel;
  /** For graphs with loops or branches. */
  readonly lowerControl?: LowerNode | undefined;
  /** For graphs with ops that call routines. */
  readonly routines?: RoutineParts | undefined;
  /** For graphs with ops whose lowering is an effect. */
  readonly effectsOf?: EffectsOf | undefined;
  /** For graphs with windows that overlap. */
  readonly overlaps?: OverlapLowering | undefined;
  /** For targets whose kernels have few buffers. */
  readonly budget?: BufferBudget | undefined;
  /** The error number of a message with the user's line. */
  message(text: string): number;
  /** The number of a print in the module. */
  print(print: Print): number;
}

export class ProgramParts {
  readonly context: ScheduleContext;
  readonly buffers: Buffer[] = [];
  readonly sizeChecks: SizeCheck[] = [];
  /** Symbolic element counts of all values. */
  readonly counts = new Set<Dim>();

  constructor(context: ScheduleContext) {
    this.context = context;
  }

  add(buffer: Buffer): BufferId {
    return this.buffers.push(buffer) - 1;
  }

  bufferFor({ dtype, shape }: TensorType, role: BufferRole): BufferId {
    return this.add({ dtype, elements: productOfDims(shape), role });
  }

  scratch(type: TensorType): BufferId {
    return this.bufferFor(type, { kind: "scratch" });
  }

  /** The number of a message about the node. */
  message(text: string, node: Node): number {
    const where = node.location?.describe();
    return this.context.message(where === undefined ? text : `${text}, ${where}`);
  }
}

/** What the body in which a loop, a branch or the call of a routine stands offers. */
export interface NodeSite {
  readonly parts: ProgramParts;
  /** The buffer of an operand. */
  operand(node: Node): BufferId;
  /** Where a result is to be written; undefined if nothing reads it. */
  result(index: number): BufferId | undefined;
  emit(...statements: readonly Statement[]): void;
  schedule(request: { readonly order: readonly Node[]; readonly results: readonly Node[]; readonly bufferOf: Map<Node, BufferId> }, parts: ProgramParts): readonly Statement[];
}

/** Emits the statements of a node that is no kernel. */
export type LowerNode = (node: Node, site: NodeSite) => void;

/** What a node does beside its value: statements that stand in its body. */
export interface Effect {
  /** Whose effect it is; messages name its line. */
  readonly node: Node;
  /** What the statements read; what is not stored of it they compute inline. */
  readonly reads: readonly Node[];
  /** Equal effects happen once. */
  readonly key: string;
  lower(parts: ProgramParts, context: SoloContext): readonly Statement[];
}

/** The effects of a node. */
export type EffectsOf = (node: Node) => readonly Effect[];

export interface RoutineParts {
  /** Emits the calls. */
  readonly lower: LowerNode;
  /** What is looked at before them. */
  readonly checksOf: EffectsOf;
}

/** How windows that overlap are added up by walking them: `passes/windows`. */
export interface OverlapLowering {
  /** Whether a value is lowered so; it depends on the op, static sizes and layouts alone. */
  walksWindows(node: Node, isStored: (node: Node) => boolean): boolean;
  lowerOverlap(node: Node, target: BufferId, context: SoloContext): Launch;
}
