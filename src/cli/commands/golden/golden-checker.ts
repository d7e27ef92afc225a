import { dirname } from "node:path";
import { FlujoError } from "../../../base/errors.ts";
import { checkGolden } from "../../../golden/check.ts";
import { readGolden } from "../../../golden/file/read-golden.ts";
import type { Golden } from "../../../golden/golden.ts";
import { isSaid, shortNameOf } from "../../../golden/project/find-goldens.ts";
import { sourcePath } from "../../../golden/project/golden-place.ts";
import type { GoldenRules } from "../../../golden/project/golden-rules.ts";
import { goldenRules } from "../../../golden/project/golden-rules.ts";
import type { AboutGolden, GoldenReport } from "../../../golden/report/golden-report.ts";
import { reportOf } from "../../../golden/report/golden-report.ts";
import type { AnyStep } from "../../../index.ts";
import { systemClock } from "../../../index.ts";
import type { Desk } from "../../desk.ts";
import { loadProgram } from "../../load-program.ts";
import { shown } from "../../shown-path.ts";
import { RuleWatch } from "./rule-watch.ts";

/** Checks goldens one after the other; programs and rules are loaded once. */
export class GoldenChecker {
  readonly #desk: Desk;
  readonly #isSaid: (file: string) => boolean;
  readonly #programs = new Map<string, Promise<AnyStep>>();
  readonly #rules = new Map<string, GoldenRules>();
  /** Which of the rules for paths had to do with what was checked. */
  readonly ruleWatch = new RuleWatch();

  /** @param wanted - What was named: a golden that says no program is wrong only where it is said itself, else it is left alone. */
  constructor(desk: Desk, wanted: readonly string[]) {
    this.#desk = desk;
    const from = process.cwd();
    this.#isSaid = (file) => isSaid(from, wanted, file);
  }

  /** What comes of it. What is wrong with it, or its program, is in the report; what is wrong with the rules is thrown. */
  async check(file: string): Promise<GoldenReport> {
    const startedAtMs = systemClock.now();
    const about = (): AboutGolden => ({ file: shown(file), name: shortNameOf(file), tookMs: systemClock.now() - startedAtMs });
    const rules = this.rulesFor(file);
    try {
      const golden = await readGolden(shown(file)); // what is wrong in it is told with the path that people know
      this.ruleWatch.note(rules, golden);
      if (!this.isOurs(file, golden)) return { ...about(), status: "skipped", why: NO_SOURCE };
      const program = await this.programOf(file, golden);
      this.#desk.busyWith = `a function of ${shown(file)} that waits for something which can never happen`;
      const checked = await checkGolden(program, golden, rules);
      if (checked.level !== "clean") this.ruleWatch.note(rules, checked.now); // where it goes now there may be a place that is new
      return await reportOf(about(), checked);
    } catch (error) {
      if (!FlujoError.is(error)) throw error;
      return { ...about(), status: "broken", error };
    } finally {
      this.#desk.busyWith = null;
    }
  }

  /** Whether it is ours to check: it says where its program is, or somebody has named this very one. */
  isOurs(file: string, { source }: Golden): boolean {
    return source !== null || this.#isSaid(file);
  }

  /** What the project of a golden says of its goldens. @throws {FlujoError} `usage_invalid` */
  rulesFor(file: string): GoldenRules {
    const folder = dirname(file);
    const known = this.#rules.get(folder) ?? goldenRules(folder);
    this.#rules.set(folder, known);
    return known;
  }

  /** The program that a golden is of. @throws {FlujoError} `usage_invalid` where it does not say; or as it cannot be loaded. */
  async programOf(file: string, { source }: Golden): Promise<AnyStep> {
    if (source === null)
      throw new FlujoError("usage_invalid", `${shown(file)} does not say where its program is.`, {
        remedy: "Check it in the code that recorded it, or write into it where its program is: `source: FILE#EXPORT`.",
      });
    const where = sourcePath(file, source);
    const loading = this.#programs.get(where) ?? this.#load(where);
    this.#programs.set(where, loading);
    return loading;
  }

  async #load(where: string): Promise<AnyStep> {
    this.#desk.busyWith = `the file ${where}, whose top-level await never comes to an end`;
    const { program } = await loadProgram(where);
    this.#desk.busyWith = null;
    return program;
  }
}

const NO_SOURCE = "It does not say where its program is; the code that recorded it checks it.";
