import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FlujoError, messageOf } from "../../base/errors.ts";
import { isPlainObject } from "../../base/json.ts";
import { didYouMean } from "../../base/near-names.ts";
import type { DriftClass } from "../drift/drift.ts";
import type { DriftLevel, DriftLevels, DriftRules, PathRule } from "../drift/levels.ts";
import { PATTERNS } from "../redact/patterns.ts";
import type { Redaction, RedactionRule } from "../redact/redaction.ts";
import { projectFolder } from "./golden-place.ts";

/** What a project says of its goldens, in `package.json` under `flujo.golden`. */
export interface GoldenRules {
  /** Which differences fail, warn or are ignored. */
  readonly rules: DriftRules;
  /** What is redacted before a golden is written. */
  readonly redact: Redaction | false;
}

/**
 * What a project says of its goldens: `package.json` of the nearest folder that has one, under `flujo.golden`, with `levels`,
 * `paths`, `usageTolerance` and `redact` (`environment`, `patterns`, `fields`, `rules`). Where nothing is said, everything
 * fails, and what is redacted by default is. `flujo golden` and `toMatchGolden` go by it; hand it on to `recordGolden` and
 * `checkGolden` so that they do.
 *
 * @param from - A folder of the project. Default: the one this process is in.
 * @throws {FlujoError} `usage_invalid` for what is no such rule, with the place and near names.
 *
 * @example
 * ```ts
 * import { pipeline, step } from "flujo";
 * import { checkGolden, goldenRules, recordGolden } from "flujo/testing";
 *
 * const greet = pipeline({ name: "greet" }).step(step("say", (who: string) => `Hello, ${who}!`));
 * const rules = goldenRules();
 * const golden = await recordGolden(greet, "Ada", rules);
 * console.log((await checkGolden(greet, golden, rules)).level);
 * ```
 */
export function goldenRules(from: string = process.cwd()): GoldenRules {
  const file = join(projectFolder(from), "package.json");
  const text = textOf(file);
  if (text === null) return { rules: {}, redact: {} };
  const flujo = new Section(file, "", parsed(file, text)).section("flujo");
  const golden = flujo?.section("golden") ?? null;
  return golden === null ? { rules: {}, redact: {} } : rulesIn(golden);
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw new FlujoError("usage_invalid", `${file} cannot be read: ${messageOf(error)}.`, { cause: error, remedy: "Make it readable." });
  }
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new FlujoError("usage_invalid", `${file} is no JSON: ${messageOf(cause)}.`, { cause, remedy: "Mend it." });
  }
}

const LEVELS: readonly DriftLevel[] = ["fail", "warn", "ignore"];
const CLASSES: readonly DriftClass[] = ["path", "added", "missing", "request", "output", "context", "order", "event", "usage", "result"];

function rulesIn(golden: Section): GoldenRules {
  golden.allow(["levels", "paths", "usageTolerance", "redact"]);
  const paths = golden.list("paths")?.map(pathRule);
  const usageTolerance = golden.share("usageTolerance");
  return {
    rules: {
      ...(golden.has("levels") ? { levels: levelsIn(golden) } : {}),
      ...(paths === undefined ? {} : { paths }),
      ...(usageTolerance === undefined ? {} : { usageTolerance }),
    },
    redact: golden.value("redact") === false ? false : redactionIn(golden.section("redact")),
  };
}

function pathRule(rule: Section): PathRule {
  rule.allow(["path", "levels"]);
  return { path: rule.text("path"), levels: levelsIn(rule) };
}

function levelsIn(around: Section): DriftLevels {
  const value = around.value("levels");
  if (typeof value === "string") return around.word("levels", LEVELS);
  const levels = around.section("levels");
  if (levels === null) throw around.wrong("levels", `should be ${LEVELS.join(", ")}, or one of them by class`);
  levels.allow(CLASSES);
  return Object.fromEntries(levels.keys.map((key) => [key, levels.word(key, LEVELS)]));
}

function redactionIn(redact: Section | null): Redaction {
  if (redact === null) return {};
  redact.allow(["environment", "patterns", "fields", "rules"]);
  const patterns = redact.section("patterns");
  patterns?.allow(Object.keys(PATTERNS));
  const environment = redact.flag("environment");
  const fields = redact.texts("fields");
  const rules = redact.list("rules")?.map(redactionRule);
  return {
    ...(environment === undefined ? {} : { environment }),
    ...(patterns === null ? {} : { patterns: Object.fromEntries(patterns.keys.map((key) => [key, patterns.flag(key) ?? true])) }),
    ...(fields === undefined ? {} : { fields }),
    ...(rules === undefined ? {} : { rules }),
  };
}

function redactionRule(rule: Section): RedactionRule {
  rule.allow(["name", "pattern"]);
  const pattern = rule.text("pattern");
  try {
    return { name: rule.text("name"), pattern: new RegExp(pattern, "u") };
  } catch (cause) {
    if (FlujoError.is(cause)) throw cause;
    throw rule.wrong("pattern", `is no regular expression: ${messageOf(cause)}`);
  }
}

/** An object of the file, with its place in it for what is wrong. */
class Section {
  readonly #file: string;
  readonly #place: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(file: string, place: string, value: unknown) {
    this.#file = file;
    this.#place = place;
    if (!isPlainObject(value)) throw this.#fault(place === "" ? "The file" : place, "should be an object");
    this.#fields = value;
  }

  get keys(): readonly string[] {
    return Object.keys(this.#fields);
  }

  allow(names: readonly string[]): void {
    for (const key of this.keys)
      if (!names.includes(key)) throw this.wrong(key, `is not known.${didYouMean(key, names)} There are: ${names.join(", ")}`);
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#fields, key);
  }

  value(key: string): unknown {
    return this.has(key) ? this.#fields[key] : undefined;
  }

  section(key: string): Section | null {
    return this.has(key) ? new Section(this.#file, this.#at(key), this.value(key)) : null;
  }

  list(key: string): readonly Section[] | undefined {
    if (!this.has(key)) return undefined;
    const value = this.value(key);
    if (!Array.isArray(value)) throw this.wrong(key, "should be a list");
    return value.map((each: unknown, index) => new Section(this.#file, `${this.#at(key)}[${index}]`, each));
  }

  texts(key: string): readonly string[] | undefined {
    if (!this.has(key)) return undefined;
    const value: unknown = this.value(key);
    if (Array.isArray(value) && value.every((each): each is string => typeof each === "string" && each !== "")) return value;
    throw this.wrong(key, "should be a list of texts");
  }

  text(key: string): string {
    const value = this.value(key);
    if (typeof value === "string" && value !== "") return value;
    throw this.wrong(key, this.has(key) ? "should be a text" : "is missing");
  }

  flag(key: string): boolean | undefined {
    const value = this.value(key);
    if (value === undefined || typeof value === "boolean") return value;
    throw this.wrong(key, "should be true or false");
  }

  share(key: string): number | undefined {
    const value = this.value(key);
    if (value === undefined || (typeof value === "number" && value >= 0 && Number.isFinite(value))) return value;
    throw this.wrong(key, "should be a share of what was recorded: 0.05 is 5 %");
  }

  word<W extends string>(key: string, words: readonly W[]): W {
    const value = this.value(key);
    const word = words.find((each) => each === value);
    if (word !== undefined) return word;
    throw this.wrong(key, `should be one of ${words.join(", ")}.${typeof value === "string" ? didYouMean(value, words) : ""}`);
  }

  wrong(key: string, what: string): FlujoError {
    return this.#fault(this.#at(key), what);
  }

  #at(key: string): string {
    return this.#place === "" ? key : `${this.#place}.${key}`;
  }

  #fault(place: string, what: string): FlujoError {
    const end = /[.?!]$/.test(what) ? "" : ".";
    return new FlujoError("usage_invalid", `${this.#file}: \`${place}\` ${what}${end}`, {
      details: { file: this.#file, place },
      remedy: "Mend the rules for goldens there.",
    });
  }
}
