export { cholesky_f32, cholesky_f64 } from "./cholesky";
export { triangular_solve_f32, triangular_solve_f64 } from "./triangular-solve";
export { lu_f32, lu_f64 } from "./lu";
export { qr_f32, qr_f64 } from "./qr";
export { eigh_f32, eigh_f64 } from "./eigh";
export { svd_f32, svd_f64 } from "./svd";
export { eig_f32, eig_f64, eigvals_f32, eigvals_f64 } from "./eig";
export { expm_f32, expm_f64 } from "./expm";
export { cholesky_update_f32, cholesky_update_f64 } from "./cholesky-update";
