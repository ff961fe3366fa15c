// `damo/sorting`: sorting and searching. `import { sort } from "damo/sorting"`.

export { argsort, sort, sortBy, topK } from "./functions.ts";
