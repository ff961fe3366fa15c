// `damo/sorting`: sorting and searching. `import { sort } from "damo/sorting"`.

export { argsort, bincount, histogram, median, nonzero, permutationBySort, quantile, searchSorted, sort, sortBy, topK, unique } from "./functions.ts";
export type * from "./functions.ts";
