// Randomness as pure functions of a key: random words of a counter, and a permutation of the first n integers. All draws
// are made of these two, elementwise, so they fuse like other arithmetic and are the same on every target.

import { intAttribute } from "../attributes.ts";
import { allocateTensor } from "../data.ts";
import { userError } from "../errors.ts";
import type { KernelBuilder } from "../kernel/build.ts";
import type { ValueId } from "../kernel/kernel.ts";
import type { OpDefinition } from "../op.ts";
import { keyParity, rotations, rounds, threefry2x32 } from "../reference/threefry.ts";
import { permuteIndex, permutationRounds, mixMultipliers, roundSteps } from "../reference/permutation.ts";
import { inferSame } from "./elementwise-entry.ts";

const threefry: OpDefinition<"threefry"> = {
  name: "threefry",
  arity: 4,
  attributes: { word: "int" },
  infer(operands, attributes) {
    const word = intAttribute({ attributes }, "word");
    if (word !== 0 && word !== 1) throw userError("E205", { op: "threefry", message: `word is ${word}, not 0 or 1` });
    return inferSame("threefry", ["u32"], operands);
  },
  evaluate([key0, key1, counter0, counter1], { type, attributes }) {
    const result = allocateTensor("u32", type.shape);
    const word = intAttribute({ attributes }, "word");
    for (let i = 0; i < result.data.length; i++) {
      const words = threefry2x32(Number(key0!.data[i]), Number(key1!.data[i]), Number(counter0!.data[i]), Number(counter1!.data[i]));
      result.data[i] = words[word]!;
    }
    return result;
  },
  gradient: { kind: "zero" },
  lower: { kind: "elementwise", element: (kernel, args, node) => threefryElement(kernel, args)[intAttribute(node, "word")]! },
};

/** Both words; whoever asks for the other one in the same scope gets it for nothing. */
function threefryElement(kernel: KernelBuilder, [key0, key1, counter0, counter1]: readonly ValueId[]): readonly [ValueId, ValueId] {
  const u32 = (value: number): ValueId => kernel.constant(value, "u32");
  const keys = [key0!, key1!, kernel.op("xor", kernel.op("xor", key0!, key1!), u32(keyParity))] as const;
  let x0 = kernel.add(counter0!, keys[0]);
  let x1 = kernel.add(counter1!, keys[1]);
  for (let round = 0; round < rounds; round++) {
    const rotation = rotations[round % 8]!;
    x0 = kernel.add(x0, x1);
    const rotated = kernel.op("or", kernel.op("shl", x1, u32(rotation)), kernel.op("shr", x1, u32(32 - rotation)));
    x1 = kernel.op("xor", rotated, x0);
    if (round % 4 === 3) {
      const step = (round + 1) / 4;
      x0 = kernel.add(x0, keys[step % 3]!);
      x1 = kernel.add(x1, kernel.add(keys[(step + 1) % 3]!, u32(step)));
    }
  }
  return [x0, x1];
}

const permute: OpDefinition<"permute"> = {
  name: "permute",
  arity: 4,
  attributes: {},
  infer: (operands) => inferSame("permute", ["u32"], operands),
  evaluate([x, size, key0, key1], { type }) {
    const result = allocateTensor("u32", type.shape);
    for (let i = 0; i < result.data.length; i++) {
      result.data[i] = permuteIndex(Number(x!.data[i]), Number(size!.data[i]), Number(key0!.data[i]), Number(key1!.data[i]));
    }
    return result;
  },
  gradient: { kind: "zero" },
  lower: { kind: "elementwise", element: (kernel, args) => permuteElement(kernel, args) },
};

/** The rounds of `permuteIndex` as a loop. */
function permuteElement(kernel: KernelBuilder, [x, size, key0, key1]: readonly ValueId[]): ValueId {
  const u32 = (value: number): ValueId => kernel.constant(value, "u32");
  const shift = (value: ValueId, count: number): ValueId => kernel.op("xor", value, kernel.op("shr", value, u32(count)));
  const mix = (value: ValueId): ValueId => {
    const first = kernel.mul(shift(value, 16), u32(mixMultipliers[0]));
    return shift(kernel.mul(shift(first, 13), u32(mixMultipliers[1])), 16);
  };
  const low = (value: ValueId): ValueId => kernel.op("and", value, u32(0xffff));
  const high = (value: ValueId): ValueId => kernel.op("shr", value, u32(16));
  /** Bits 32 to 63 of a product, from those of its halves: there are targets without 64 bits. */
  const highProduct = (a: ValueId, b: ValueId): ValueId => {
    const [lowA, highA, lowB, highB] = [low(a), high(a), low(b), high(b)];
    const middle = kernel.add(kernel.mul(highA, lowB), high(kernel.mul(lowA, lowB)));
    const other = kernel.add(kernel.mul(lowA, highB), low(middle));
    return kernel.add(kernel.mul(highA, highB), kernel.add(high(middle), high(other)));
  };
  const last = kernel.loop(kernel.i32(permutationRounds), { order: "serial", init: [x!] }, (index, [current]) => {
    const round = kernel.convert(index, "u32");
    const pivot = highProduct(mix(kernel.add(key0!, kernel.mul(round, u32(roundSteps[0])))), size!);
    const difference = kernel.sub(pivot, current!);
    const partner = kernel.select(kernel.op("lt", pivot, current!), kernel.add(difference, size!), difference);
    const salt = kernel.add(key1!, kernel.mul(round, u32(roundSteps[1])));
    const coin = mix(kernel.op("xor", kernel.max(current!, partner), mix(salt)));
    return [kernel.select(kernel.op("eq", kernel.op("and", coin, u32(1)), u32(0)), current!, partner)];
  });
  return last[0]!;
}

export const randomOps = [threefry, permute] as const;
