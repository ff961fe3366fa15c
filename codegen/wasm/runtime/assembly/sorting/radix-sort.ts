// Stable sort of records (key, index) by key: by insertion if they are few, else digit by digit from the least significant one.
// A record takes twice the bytes of its key; the index is the upper half.

/** Up to so many records, insertion is faster than counting. */
const FEW = 60;
/** From so many records on, passes over the records cost more than the counts of wider digits. */
const MANY = 1 << 14;
const WIDE_DIGIT = 11;
const NARROW_DIGIT = 8;

// @ts-ignore: decorator
@inline
export function recordBytes<K>(): usize {
  return 2 * sizeof<K>();
}

// @ts-ignore: decorator
@inline
export function storeRecord<K>(at: usize, key: K, index: i32): void {
  store<K>(at, key);
  store<K>(at, <K>index, sizeof<K>());
}

// @ts-ignore: decorator
@inline
function copyRecord<K>(to: usize, from: usize): void {
  if (sizeof<K>() == 4) store<u64>(to, load<u64>(from));
  else v128.store(to, v128.load(from));
}

/** Sorts n records at `records`, with room for as many at `other` and for `counts` (see `index.ts`); gives where they lie: there, or at `other`. */
export function sortRecords<K>(records: usize, other: usize, n: i32, counts: usize): usize {
  if (n > FEW) return sortByDigits<K>(records, other, n, counts);
  sortByInsertion<K>(records, n);
  return records;
}

function sortByInsertion<K>(records: usize, n: i32): void {
  const size = recordBytes<K>();
  const end = records + <usize>n * size;
  for (let next = records + size; next < end; next += size) {
    const key = load<K>(next);
    const index = <i32>load<K>(next, sizeof<K>());
    let at = next;
    while (at > records && load<K>(at - size) > key) {
      copyRecord<K>(at, at - size);
      at -= size;
    }
    storeRecord<K>(at, key, index);
  }
}

function sortByDigits<K>(records: usize, other: usize, n: i32, counts: usize): usize {
  const digit = n < MANY ? NARROW_DIGIT : WIDE_DIGIT;
  const digits = (8 * <i32>sizeof<K>() + digit - 1) / digit;
  if (countDigits<K>(records, n, counts, digit, digits)) return records;
  let from = records;
  let to = other;
  const table = <usize>4 << digit;
  for (let d = 0; d < digits; d++) {
    const own = counts + <usize>d * table;
    if (!startsOf(own, table, n)) continue;
    distribute<K>(from, to, n, own, d * digit, (1 << digit) - 1);
    const swap = from;
    from = to;
    to = swap;
  }
  return from;
}

/** How often each value of each digit comes up; true if the records are in order. */
function countDigits<K>(records: usize, n: i32, counts: usize, digit: i32, digits: i32): bool {
  memory.fill(counts, 0, (<usize>digits << digit) * 4);
  const mask = (<K>1 << <K>digit) - 1;
  const end = records + <usize>n * recordBytes<K>();
  let inOrder = true;
  let last: K = 0;
  for (let at = records; at < end; at += recordBytes<K>()) {
    const key = load<K>(at);
    inOrder = inOrder && last <= key;
    last = key;
    let rest = key;
    for (let own = counts, d = 0; d < digits; d++, own += <usize>4 << digit) {
      const count = own + (<usize>(rest & mask) << 2);
      store<i32>(count, load<i32>(count) + 1);
      rest >>= <K>digit;
    }
  }
  return inOrder;
}

/** Turns counts into the places where the records of each value start; false if all have the same value. */
function startsOf(counts: usize, bytes: usize, n: i32): bool {
  let start = 0;
  for (let at = counts; at < counts + bytes; at += 4) {
    const count = load<i32>(at);
    if (count == n) return false;
    store<i32>(at, start);
    start += count;
  }
  return true;
}

function distribute<K>(from: usize, to: usize, n: i32, starts: usize, shift: i32, mask: i32): void {
  const end = from + <usize>n * recordBytes<K>();
  for (let at = from; at < end; at += recordBytes<K>()) {
    const value = <i32>(load<K>(at) >> <K>shift) & mask;
    const start = starts + (<usize>value << 2);
    const place = load<i32>(start);
    store<i32>(start, place + 1);
    copyRecord<K>(to + <usize>place * recordBytes<K>(), at);
  }
}
