import { join } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["flujo-src"] },
  ssr: { resolve: { conditions: ["flujo-src"] } },
  test: {
    // Most long tests wait for processes they have started: a core kept free for the runner would idle.
    maxWorkers: "100%",
    // Processes that tests start read the sources; compiled once, they are there in half the time.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, "node_modules/.cache/sources") },
    // A core is shared with those processes: how long a test takes says nothing.
    testTimeout: 20_000,
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "examples/**/*.test.ts"],
    coverage: { include: ["src/**/*.ts"], exclude: ["src/**/*.test.ts", "src/**/*.d.ts"], reporter: ["text", "json-summary"] },
  },
});
