// Reference functions of the exponential family that JavaScript lacks.

/** 1 / (1 + e^-x), without overflow on either side. */
export function logistic(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return (x < 0 ? e : 1) / (1 + e);
}
