// A bank's customers as a table of eleven standardised features, and whether each left. Where the real file is absent,
// made-up customers that leave by a rule of their own stand in.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DataError, dataFolder } from "../data-folder.ts";
import { seededRandom } from "../random.ts";

export const features = 11;

export interface Customers {
  readonly place: string;
  /** Made up, not real. */
  readonly invented: boolean;
  readonly count: number;
  /** Cells that were empty and got their column's mean. */
  readonly gaps: number;
  /** count x 11, each column with mean 0 and deviation 1. */
  readonly x: Float32Array;
  /** 1 for those who left. */
  readonly left: Float32Array;
}

export const columns = [
  "CreditScore", "Geography", "Gender", "Age", "Tenure", "Balance", "NumOfProducts", "HasCrCard", "IsActiveMember", "EstimatedSalary", "Exited",
] as const;
type Column = (typeof columns)[number];
export type Row = { readonly [C in Column]: string };

/** The customers in a file with a header. DataError that names the line of what is not a customer. */
export function readCustomers(path = join(dataFolder(), "Churn_Modelling.csv")): Customers {
  if (!existsSync(path)) return { place: `made-up customers (there is no ${path})`, invented: true, ...encode(inventRows(10_000)) };
  return { place: path, invented: false, ...encode(parseRows(readFileSync(path, "utf8"))) };
}

export function parseRows(text: string): readonly Row[] {
  const [header, ...lines] = text.trimEnd().split(/\r?\n/);
  const names = header!.split(",");
  const missing = columns.filter((column) => !names.includes(column));
  if (missing.length > 0) throw new DataError(`the table has no column ${missing.join(", ")}`);
  return lines.map((line, i) => {
    const cells = line.split(",");
    if (cells.length !== names.length) throw new DataError(`line ${i + 2} has ${cells.length} cells for ${names.length} columns`);
    return Object.fromEntries(columns.map((column) => [column, cells[names.indexOf(column)]!])) as Row;
  });
}

/** Countries other than France as two columns of 0 and 1; then every column is centred and scaled, and a gap becomes 0. */
export function encode(rows: readonly Row[]): Pick<Customers, "count" | "gaps" | "x" | "left"> {
  const wrong = (row: Row, column: Column, i: number): DataError => new DataError(`line ${i + 2}: ${column} is ${JSON.stringify(row[column])}`);
  const read = (row: Row, column: Column, i: number): number => {
    if (row[column] === "") return Number.NaN;
    const value = Number(row[column]);
    if (!Number.isFinite(value)) throw wrong(row, column, i);
    return value;
  };
  const flag = (row: Row, column: Column, value: string): number => (row[column] === "" ? Number.NaN : Number(row[column] === value));
  const numeric = ["CreditScore", "Age", "Tenure", "Balance", "NumOfProducts", "HasCrCard", "IsActiveMember", "EstimatedSalary"] as const;
  const table = rows.map((row, i) => [
    ...numeric.map((column) => read(row, column, i)),
    flag(row, "Gender", "Female"), flag(row, "Geography", "Germany"), flag(row, "Geography", "Spain"),
  ]);
  const x = new Float32Array(rows.length * features);
  for (let column = 0; column < features; column++) {
    const values = table.map((row) => row[column]!);
    const known = values.filter((value) => !Number.isNaN(value));
    const mean = known.reduce((a, b) => a + b, 0) / known.length;
    const deviation = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length) || 1;
    values.forEach((value, row) => (x[row * features + column] = Number.isNaN(value) ? 0 : (value - mean) / deviation));
  }
  const left = Float32Array.from(rows, (row, i) => {
    if (row.Exited !== "0" && row.Exited !== "1") throw wrong(row, "Exited", i);
    return Number(row.Exited);
  });
  const gaps = rows.reduce((sum, row) => sum + columns.filter((column) => row[column] === "").length, 0);
  return { count: rows.length, gaps, x, left };
}

/** Customers who leave the more likely the older they are, and most of all with three products. */
function inventRows(count: number): readonly Row[] {
  const random = seededRandom(2);
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
  return Array.from({ length: count }, () => {
    const [age, products, active] = [between(18, 75), between(1, 3), between(0, 1)];
    const logit = 0.12 * (age - 58) + (products === 3 ? 3 : 0) - 1.2 * active;
    return {
      CreditScore: String(between(350, 850)), Geography: ["France", "Germany", "Spain"][between(0, 2)]!, Gender: ["Female", "Male"][between(0, 1)]!,
      Age: String(age), Tenure: String(between(0, 10)), Balance: String(between(0, 200_000)), NumOfProducts: String(products),
      HasCrCard: String(between(0, 1)), IsActiveMember: String(active), EstimatedSalary: String(between(1000, 200_000)),
      Exited: String(Number(random() < 1 / (1 + Math.exp(-logit)))),
    };
  });
}
