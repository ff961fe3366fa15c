// How shapes and sizes read in messages: as the user wrote them, `?` for a size that is not known.

import type { Dim, List } from "./shape.ts";

export type ShowDim<D> = number extends D ? "?" : string extends D ? "?" : D extends Dim ? `${D}` : "?";

/** `[batch, 784]` */
export type Show<S extends List> = number extends S["length"] ? "of unknown rank" : `[${Items<S>}]`;

type Items<S extends List> = S extends readonly [infer H, ...infer T extends List]
  ? T extends readonly [] ? ShowDim<H> : `${ShowDim<H>}, ${Items<T>}`
  : "";

/** `784 against 10`; of two names it says how to go on. */
export type Against<A, B> = `${ShowDim<A>} against ${ShowDim<B>}${Remedy<A, B>}`;

type Remedy<A, B> = [A, B] extends [string, string] ? " (if they are equal, say so with assume())" : "";
