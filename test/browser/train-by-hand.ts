// Ten steps of least squares by gradient descent from zero weights, in f64: what the pages' models must come to.

export function trainByHand(): { costs: number[]; weights: number[] } {
  const x = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]];
  const y = [1, 2, 3, 6];
  let weights = [0, 0, 0];
  const costs = Array.from({ length: 10 }, () => {
    const errors = x.map((row, i) => row.reduce((sum, value, j) => sum + value * weights[j]!, 0) - y[i]!);
    weights = weights.map((w, j) => w - 0.1 * errors.reduce((sum, error, i) => sum + (2 / 4) * error * x[i]![j]!, 0));
    return errors.reduce((sum, error) => sum + error * error, 0) / 4;
  });
  return { costs, weights };
}
