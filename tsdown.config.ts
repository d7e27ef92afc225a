import { defineConfig } from "tsdown";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    recipes: "src/recipes/index.ts",
    testing: "src/testing/index.ts",
    web: "src/web/index.ts",
    cli: "src/cli/main.ts",
  },
  format: "esm",
  platform: "node",
  target: "node22.18",
  fixedExtension: false,
  dts: true,
  sourcemap: false,
  clean: true,
  // uuid's index loads every version of it: 8 ms and 5 MB for the one we use. Test runners are the user's own.
  deps: { alwaysBundle: ["uuid"], neverBundle: ["vitest", "zod"] },
  inputOptions: { checks: { pluginTimings: false } },
});
