// einsum with a literal specification: "ij,jk->ik". Without "->", and with "...", the result has unknown rank.

import type { SameDim } from "./join.ts";
import type { Against, Show } from "./message.ts";
import type { List, Shape } from "./shape.ts";

/** The shape of `einsum(Spec, ...L)`. */
export type Einsum<Spec extends string, L extends readonly List[]> =
  string extends Spec ? Shape
  : number extends L["length"] | L[number]["length"] ? Shape
  : Spec extends `${string}.${string}` ? Shape
  : Spec extends `${infer In}->${infer Out}`
    ? L extends readonly [infer H extends List, ...infer T extends readonly List[]]
      ? Read<In, H, T, {}, H> extends infer Sizes
        ? Sizes extends string ? Sizes : Write<Out, Sizes, []>
        : never
      : "no operands"
  : Shape;

// Letter by letter: S is what is left of the current operand, S0 the whole of it, L the operands after it.
type Read<In extends string, S extends List, L extends readonly List[], Sizes, S0 extends List> =
  In extends `${infer C}${infer R}`
    ? C extends " " ? Read<R, S, L, Sizes, S0>
    : C extends ","
      ? S extends readonly []
        ? L extends readonly [infer H extends List, ...infer T extends readonly List[]]
          ? Read<R, H, T, Sizes, H>
          : "the specification has more operands than are given"
        : TooFew<S0>
    : S extends readonly [infer D, ...infer T]
      ? C extends keyof Sizes
        ? SameDim<Sizes[C], D> extends infer J
          ? [J] extends [never] ? `sizes of ${C} differ: ${Against<Sizes[C], D>}` : Read<R, T, L, With<Sizes, C, J>, S0>
          : never
        : Read<R, T, L, With<Sizes, C, D>, S0>
      : `the specification has too many letters for shape ${Show<S0>}`
  : S extends readonly [] ? (L extends readonly [] ? Sizes : "the specification has fewer operands than are given")
  : TooFew<S0>;

type TooFew<S extends List> = `the specification has too few letters for shape ${Show<S>}`;
type With<Sizes, C extends string, D> = { [K in keyof Sizes | C]: K extends C ? D : K extends keyof Sizes ? Sizes[K] : never };

type Write<Out extends string, Sizes, S extends unknown[]> =
  Out extends `${infer C}${infer R}`
    ? C extends " " ? Write<R, Sizes, S>
    : C extends keyof Sizes ? Write<R, Sizes, [...S, Sizes[C]]> : `${C} is in no operand`
  : S;
