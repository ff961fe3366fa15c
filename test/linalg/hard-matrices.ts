// Matrices that are hard in one way or another, with what is known of them. Numbers are those of f32, so that both dtypes see the same matrix.

export interface HardMatrix {
  readonly m: number;
  readonly n: number;
  readonly data: readonly number[];
  readonly rank?: number;
  /** Whether its lower triangle is one of a positive definite matrix, whatever rounding does. */
  readonly positive?: boolean;
}

const round = (data: readonly number[]): number[] => data.map(Math.fround);
const table = (m: number, n: number, entry: (i: number, j: number) => number): number[] => Array.from({ length: m * n }, (_, at) => entry(Math.floor(at / n), at % n));
const matrix = (m: number, n: number, entry: (i: number, j: number) => number, rank?: number): HardMatrix => ({ m, n, data: round(table(m, n, entry)), ...(rank === undefined ? {} : { rank }) });
const square = (n: number, entry: (i: number, j: number) => number, rank?: number): HardMatrix => matrix(n, n, entry, rank);
const given = (n: number, data: readonly number[], rank?: number): HardMatrix => ({ m: n, n, data, ...(rank === undefined ? {} : { rank }) });
const positive = (a: HardMatrix): HardMatrix => ({ ...a, positive: true });
const not = (a: HardMatrix): HardMatrix => ({ ...a, positive: false });
/** Between -1 and 1, without a pattern. */
const wave = (i: number, j: number): number => Math.sin(1 + 7.3 * i * i + 2.9 * j + 5.1 * i * j);

export const squareMatrices: { readonly [name: string]: HardMatrix } = {
  "empty": given(0, [], 0), "one number": positive(given(1, [3], 1)), "one negative number": given(1, [-2], 1), "one zero": given(1, [0], 0),
  "zero": square(3, () => 0, 0), "identity": positive(square(4, (i, j) => Number(i === j), 4)), "ones": not(square(4, () => 1, 1)),
  "singular": not(given(2, [1, 2, 2, 4], 1)), "a zero row": given(3, [1, 2, 3, 0, 0, 0, 4, 5, 7], 2), "of rank 2": square(5, (i, j) => (i + 1) * (j + 2) + (i % 2) * (j % 3), 2),
  "Hilbert": square(8, (i, j) => 1 / (i + j + 1)), "graded down": square(8, (i, j) => wave(i, j) * 10 ** -(i + j)), "graded up": square(8, (i, j) => wave(i, j) * 10 ** ((i + j) / 2)),
  "Jordan": positive(given(3, [2, 1, 0, 0, 2, 1, 0, 0, 2], 3)), "nilpotent": given(3, [0, 1, 0, 0, 0, 1, 0, 0, 0], 2), "rotation": given(2, [0, -1, 1, 0], 2), "cycle": square(4, (i, j) => Number((i + 1) % 4 === j), 4),
  "repeated values": positive(square(5, (i, j) => (i === j ? 1 + (i % 2) : 0), 5)), "indefinite": not(given(2, [1, 2, 2, 1], 2)),
  "Frank": square(12, (i, j) => (j < i - 1 ? 0 : 12 - Math.max(i, j))), "Wilkinson": square(21, (i, j) => (i === j ? Math.abs(i - 10) : Number(Math.abs(i - j) === 1)), 21),
  "badly balanced": given(3, round([1, 1e10, 0, 1e-10, 2, 1e8, 0, 1e-8, 3])), "nearly triangular": square(6, (i, j) => (i > j + 1 ? 0 : i === j + 1 ? 1e-9 : wave(i, j) + Number(i === j) * i)),
  "correlations": positive(square(20, (i, j) => 0.9 ** Math.abs(i - j), 20)), "of 40 rows": square(40, wave, 40), "positive, of 40 rows": positive(square(40, (i, j) => Math.sin(i * j) + Math.sin(j * i) + 90 * Number(i === j), 40)),
  "tiny": square(4, (i, j) => wave(i, j) * 1e-30, 4), "huge": square(4, (i, j) => wave(i, j) * 1e30, 4), "positive and tiny": positive(square(3, (i, j) => 1e-30 / (1 + Math.abs(i - j)), 3)),
  "positive and huge": positive(square(3, (i, j) => 1e30 / (1 + Math.abs(i - j)), 3)),
};

/** Of f64 alone. */
export const farMatrices: { readonly [name: string]: HardMatrix } = {
  "near the least": { m: 4, n: 4, data: table(4, 4, (i, j) => wave(i, j) * 1e-290), rank: 4 }, "near the largest": { m: 4, n: 4, data: table(4, 4, (i, j) => wave(i, j) * 1e290), rank: 4 },
};

export const oblongMatrices: { readonly [name: string]: HardMatrix } = {
  "tall": matrix(6, 3, wave, 3), "wide": matrix(3, 6, wave, 3), "tall, of rank 1": matrix(4, 2, (i, j) => (i + 1) * (j + 1), 1), "wide, of rank 1": matrix(2, 4, (i, j) => (i + 1) * (j + 1), 1),
  "a zero column": matrix(3, 2, (i, j) => (j === 0 ? i + 1 : 0), 1), "equal rows": matrix(2, 3, (_, j) => j + 1, 1), "zero, tall": matrix(3, 2, () => 0, 0), "no rows": matrix(0, 3, wave, 0), "no columns": matrix(3, 0, wave, 0),
  "one column": matrix(5, 1, wave, 1), "tall and tiny": matrix(5, 3, (i, j) => wave(i, j) * 1e-30, 3),
};
