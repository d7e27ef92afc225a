import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Verdict } from "./judge-mutant.ts";
import { verdictOf, whyNotSound } from "./judge-mutant.ts";
import type { Mutant } from "./mutant.ts";
import { mutated } from "./mutant.ts";
import { ProjectCopy } from "./project-copy.ts";

/** What {@link runMutants} needs. */
export interface MutationRun {
  /** The project whose code is mutated. It is not touched: the mistakes are made in copies. */
  readonly root: string;
  readonly mutants: readonly Mutant[];
  /** How many copies are worked on at the same time. */
  readonly copies: number;
  /** Told of each mutant as soon as it is known what became of it. */
  readonly onVerdict: (mutant: Mutant, verdict: Verdict, seconds: number) => void;
}

/** How many mutants were noticed, and those that were not. */
export interface MutationResult {
  readonly killed: number;
  readonly survivors: readonly Mutant[];
}

/**
 * Makes each mistake, one at a time, and looks whether a test that carries the number of a sentence fails.
 *
 * @throws {Error} Before anything is run, where a mutant does not fit the code, or two have one id; and where the tests fail
 * over the code as it is.
 */
export async function runMutants({ root, mutants, copies, onVerdict }: MutationRun): Promise<MutationResult> {
  await refuseMisfits(root, mutants);
  const queue = [...mutants];
  const survivors: Mutant[] = [];
  await using all = new AsyncDisposableStack();
  const first = all.use(await ProjectCopy.of(root));
  const why = whyNotSound(await first.runTests(["test/semantics"]));
  if (why !== null) throw new Error(`The mutants cannot be tried: over the code as it is, ${why}.`);
  const work = async (copy: ProjectCopy): Promise<void> => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const startedAt = performance.now();
      const verdict = await verdictOn(copy, mutant);
      if (!verdict.killed) survivors.push(mutant);
      onVerdict(mutant, verdict, (performance.now() - startedAt) / 1000);
    }
  };
  const others = await Promise.all(Array.from({ length: copies - 1 }, () => ProjectCopy.of(root)));
  await Promise.all([first, ...others.map((copy) => all.use(copy))].map(work));
  return { killed: mutants.length - survivors.length, survivors };
}

async function refuseMisfits(root: string, mutants: readonly Mutant[]): Promise<void> {
  const ids = new Set<string>();
  for (const mutant of mutants) {
    mutated(await readFile(join(root, mutant.file), "utf8"), mutant);
    if (ids.has(mutant.id)) throw new Error(`Two mutants are called ${mutant.id}.`);
    ids.add(mutant.id);
  }
}

function verdictOn(copy: ProjectCopy, mutant: Mutant): Promise<Verdict> {
  const nearest = mutant.prefixes.flatMap((prefix) => copy.fileOf(prefix) ?? []);
  return copy.with(
    mutant.file,
    (source) => mutated(source, mutant),
    async () => {
      if (nearest.length > 0) {
        const report = await copy.runTests(nearest);
        const verdict = verdictOf(report);
        if (verdict.killed || report === null) return verdict; // what hangs here would hang there too
      }
      return verdictOf(await copy.runTests(["test/semantics"]));
    },
  );
}
