// WebGPU in Node: the package `webgpu` (Dawn), which a user's project installs if it wants this target.

interface Dawn { create(options: string[]): GPU }

// Once an instance of Dawn is collected, promises of its devices stay pending for ever.
let instance: Promise<GPU | undefined> | undefined;

/** Undefined where the package is not installed or does not load. The same instance each time. */
export function loadNodeWebgpu(): Promise<GPU | undefined> {
  // Not as a literal, nor as what a minifier makes one of: bundlers for browsers would look for the package.
  const name = ["webgpu"].join();
  return (instance ??= (import(name) as Promise<Dawn>).then(({ create }) => create([]), () => undefined));
}
