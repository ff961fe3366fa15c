// Numbers of type T (f32 or f64) in memory: `base` is an address, positions and strides count elements and may be negative.

/** Numbers in one v128. */
// @ts-ignore: decorator
@inline
export function lanes<T>(): i32 {
  return 16 / <i32>sizeof<T>();
}

// @ts-ignore: decorator
@inline
export function address<T>(base: usize, position: i32): usize {
  return base + <usize>(position << <i32>alignof<T>());
}

// @ts-ignore: decorator
@inline
export function get<T>(base: usize, position: i32): T {
  return load<T>(address<T>(base, position));
}

// @ts-ignore: decorator
@inline
export function put<T>(base: usize, position: i32, value: T): void {
  store<T>(address<T>(base, position), value);
}

/** The distance from 1 to the next number. */
// @ts-ignore: decorator
@inline
export function epsilon<T>(): T {
  return sizeof<T>() == 4 ? <T>1.1920928955078125e-7 : <T>2.220446049250313e-16;
}

/** The power of two at or below a positive number; the smallest normal number at least. */
export function powerBelow<T>(x: T): T {
  const power = sizeof<T>() == 4
    ? <T>reinterpret<f32>(reinterpret<i32>(<f32>x) & 0x7f800000)
    : <T>reinterpret<f64>(reinterpret<i64>(<f64>x) & 0x7ff0000000000000);
  return max<T>(power, smallest<T>());
}

/** The smallest normal number. */
// @ts-ignore: decorator
@inline
export function smallest<T>(): T {
  return sizeof<T>() == 4 ? <T>1.1754943508222875e-38 : <T>2.2250738585072014e-308;
}
