import jsxA11y from "eslint-plugin-jsx-a11y";
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: ["dist/", "dist-gallery/", "node_modules/", "eslint.config.js", "src/*/generated.ts"],
  },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  jsxA11y.flatConfigs.strict,
  {
    languageOptions: {
      parserOptions: { projectService: true },
    },
    rules: {
      complexity: ["error", 12],
      "max-lines": ["error", 450],
      "max-lines-per-function": ["error", { max: 60, skipComments: true }],
      "no-restricted-globals": ["error", "localStorage", "sessionStorage"],
      "no-console": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    files: ["tests/**", "gallery/**", "*.config.*"],
    rules: { "max-lines-per-function": "off", "no-console": "off" },
  },
);
