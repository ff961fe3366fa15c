// What docs/accuracy.md promises of the functions of damo/special.

interface Bounds {
  readonly ulp: number;
  /** So many units more for each by which the result's logarithm is away from 0: what an exponential makes of a rounded exponent. */
  readonly perLog?: number;
  /** An error that is good enough, relative to 1 (or to the amplitude of what oscillates): near zeros. */
  readonly absolute?: number;
}

export const promises: { readonly [name: string]: Bounds } = {
  j0: { ulp: 4, absolute: 4e-16 }, j1: { ulp: 4, absolute: 4e-16 },
  i0: { ulp: 4 }, i1: { ulp: 4 }, i0e: { ulp: 4 }, i1e: { ulp: 4 },
  erfcx: { ulp: 4 }, ndtr: { ulp: 4 }, logNdtr: { ulp: 4 },
  gamma: { ulp: 6 }, beta: { ulp: 24, perLog: 3 }, betaln: { ulp: 4, absolute: 1e-14 },
  gammainc: { ulp: 64, perLog: 10 }, gammaincc: { ulp: 64, perLog: 10 }, betainc: { ulp: 160, perLog: 4 },
  zeta: { ulp: 12 }, hurwitz: { ulp: 16 }, "polygamma 1": { ulp: 8 }, "polygamma 2": { ulp: 8, absolute: 2e-14 }, "polygamma 7": { ulp: 16 },
  logit: { ulp: 4 }, xlogy: { ulp: 4 }, xlog1py: { ulp: 4 }, entr: { ulp: 4 },
  relEntr: { ulp: 4 }, klDiv: { ulp: 12 }, logAddExp: { ulp: 4 },
};

/** Whether a result with these errors keeps the promise. */
export function isKept(op: string, { ulp, absolute, wanted }: { readonly ulp: number; readonly absolute: number; readonly wanted: number }): boolean {
  const bounds = promises[op]!;
  const more = bounds.perLog === undefined || wanted === 0 || !Number.isFinite(wanted) ? 0 : bounds.perLog * Math.abs(Math.log(Math.abs(wanted)));
  return ulp <= bounds.ulp + more || (absolute > 0 && absolute <= (bounds.absolute ?? 0));
}
