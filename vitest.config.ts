import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["flujo-src"] },
  ssr: { resolve: { conditions: ["flujo-src"] } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "examples/**/*.test.ts"],
    coverage: { include: ["src/**/*.ts"], exclude: ["src/**/*.test.ts", "src/**/*.d.ts"], reporter: ["text", "json-summary"] },
  },
});
