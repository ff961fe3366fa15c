// What the emitter of a statement with a body needs of the function that it stands in.

import type { Buffer, BufferId, Statement } from "../../../ir/program/program.ts";
import type { Shader } from "../shader.ts";
import type { Elements, Place, Places } from "./places.ts";
import type { Command, PlanWord } from "./plan.ts";
import type { Life } from "./slots.ts";

export interface FunctionScope {
  readonly places: Places;
  readonly buffers: readonly Buffer[];
  /** The word that decides whether what is emitted now is carried out, for a control shader: -1 for none. */
  readonly outer: number;
  /** A control word of its own. */
  newWord(): number;
  /** A shader of the control words: always carried out. `changed`: the words that it may set. */
  dispatchControl(shader: Shader, operands: readonly Place[], words: readonly PlanWord[], changed: readonly number[]): void;
  /** Emits what is carried out only where the word is not 0; undefined: as what is around it. */
  under(word: number | undefined, emit: () => void): void;
  body(body: readonly Statement[]): void;
  /**
   * The commands of a loop's body, which may set these words: a gate outside does not speak for a later step, and one inside not for what
   * follows the loop.
   */
  loopBody(set: readonly number[], emit: () => void): readonly Command[];
  push(command: Command): void;
  copy(from: BufferId, to: BufferId): void;
  copyPlaces(from: Place, to: Place, what: Elements): void;
  /** The buffer's value at the start of what is bound: a slice is copied. */
  plain(buffer: BufferId, life: Life): Place;
  /** Has a value written to the start of what is bound: a slice is copied to afterwards. */
  into(buffer: BufferId, life: Life, write: (place: Place) => void): void;
}
