// One line of the benchmark's table.
import type { Task } from "./cases.ts";

export type Result =
  | { readonly kind: "measured"; readonly ms: number; readonly ratio?: number }
  | { readonly kind: "none"; readonly reason: string };

function formatTime(ms: number): string {
  if (ms >= 1) return `${ms.toPrecision(3)} ms`;
  return `${(ms * 1000).toPrecision(3)} µs`;
}

function formatCell(cell: string | Result, task: Task | undefined): string {
  if (typeof cell === "string") return cell;
  if (cell.kind === "none") return "–";
  const rate = task?.kind === "gemm" ? ` ${((2 * task.size ** 3) / cell.ms / 1e6).toFixed(0)} GF/s` : "";
  const ratio = cell.ratio === undefined ? "" : ` (${cell.ratio >= 10 ? cell.ratio.toFixed(0) : cell.ratio.toFixed(2)}×)`;
  return formatTime(cell.ms) + rate + ratio;
}

export function formatRow(title: string, cells: readonly (string | Result)[], task?: Task): string {
  return title.padEnd(11) + cells.map((cell) => formatCell(cell, task).padStart(27)).join("");
}
