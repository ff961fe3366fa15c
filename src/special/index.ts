// `damo/special`: the special functions of SciPy that `damo` itself has not, with their derivatives. `docs/accuracy.md` has their errors.

export {
  beta, betainc, betaln, entr, erfcx, expit, gamma, gammainc, gammaincc, i0, i0e, i1, i1e, j0, j1, klDiv, log1pExp, logAddExp, logExpit, logit, logNdtr, ndtr,
  polygamma, relEntr, xlog1py, xlogy, zeta,
} from "./functions.ts";
