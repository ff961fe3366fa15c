// `damo/special`: the special functions of SciPy that `damo` itself has not, with their derivatives. `docs/accuracy.md` has their errors.

export {
  entr, erfcx, expit, i0, i0e, i1, i1e, j0, j1, klDiv, log1pExp, logAddExp, logExpit, logit, logNdtr, ndtr, relEntr, xlog1py, xlogy,
} from "./functions.ts";
