// Keys: unsigned integers that are ordered as the values are. A NaN is greater than every number, all NaNs are equal, and so are
// -0 and 0. In descending order the keys are the complements, so that a stable sort by key is stable either way.

// @ts-ignore: decorator
@inline
function signBit<K>(): K {
  return <K>1 << <K>(8 * sizeof<K>() - 1);
}

/** `flip` is 0, or all ones in descending order. */
// @ts-ignore: decorator
@inline
export function keyOf<T, K>(value: T, flip: K): K {
  if (isFloat<T>()) {
    if (value != value) return ~(<K>0) ^ flip;
    // Adding 0 makes 0 of -0.
    const bits = reinterpret<K>(value + <T>0);
    const negative: K = bits & signBit<K>() ? ~(<K>0) : signBit<K>();
    return bits ^ negative ^ flip;
  }
  return (isSigned<T>() ? <K>value ^ signBit<K>() : <K>value) ^ flip;
}

/** The value of a key: 0 for both zeros. */
// @ts-ignore: decorator
@inline
export function valueOf<T, K>(key: K, flip: K): T {
  const plain = key ^ flip;
  if (isFloat<T>()) return reinterpret<T>(plain & signBit<K>() ? plain ^ signBit<K>() : ~plain);
  return <T>(isSigned<T>() ? plain ^ signBit<K>() : plain);
}
