// A user's function as one tensor graph, with what its parameters and results mean.

import type { Graph } from "../node.ts";
import type { NamedType } from "./program.ts";

export interface TracedFunction {
  readonly name: string;
  /** The user's words about it. */
  readonly doc?: string | undefined;
  /** Parameters: the inputs, then the state that is read. Results: the outputs, then the new state. */
  readonly graph: Graph;
  readonly inputs: readonly NamedType[];
  readonly outputs: readonly NamedType[];
  /** Sizes that stand bare in no input: each call passes them. */
  readonly sizes: readonly string[];
  /** Model state index of each parameter after the inputs. */
  readonly stateReads: readonly number[];
  /** Model state index of each result after the outputs. */
  readonly stateWrites: readonly number[];
}
