// What jax-js expects of JavaScript and Node 20 does not have yet: iterator helpers, and a Float16Array to test against.

type Steps = IterableIterator<unknown>;

const helpers: { readonly [name: string]: (this: Steps, body: (value: unknown, index: number) => unknown) => unknown } = {
  *map(body) {
    let i = 0;
    for (const value of this) yield body(value, i++);
  },
  *filter(body) {
    let i = 0;
    for (const value of this) if (body(value, i++)) yield value;
  },
  toArray() {
    return [...this];
  },
  some(body) {
    let i = 0;
    for (const value of this) if (body(value, i++)) return true;
    return false;
  },
  every(body) {
    let i = 0;
    for (const value of this) if (!body(value, i++)) return false;
    return true;
  },
};

export function installMissing(): void {
  const iterators = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object;
  for (const [name, value] of Object.entries(helpers)) {
    if (!(name in iterators)) Object.defineProperty(iterators, name, { value, configurable: true, writable: true });
  }
  if (!("Float16Array" in globalThis)) Object.defineProperty(globalThis, "Float16Array", { value: class Float16Array extends Uint16Array {} });
}
