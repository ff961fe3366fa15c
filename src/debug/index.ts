// `damo/debug`: what watches values inside compiled code. What is imported from `damo` loads none of it.

export { check } from "./check.ts";
export { print, type PrintOptions } from "./print.ts";
export { printLog } from "./read-log.ts";
