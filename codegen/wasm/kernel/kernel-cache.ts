/** Functions that a module already holds, by what they are: kernels by kernelKey, and what kernels call by name. */
export type KernelCache = Map<string, number>;
