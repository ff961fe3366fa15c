// Lint: what tsc does not say. Types themselves are tsc's business, so no rule here needs them.
import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  globalIgnores(["**/dist/", "**/out/", "**/node_modules/", "codegen/wasm/runtime/assembly/", "test/fixtures/", "**/*.mjs"]),
  js.configs.recommended,
  tseslint.configs.recommended,
  {
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-undef": "off",
      // Constants of mathematics are written with the digits of their source.
      "no-loss-of-precision": "off",
      "no-control-regex": "off",
      "no-restricted-syntax": ["error", { selector: "ExportDefaultDeclaration", message: "No default exports." }],
      "object-shorthand": "error",
      "prefer-const": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports", disallowTypeAnnotations: false }],
      "@typescript-eslint/no-empty-object-type": "off",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/ban-ts-comment": ["error", { "ts-expect-error": false, "ts-ignore": true, "ts-nocheck": true }],
    },
  },
  // A test that reports a failing case replaces the error by a better one.
  { files: ["test/**/*.ts"], rules: { "preserve-caught-error": "off" } },
  // A type test is an expression that must not compile.
  { files: ["**/*.test-d.ts"], rules: { "@typescript-eslint/no-unused-expressions": "off" } },
  { files: ["eslint.config.js", "vitest.config.ts"], rules: { "no-restricted-syntax": "off" } },
);
