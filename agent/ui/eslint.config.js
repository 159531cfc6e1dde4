/** What `npm run check` looks for beside types. */
import vue from "eslint-plugin-vue";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["src/api/schema.d.ts"] },
  ...ts.configs.strict,
  ...vue.configs["flat/essential"],
  { files: ["**/*.vue"], languageOptions: { parserOptions: { parser: ts.parser } } },
  { rules: { "max-lines": ["error", 300], eqeqeq: "error", "no-eval": "error", "vue/no-v-html": "error" } },
);
