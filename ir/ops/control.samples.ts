// What the ops that hold regions do, in words.

export const controlDocs: Readonly<Record<string, string>> = {
  scan: "A loop: the body takes carried values, a slice of each sequence and captures; results are the last carried values, the steps taken (if they are not fixed), and stacked slices.",
  cond: "One of two regions; the other is not run.",
  custom_gradient: "What the region `value` computes; its derivatives are the regions `pullback` and `pushforward`, and gradients do not look into it.",
};
