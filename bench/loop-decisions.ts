/**
 * What the decisions of a loop cost on SQLite (design law 5): writes and time of an iteration without decisions; with one and
 * with two (`until` and `next`), which are written with the entry that comes next anyway; with two that take time; and with
 * the same before a step that declares an effect, before which they have to be on record. Beside them one bare INSERT of
 * the step's row. `node --conditions=flujo-src bench/loop-decisions.ts [normal|full]`
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalStore } from "flujo";
import { Flujo, pipeline, step } from "flujo";
import { openDatabase } from "../src/journal/sqlite/driver.ts";
import { openSqliteStore } from "../src/journal/sqlite/open-sqlite-store.ts";
import { finished } from "../src/testing/journal-store-contract/samples.ts";

type State = { readonly n: number; readonly pad: string };

const synchronous = process.argv[2] === "full" ? "full" : "normal";
const ITERATIONS = 300;
const ROUNDS = 15;
const start: State = { n: 0, pad: "x".repeat(500) };

const add = async (state: State): Promise<State> => ({ ...state, n: state.n + 1 });
const plain = step("add", add);
const effectful = step({ name: "add", effect: "idempotent", run: add });
const until = ({ n }: State): boolean => n >= ITERATIONS;
const asked = { until, maxIterations: ITERATIONS };
const decided = { ...asked, next: (state: State) => state };
const slow = { ...decided, until: async (state: State) => until(state) };

const LOOPS = {
  "no decision": pipeline({ name: "plain" }).loop(plain, { maxIterations: ITERATIONS }),
  "one decision": pipeline({ name: "asked" }).loop(plain, asked),
  "two decisions": pipeline({ name: "decided" }).loop(plain, decided),
  "two that take time": pipeline({ name: "slow" }).loop(plain, slow),
  "two that take time, before an effect": pipeline({ name: "effectful" }).loop(effectful, slow),
};

const folder = mkdtempSync(join(tmpdir(), "flujo-bench-"));
const written = { commits: 0, rows: 0 };
const store = await openSqliteStore(join(folder, "state.db"), { synchronous });
const flujo = new Flujo({ state: counting(store), strict: false });
const bare = await openDatabase(join(folder, "bare.db"));
bare.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; CREATE TABLE step (id INTEGER PRIMARY KEY, state TEXT)`);
const insert = bare.prepare("INSERT INTO step VALUES (?, ?)");

/** The store itself, and a count of what it is asked to write. */
function counting(of: JournalStore): JournalStore {
  return new Proxy(of, {
    get(target, key) {
      const found: unknown = Reflect.get(target, key);
      if (typeof found !== "function") return found;
      return (...given: unknown[]): unknown => {
        if (key === "commit") {
          written.commits++;
          written.rows += (given[0] as Parameters<JournalStore["commit"]>[0]).rows.length;
        }
        return Reflect.apply(found, target, given);
      };
    },
  });
}

async function micros(work: () => unknown): Promise<number> {
  const before = performance.now();
  await work();
  return ((performance.now() - before) * 1_000) / ITERATIONS;
}

const best = new Map<string, number>();
const writes = new Map<string, string>();
const note = (name: string, figure: number): void => void best.set(name, Math.min(best.get(name) ?? figure, figure));

for (let round = 0; round < ROUNDS; round++) {
  for (const [name, loop] of Object.entries(LOOPS)) {
    written.commits = 0;
    written.rows = 0;
    note(name, await micros(async () => (await flujo.run(loop, start)).unwrap()));
    const each = (count: number): string => (count / ITERATIONS).toFixed(2);
    writes.set(name, `${each(written.commits)} commits and ${each(written.rows)} rows an iteration`);
  }
  const floor = (): void => {
    for (let seq = 0; seq < ITERATIONS; seq++)
      insert.run(round * ITERATIONS + seq, JSON.stringify(finished(seq, `plain/loop[${seq}]`, { ...start, n: seq })));
  };
  note("one bare INSERT a step", await micros(floor));
}

const floor = best.get("one bare INSERT a step") ?? Number.NaN;
console.log(`synchronous ${synchronous}, ${ITERATIONS} iterations of one step, best of ${ROUNDS} rounds`);
for (const [name, us] of best)
  console.log(`${name.padEnd(36)} ${us.toFixed(1).padStart(8)} us, ${(us / floor).toFixed(2)} times one INSERT; ${writes.get(name) ?? ""}`);

await flujo.close();
await store.close();
bare.close();
rmSync(folder, { recursive: true });
