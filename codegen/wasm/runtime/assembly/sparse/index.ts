import { cooMatvec } from "./coo-matvec";
import { csrMatmul } from "./csr-matmul";
import { csrMatmulTransposed } from "./csr-matmul-transposed";
import { csrSampledMatmul } from "./csr-sampled-matmul";

export function coo_matvec_f32(values: usize, rows: usize, columns: usize, x: usize, result: usize, stored: i32, height: i32, size: i32, workspace: usize): i32 {
  return cooMatvec<f32>(values, rows, columns, x, result, stored, height, size);
}

export function coo_matvec_f64(values: usize, rows: usize, columns: usize, x: usize, result: usize, stored: i32, height: i32, size: i32, workspace: usize): i32 {
  return cooMatvec<f64>(values, rows, columns, x, result, stored, height, size);
}

export function csr_matmul_f32(values: usize, columns: usize, borders: usize, x: usize, result: usize, stored: i32, rows: i32, height: i32, width: i32, first: i32, end: i32, workspace: usize): i32 {
  return csrMatmul<f32>(values, columns, borders, x, result, stored, rows, height, width, first, end);
}

export function csr_matmul_f64(values: usize, columns: usize, borders: usize, x: usize, result: usize, stored: i32, rows: i32, height: i32, width: i32, first: i32, end: i32, workspace: usize): i32 {
  return csrMatmul<f64>(values, columns, borders, x, result, stored, rows, height, width, first, end);
}

export function csr_matmul_transposed_f32(values: usize, columns: usize, borders: usize, x: usize, result: usize, stored: i32, height: i32, width: i32, size: i32, workspace: usize): i32 {
  return csrMatmulTransposed<f32>(values, columns, borders, x, result, stored, height, width, size);
}

export function csr_matmul_transposed_f64(values: usize, columns: usize, borders: usize, x: usize, result: usize, stored: i32, height: i32, width: i32, size: i32, workspace: usize): i32 {
  return csrMatmulTransposed<f64>(values, columns, borders, x, result, stored, height, width, size);
}

export function csr_sampled_matmul_f32(columns: usize, borders: usize, x: usize, y: usize, result: usize, stored: i32, rows: i32, height: i32, width: i32, first: i32, end: i32, workspace: usize): i32 {
  return csrSampledMatmul<f32>(columns, borders, x, y, result, stored, rows, height, width, first, end);
}

export function csr_sampled_matmul_f64(columns: usize, borders: usize, x: usize, y: usize, result: usize, stored: i32, rows: i32, height: i32, width: i32, first: i32, end: i32, workspace: usize): i32 {
  return csrSampledMatmul<f64>(columns, borders, x, y, result, stored, rows, height, width, first, end);
}
