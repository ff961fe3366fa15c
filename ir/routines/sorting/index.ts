// The ops of sorting that call routines. Importing an op registers it.

import type { OpDefinition } from "../../op.ts";
import { searchSorted } from "./search-sorted.ts";
import { sort } from "./sort.ts";
import { topK } from "./top-k.ts";

export const sortingOps: readonly OpDefinition[] = [sort, topK, searchSorted];
