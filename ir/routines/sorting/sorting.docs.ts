// Documentation of the ops of sorting. Their tests are in test/sorting.

export const sortingDocs: Readonly<Record<string, string>> = {
  sort: "The last axis in stable order, and where each element was (i32). Two results.",
  top_k: "The first `count` elements of the sorted last axis, greatest first or smallest first, and where they were (i32). Two results.",
  search_sorted: "search_sorted(line, values): the number of elements of the ascending line that are less than each value, or (`right`) not greater.",
};
