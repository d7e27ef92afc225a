import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { FlujoError } from "../base/errors.ts";
import { didYouMean } from "../base/near-names.ts";
import { type AnyStep, isProgram, type RunSource } from "../index.ts";
import { withoutModuleWarnings } from "./module-warnings.ts";
import { shown } from "./shown-path.ts";
import { whyNotLoadable } from "./why-not-loadable.ts";

/** A program and where it came from. */
export interface LoadedProgram {
  readonly program: AnyStep;
  readonly source: RunSource;
  /** As the user would say it. */
  readonly label: string;
}

/**
 * Loads `FILE` or `FILE#export`. TypeScript is loaded as it is: Node strips its types.
 *
 * @throws {FlujoError} `file_not_loadable`, `file_syntax_unsupported`, `export_not_found`; or what the file's own
 * definitions are refused with.
 */
export async function loadProgram(where: string): Promise<LoadedProgram> {
  const { file, exportName } = splitWhere(where);
  checkFile(file);
  const exports = await importFile(file);
  const found = choose(exports, { file, exportName });
  return { ...found, label: `${shown(file)}#${found.source.exportName}` };
}

/**
 * Loads several programs of a file: those of these names, or, where none is named, all that it exports. A program that is
 * exported twice is loaded once.
 *
 * @throws {FlujoError} As {@link loadProgram}.
 */
export async function loadPrograms(where: string, names: readonly string[]): Promise<readonly LoadedProgram[]> {
  const { file, exportName } = splitWhere(where);
  if (exportName !== null && names.length === 0) return [await loadProgram(where)];
  checkFile(file);
  const exports = await importFile(file);
  const all = programsAmong(exports);
  const chosen =
    names.length > 0
      ? names
      : all.filter(([, program], at) => all.findIndex(([, other]) => other === program) === at).map(([name]) => name);
  if (chosen.length === 0) throw noProgram(file, exports);
  return [...new Set(chosen)].map((name) => ({
    ...named(exports, { file, exportName: name, programs: all }),
    label: `${shown(file)}#${name}`,
  }));
}

/** A file whose name has a `#` in it is taken at its word. */
function splitWhere(where: string): { readonly file: string; readonly exportName: string | null } {
  const hash = where.lastIndexOf("#");
  if (hash < 1 || existsSync(where)) return { file: resolve(where), exportName: null };
  return { file: resolve(where.slice(0, hash)), exportName: where.slice(hash + 1) || null };
}

/** @throws {FlujoError} `file_not_loadable` */
function checkFile(file: string): void {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw new FlujoError("file_not_loadable", `There is no file ${shown(file)}.${didYouMean(basename(file), programsIn(dirname(file)))}`, {
      remedy: "Name a TypeScript or JavaScript file: FILE#export.",
    });
  }
  if (!stat.isDirectory()) return;
  const inside = programsIn(file);
  const there = inside.length === 0 ? "" : ` In it: ${inside.slice(0, 8).join(", ")}.`;
  throw new FlujoError("file_not_loadable", `${shown(file)} is a folder.${there}`, {
    remedy: "Name a TypeScript or JavaScript file: FILE#export.",
  });
}

function programsIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => /^\.[cm]?[jt]s$/.test(extname(name)));
}

async function importFile(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await withoutModuleWarnings(() => import(pathToFileURL(file).href))) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw whyNotLoadable(file, error);
  }
}

type Wanted = Omit<RunSource, "exportName"> & { readonly exportName: string | null };

function choose(exports: Readonly<Record<string, unknown>>, { file, exportName }: Wanted): Pick<LoadedProgram, "program" | "source"> {
  const programs = programsAmong(exports);
  if (exportName !== null) return named(exports, { file, exportName, programs });
  const [first] = programs;
  const chosen =
    programs.find(([name]) => name === "default") ?? (new Set(programs.map(([, program]) => program)).size === 1 ? first : undefined);
  if (chosen !== undefined) return { program: chosen[1], source: { file, exportName: chosen[0] } };
  if (first === undefined) throw noProgram(file, exports);
  const names = programs.map(([name]) => name);
  throw new FlujoError("export_not_found", `${shown(file)} exports several programs: ${names.join(", ")}.`, {
    details: { file, exports: names },
    remedy: `Name one: ${shown(file)}#${first[0]}`,
  });
}

function programsAmong(exports: Readonly<Record<string, unknown>>): readonly [string, AnyStep][] {
  return Object.entries(exports).filter((entry): entry is [string, AnyStep] => isProgram(entry[1]));
}

function noProgram(file: string, exports: Readonly<Record<string, unknown>>): FlujoError {
  const others = Object.entries(exports).map(([name, value]) => `${name} (${kindOf(value)})`);
  const has = others.length === 0 ? "exports nothing" : `exports no pipeline, agent or step, only ${others.slice(0, 8).join(", ")}`;
  return new FlujoError("export_not_found", `${shown(file)} ${has}.`, {
    remedy: "Export what agent(), step() or pipeline() made: export const NAME = …",
  });
}

function named(
  exports: Readonly<Record<string, unknown>>,
  { file, exportName, programs }: RunSource & { readonly programs: readonly [string, AnyStep][] },
) {
  const program = exports[exportName];
  if (isProgram(program)) return { program, source: { file, exportName } };
  const names = programs.map(([name]) => name);
  const there = names.length === 0 ? " It exports no program at all." : ` It exports ${names.join(", ")}.`;
  const what = Object.hasOwn(exports, exportName)
    ? `The export ${exportName} of ${shown(file)} is ${kindOf(program)}, not a program.`
    : `${shown(file)} exports no "${exportName}".`;
  throw new FlujoError("export_not_found", `${what}${didYouMean(exportName, names)}${there}`, { details: { file, exports: names } });
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
