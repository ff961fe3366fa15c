// Sizes as texts, as signatures hold them. Part of the loaders, so it is counted in bytes.

/** The value of a size: a sum of products of integers, names, floor_div, min and max, as docs/abi.md writes them. */
export function evaluateSize(dim: number | string, sizes: { readonly [name: string]: number }): number {
  const factor = (text: string): number => (text[0] === "-" ? -factor(text.slice(1)) : sizes[text] ?? +text);
  const sum = (text: string): number =>
    text.split(/\+|(?<=\w)(?=-)/).reduce((total, term) => total + term.split("*").reduce((product, part) => product * factor(part), 1), 0);
  // Calls become their values, innermost first.
  const call = /(\w+)\(([^()]+),([^()]+)\)/;
  let text = `${dim}`;
  while (call.test(text)) {
    text = text.replace(call, (_, name: string, a: string, b: string) =>
      `${(Math as unknown as { [name: string]: typeof Math.min | undefined })[name]?.(sum(a), sum(b)) ?? Math.floor(sum(a) / sum(b))}`);
  }
  return sum(text);
}
