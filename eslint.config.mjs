import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: ["node_modules/**", ".lookout/**", ".apply-check/**", "eslint.config.mjs"] },
    ...tseslint.configs.recommendedTypeChecked,
    {
        languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
        rules: {
            "@typescript-eslint/no-floating-promises": "error",
            "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
            "@typescript-eslint/no-unused-expressions": "error",
            "@typescript-eslint/consistent-type-imports": "error",
            "@typescript-eslint/require-await": "off",
            "@typescript-eslint/restrict-template-expressions": "off",
            eqeqeq: "error",
            "no-console": "error",
        },
    },
    // Plain JavaScript: the command line's starter, which must not wait for the TypeScript loader, and what runs in the browser.
    {
        files: ["**/*.js"],
        extends: [tseslint.configs.disableTypeChecked],
        languageOptions: { sourceType: "commonjs" },
        rules: { "@typescript-eslint/no-require-imports": "off" },
    },
    { files: ["local/cli/**", "bench/**", "test/support/**"], rules: { "no-console": "off" } },
);
