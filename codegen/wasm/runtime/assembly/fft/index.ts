export { fft_f32, fft_f64 } from "./fft";
export { irfft_f32, irfft_f64, rfft_f32, rfft_f64 } from "./real-fft";
