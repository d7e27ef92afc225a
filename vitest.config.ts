import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["flujo-src"] },
  ssr: { resolve: { conditions: ["flujo-src"] } },
  test: {
    // Most long tests wait for processes they have started: a core kept free for the runner would idle.
    maxWorkers: "100%",
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "examples/**/*.test.ts"],
    coverage: { include: ["src/**/*.ts"], exclude: ["src/**/*.test.ts", "src/**/*.d.ts"], reporter: ["text", "json-summary"] },
  },
});
