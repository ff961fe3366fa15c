// Sparse matrices of host arrays: checked in full, since nothing else sees the numbers before a call reads them.

import { userError } from "../../ir/errors.ts";

interface HostParts {
  readonly values: ArrayLike<unknown>;
  readonly rows?: ArrayLike<number>;
  readonly columns?: ArrayLike<number>;
  readonly indices?: ArrayLike<number>;
  readonly indptr?: ArrayLike<number>;
}

/** E208 unless all are integers from 0 to below the limit. */
function checkPlaces(op: string, name: string, places: ArrayLike<number>, limit: number): void {
  for (let k = 0; k < places.length; k++) {
    const place = places[k]!;
    if (!Number.isInteger(place) || place < 0 || place >= limit) throw userError("E208", { op, message: `${name}[${k}] is ${place}, the size is ${limit}` });
  }
}

function checkLength(op: string, name: string, length: number, wanted: number): void {
  if (length !== wanted) throw userError("E203", { op, message: `${name} has ${length} elements, it needs ${wanted}` });
}

/** Places inside the shape, as many as values, and row borders that do not fall. Order within a row is free, and doubles add. */
export function checkHostParts(op: string, format: "csr" | "coo", { values, rows, columns, indices, indptr }: HostParts, [height, width]: readonly [number, number]): void {
  if (format === "coo") {
    checkLength(op, "rows", rows!.length, values.length);
    checkLength(op, "columns", columns!.length, values.length);
    checkPlaces(op, "rows", rows!, height);
    return checkPlaces(op, "columns", columns!, width);
  }
  checkLength(op, "indices", indices!.length, values.length);
  checkLength(op, "indptr", indptr!.length, height + 1);
  checkPlaces(op, "indices", indices!, width);
  for (let row = 0; row <= height; row++) {
    const [border, least] = [indptr![row]!, row === 0 ? 0 : indptr![row - 1]!];
    if (Number.isInteger(border) && border >= least && (row > 0 || border === 0) && (row < height || border === values.length)) continue;
    throw userError("E205", { op, message: `indptr[${row}] is ${border}`, hint: `borders rise from 0 to the number of values, ${values.length}` });
  }
}
