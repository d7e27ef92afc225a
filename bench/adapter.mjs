// Flujo's side of the peer harness, through its public API and its built package (`npm run build` first). Journal on,
// and one listener on every run, since events are what people leave on.
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const dist = process.env.FLUJO_DIST ?? fileURLToPath(new URL("../dist/index.js", import.meta.url));

export const meta = { name: "flujo", install: [], variants: { default: ["none", "sqlite"] } };

/** A schema that takes everything as it is: what is measured is the engine, not a validator. */
const ANYTHING = { "~standard": { version: 1, vendor: "bench", validate: (value) => ({ value }) } };

export async function open({ storage, dir }) {
  const { context, Flujo, pipeline, step } = await import(pathToFileURL(dist).href);
  // `normal` survives a killed process, as the floor it is held against does.
  const flujo = new Flujo(storage === "sqlite" ? { state: `sqlite:${join(dir, "flujo.db")}`, durability: "normal" } : {});
  let events = 0;
  const onEvent = () => {
    events += 1;
  };
  const start = (program) => async (input) => (await flujo.run(program, input, { onEvent })).unwrap();
  const chain = (name, steps) => steps.reduce((line, next) => line.step(next), pipeline({ name }));
  return {
    sequence: (n, fn) =>
      start(
        chain(
          "sequence",
          Array.from({ length: n }, (_, at) => step(`s${at}`, (state) => fn(state))),
        ),
      ),
    fanout: (fn) =>
      start(
        pipeline({ name: "fanout" })
          .map(
            step("square", (item) => fn(item)),
            { concurrency: Number.POSITIVE_INFINITY },
          )
          .step(step("sum", (values) => values.reduce((a, b) => a + b, 0))),
      ),
    loop: (n, fn) =>
      start(
        pipeline({ name: "loop" }).loop(
          pipeline({ name: "body" })
            .step(step("a", (state) => fn(state)))
            .step(step("b", (state) => fn(state))),
          { until: (state) => state.n >= 2 * n, maxIterations: n },
        ),
      ),
    append: (n, chunk) => {
      const held = context(ANYTHING, { chunks: "append" });
      const add = (_, { contribute }) => contribute("chunks", chunk);
      const steps = Array.from({ length: n }, (_, at) => step({ name: `s${at}`, context: held, run: add }));
      const program = steps.reduce((line, next) => line.step(next), pipeline({ name: "append", context: held }));
      return async () => {
        const result = await flujo.run(program, null, { context: { chunks: [] }, onEvent });
        result.unwrap();
        return result.context.chunks.length;
      };
    },
    close: () => flujo.close(),
  };
}
