// A record of a print as a line of text.

import type { TensorData } from "../../ir/data.ts";
import type { LogRecord, Print, Statistics } from "../../ir/program/log.ts";

/** `loss #101: f32 0.693147`, `hidden #1: f32[2,3] from -1.5 to 2, mean 0.25: 1, 2, -1.5, ...`. Fractions and means have six digits. */
export function describeRecord({ label, dtype }: Print, { time, shape, statistics, first }: LogRecord): string {
  const elements = shape.reduce((product, size) => product * size, 1);
  const isFloat = dtype === "f32" || dtype === "f64";
  const show = (value: number | bigint): string => (dtype === "bool" ? String(value !== 0) : isFloat ? shorten(Number(value)) : String(value));
  const values = Array.from<number | bigint, string>(first, show);
  const start = `${label} #${time + 1}: ${dtype}`;
  if (shape.length === 0 && values.length === 1) return `${start} ${values[0]}`;
  const list = values.length === 0 ? "" : `: ${values.join(", ")}${values.length < elements ? ", ..." : ""}`;
  return `${start}[${shape.join(",")}] ${describeStatistics(statistics, elements)}${list}`;
}

function describeStatistics({ nan, least, largest, sum }: Statistics, elements: number): string {
  const numbers = elements - nan;
  const parts = [
    ...(numbers === 0 ? [] : [`from ${shorten(least)} to ${shorten(largest)}`, `mean ${roundDigits(sum / numbers)}`]),
    ...(nan === 0 ? [] : [`${nan} NaN`]),
  ];
  return parts.length === 0 ? "empty" : parts.join(", ");
}

/** As a kernel computes it, the order of the sum aside. */
export function statisticsOf({ data }: TensorData): Statistics {
  let [nan, least, largest, sum] = [0, Infinity, -Infinity, 0];
  for (const element of data) {
    const value = Number(element);
    if (Number.isNaN(value)) {
      nan++;
      continue;
    }
    least = Math.min(least, value);
    largest = Math.max(largest, value);
    sum += value;
  }
  return { nan, least, largest, sum };
}

/** Integers have all their digits. */
function shorten(value: number): string {
  return Number.isInteger(value) ? String(value) : roundDigits(value);
}

function roundDigits(value: number): string {
  return String(Number(value.toPrecision(6)));
}
