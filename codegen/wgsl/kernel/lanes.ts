// Expressions for one element or four side by side: a text has F, U, I and B for the types of floats, unsigned and signed integers and bools, and U{0u} for a number
// in all lanes.

import type { ShaderDType } from "./shader-dtype.ts";

export type Lanes = 1 | 4;

export const letters = { f32: "F", u32: "U", i32: "I", bool: "B", f16: "H" } as const satisfies { readonly [D in ShaderDType]: string };

const types = {
  1: { F: "f32", U: "u32", I: "i32", B: "bool", H: "f16" },
  4: { F: "vec4f", U: "vec4u", I: "vec4i", B: "vec4<bool>", H: "vec4<f16>" },
} as const;

export function ofLanes(text: string, lanes: Lanes): string {
  return text
    .replaceAll(/\b([FUIBH])\{([^{}]*)\}/g, (_, letter: string, value: string) => (lanes === 1 ? value : `${types[lanes][letter as Letter]}(${value})`))
    .replaceAll(/\b[FUIBH]\b/g, (letter) => types[lanes][letter as Letter]);
}

type Letter = keyof (typeof types)[1];
