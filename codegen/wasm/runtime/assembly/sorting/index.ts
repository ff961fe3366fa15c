export { search_sorted_f32, search_sorted_f64, search_sorted_i32, search_sorted_i64, search_sorted_u32 } from "./search-sorted";
export { sort_f32, sort_f64, sort_i32, sort_i64, sort_u32 } from "./sort";
export { top_k_f32, top_k_f64, top_k_i32, top_k_i64, top_k_u32 } from "./top-k";
