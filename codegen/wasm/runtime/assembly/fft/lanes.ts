// Arithmetic on V, which is T itself or a vector of T: a pass is written once for both.

// @ts-ignore: decorator
@inline
export function lanes<T, V>(): i32 {
  return isVector<V>() ? 16 / <i32>sizeof<T>() : 1;
}

// @ts-ignore: decorator
@inline
export function add<T, V>(a: V, b: V): V {
  return isVector<V>() ? v128.add<T>(a, b) : a + b;
}

// @ts-ignore: decorator
@inline
export function sub<T, V>(a: V, b: V): V {
  return isVector<V>() ? v128.sub<T>(a, b) : a - b;
}

// @ts-ignore: decorator
@inline
export function mul<T, V>(a: V, b: V): V {
  return isVector<V>() ? v128.mul<T>(a, b) : a * b;
}

// @ts-ignore: decorator
@inline
export function splat<T, V>(a: T): V {
  return isVector<V>() ? v128.splat<T>(a) : a;
}
