// Documentation of the ops of Fourier transforms. Their tests are in test/fft.

export const fftDocs: Readonly<Record<string, string>> = {
  fft: "fft(line, roots): the Fourier transform of pairs (real, imaginary), forward or backward, without a factor; `roots` are the cosines and sines of -2 pi k / n.",
  rfft: "rfft(line, roots, turns): pairs 0 to n / 2 of the spectrum of a real line of even length n; `roots` are those of n / 2, `turns` the first quarter of those of n.",
  irfft: "irfft(pairs, roots, turns): a real line from half its spectrum, without a factor.",
};
