import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** Folders whose tests run in one process after the other's. */
const SHARED = [
  "src",
  "test/semantics",
  "test/laws",
  "test/agent",
  "test/plan",
  "test/drawing",
  "test/recipes",
  "test/hooks",
  "test/control",
].map((folder) => `${folder}/**/*.test.ts`);
/** Of these, what registers types or closes the network for all that is in its process. */
const OWN = ["src/serialize", "src/base/network"];

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
    projects: [
      // What keeps nothing in the process and changes nothing of it shares one, which has loaded the sources already.
      { extends: true, test: { name: "shared", include: SHARED, exclude: OWN.map((folder) => `${folder}/**`), isolate: false } },
      {
        extends: true,
        test: {
          name: "apart",
          include: [...OWN.map((folder) => `${folder}/**/*.test.ts`), "test/**/*.test.ts", "examples/**/*.test.ts"],
          exclude: SHARED.filter((each) => each.startsWith("test/")),
        },
      },
    ],
    coverage: { include: ["src/**/*.ts"], exclude: ["src/**/*.test.ts", "src/**/*.d.ts"], reporter: ["text", "json-summary"] },
  },
});
