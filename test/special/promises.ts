// What docs/accuracy.md promises of the functions of damo/special.

interface Promise {
  readonly ulp: number;
  /** An error that is good enough, relative to 1 (or to the amplitude of what oscillates): near zeros. */
  readonly absolute?: number;
}

export const promises: { readonly [name: string]: Promise } = {
  j0: { ulp: 4, absolute: 4e-16 }, j1: { ulp: 4, absolute: 4e-16 },
  i0: { ulp: 4 }, i1: { ulp: 4 }, i0e: { ulp: 4 }, i1e: { ulp: 4 },
  erfcx: { ulp: 4 }, ndtr: { ulp: 4 }, logNdtr: { ulp: 4 },
  logit: { ulp: 4 }, xlogy: { ulp: 4 }, xlog1py: { ulp: 4 }, entr: { ulp: 4 },
  relEntr: { ulp: 4 }, klDiv: { ulp: 8 }, logAddExp: { ulp: 4 },
};
