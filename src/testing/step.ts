// One step of a random graph: what it is given to choose from, and what it may return.

import type { LocatedBuilder } from "../../ir/build.ts";
import type { Node } from "../../ir/node.ts";
import type { Shape } from "../../ir/types.ts";

/** A list of numbers, read one after another; after the end it gives zeros. */
export class Choices {
  readonly #numbers: readonly number[];
  #at = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  /** A number in [0, count). */
  next(count: number): number {
    const value = this.#numbers[this.#at++] ?? 0;
    return count <= 1 ? 0 : value % count;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.next(list.length)]!;
  }

  get exhausted(): boolean {
    return this.#at >= this.#numbers.length;
  }
}

/** A node with an upper bound on the magnitude of its elements. */
export interface BoundedNode {
  readonly node: Node;
  readonly bound: number;
}

export type IntegerDType = "i32" | "u32" | "i64";

export interface StepContext {
  readonly b: LocatedBuilder;
  readonly choices: Choices;
  readonly values: readonly BoundedNode[];
  readonly integers: readonly IntegerDType[];
  /** Elements of a shape under the chosen sizes. */
  count(shape: Shape): number;
}

export type Step = (context: StepContext, x: BoundedNode) => BoundedNode | undefined;
