// Documentation and samples of circular and hyperbolic functions. Expected values: mpmath.

import { floatSamples } from "./float.samples.ts";
import { type Sample, tensor } from "./sample.ts";

export const trigonometricDocs: Readonly<Record<string, string>> = {
  sin: "The sine of x radians, with full argument reduction; NaN at infinities.",
  cos: "The cosine of x radians, with full argument reduction; NaN at infinities.",
  tan: "sin(x) / cos(x), with full argument reduction; NaN at infinities.",
  asin: "The inverse of sin, in [-pi/2, pi/2]; NaN outside [-1, 1].",
  acos: "The inverse of cos, in [0, pi]; NaN outside [-1, 1].",
  atan: "The inverse of tan, in [-pi/2, pi/2].",
  sinh: "(e^x - e^-x) / 2.",
  cosh: "(e^x + e^-x) / 2.",
  tanh: "sinh(x) / cosh(x).",
  asinh: "The inverse of sinh: log(x + sqrt(x^2 + 1)).",
  acosh: "The inverse of cosh, at least 0: log(x + sqrt(x^2 - 1)); NaN below 1.",
  atanh: "The inverse of tanh: log((1 + x) / (1 - x)) / 2; infinite at -1 and 1, NaN beyond.",
  atan2: "atan2(y, x): the angle of the point (x, y), in [-pi, pi]; the signs of zeros choose the side.",
};

export const trigonometricSamples: readonly Sample[] = [
  ...floatSamples("sin", 1, [-2, 0.1, 3, 1000], [-0.9092974268256817, 0.09983341664682815, 0.1411200080598672, 0.8268795405320025]),
  ...floatSamples("cos", 1, [-2, 0.1, 3, 1000], [-0.4161468365471424, 0.9950041652780258, -0.9899924966004454, 0.5623790762907029]),
  ...floatSamples("tan", 1, [-2, 0.1, 3, 1000], [2.185039863261519, 0.10033467208545055, -0.1425465430742778, 1.4703241557027185]),
  ...floatSamples("asin", 1, [-0.9, -0.3, 0.1, 0.75], [-1.1197695149986342, -0.3046926540153975, 0.1001674211615598, 0.848062078981481]),
  ...floatSamples("acos", 1, [-0.9, -0.3, 0.1, 0.75], [2.6905658417935308, 1.8754889808102941, 1.4706289056333368, 0.7227342478134157]),
  ...floatSamples("atan", 1, [-3, -0.3, 0.1, 40], [-1.2490457723982544, -0.2914567944778671, 0.09966865249116204, 1.5458015331759765]),
  ...floatSamples("sinh", 2, [-3, -0.3, 0.1, 5], [-10.017874927409903, -0.3045202934471426, 0.10016675001984403, 74.20321057778875]),
  ...floatSamples("cosh", 2, [-3, -0.3, 0.1, 5], [10.067661995777765, 1.0453385141288605, 1.0050041680558035, 74.20994852478785]),
  ...floatSamples("tanh", 2, [-3, -0.3, 0.1, 5], [-0.9950547536867305, -0.2913126124515909, 0.09966799462495582, 0.9999092042625951]),
  ...floatSamples("asinh", 2, [-3, -0.3, 0.1, 50], [-1.8184464592320668, -0.29567304756342244, 0.09983407889920756, 4.605270170991424]),
  ...floatSamples("acosh", 2, [1.1, 1.5, 3, 50], [0.4435682543851154, 0.9624236501192069, 1.762747174039086, 4.6050701709847575]),
  ...floatSamples("atanh", 2, [-0.9, -0.3, 0.1, 0.75], [-1.4722194895832204, -0.3095196042031117, 0.10033534773107558, 0.9729550745276566]),
  {
    op: "atan2", name: "quadrants", ulp: 1,
    inputs: [tensor("f64", [4], [1, 1, -1, -2]), tensor("f64", [4], [1, -1, -1, 0.5])],
    expected: [Math.PI / 4, (3 * Math.PI) / 4, (-3 * Math.PI) / 4, -1.3258176636680326],
  },
  {
    op: "atan2", name: "signed zeros and infinities", smooth: false, ulp: 1,
    inputs: [tensor("f64", [6], [0, 0, -0, 1, Infinity, -Infinity]), tensor("f64", [6], [0, -0, -0, -Infinity, Infinity, -Infinity])],
    expected: [0, Math.PI, -Math.PI, Math.PI, Math.PI / 4, (-3 * Math.PI) / 4],
  },
  {
    op: "atan2", name: "f32",
    inputs: [tensor("f32", [2, 2], [0.5, -2, 1e-6, 30]), tensor("f32", [2, 2], [3, -0.25, -1, 1e-3])],
  },
];
