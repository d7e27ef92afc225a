import { isPlainObject } from "../base/json.ts";
import type { DecisionFunction, Definition, PluginDefinition } from "../plan/definition.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import { checkName } from "../plan/names.ts";
import { definitionOf, isProgram } from "./program.ts";
import type { PolicyAbout } from "./step-context.ts";

/** What a plugin may look at beside the output. */
export interface PluginAbout<Value, Ctx = unknown> extends PolicyAbout<Value, Ctx> {
  /** Which attempt it is, from 1. */
  readonly attempt: number;
  /** The names of the redirects that were taken before in this attempt, in order; the output is that of the last. */
  readonly redirected: readonly string[];
}

/**
 * What a plugin may say of an output. Nothing or true: it will do. False, or `{ ok, score, feedback }` as validators give it: it
 * will not, and the attempt fails as `validation_failed`. `solution`: this takes its place. `redirect`: the program of that name
 * runs in place of the node, told the feedback.
 */
export type PluginOutcome<Solution, Redirect extends string | undefined = never> =
  | void
  | null
  | boolean
  | {
      readonly ok: boolean;
      /** How good it is, on a scale of your own. Kept in the metadata (`scores`). */
      readonly score?: number;
      /** What is wrong with it, for the next attempt. */
      readonly feedback?: string;
      readonly solution?: never;
      readonly redirect?: never;
    }
  | {
      /** A score alone lets it pass, and is kept in the metadata (`scores`). */
      readonly score: number;
      readonly ok?: never;
      readonly feedback?: never;
      readonly solution?: never;
      readonly redirect?: never;
    }
  | {
      /** What the program gives instead: the plugins after this one and `validate` see it. */
      readonly solution: Solution & Something;
      readonly score?: number;
      readonly redirect?: never;
    }
  | {
      /** One of the `redirects`. */
      readonly redirect: Redirect & string;
      /** What is wrong with the output: the program finds it in `context.feedback`, with the output as `details.artifact`; agents are told both. */
      readonly feedback?: string;
      readonly score?: number;
      readonly solution?: never;
    };

/**
 * What is there. Where not every answer of a plugin has a field, the compiler finds it to be undefined in the others, unless
 * `exactOptionalPropertyTypes` is on: that must be no part of what it works out.
 */
type Something = {} | null;

/** A function that looks at an output. What it throws fails the program for good (`decision_failed`). */
export type PluginFunction<Takes, About, Solution, Redirect extends string | undefined = never> = (
  output: Takes,
  about: About,
) => PluginOutcome<Solution, Redirect> | Promise<PluginOutcome<Solution, Redirect>>;

/**
 * A plugin with a name.
 *
 * @typeParam Takes - The outputs it looks at.
 * @typeParam Given - What the program must be given for it, as its `about.input`.
 * @typeParam Ctx - The least context it needs.
 * @typeParam Solution - What it may give instead; `never` where it gives nothing.
 * @typeParam Redirect - The names of the redirects it may say; `never` where it redirects nowhere.
 */
export interface Plugin<in Takes, in Given = unknown, in Ctx = unknown, out Solution = unknown, out Redirect extends string = string> {
  /** Unique among the plugins and validators of its program. */
  readonly name: string;
  readonly run: PluginFunction<Takes, PluginAbout<Given, Ctx>, Solution, Redirect>;
}

/** What stands in a list of plugins: a plugin with a name, or a function alone, which is called `plugin`, then `plugin-2` and so on. */
export type PluginLike<Given, Out, Ctx, Redirect extends string | undefined> =
  | Plugin<Out, Given, Ctx, Out, Redirect & string>
  | PluginFunction<Out, PluginAbout<Given, Ctx>, Out, Redirect>;

/**
 * Makes a plugin that several programs can use: it looks at what a program has given, and may refuse it with feedback, put
 * something else in its place, or have another program run instead. Its answer is journalled: no resume asks it again.
 *
 * @throws {FlujoError} `pipeline_invalid` for a name that is none, and for what is no function.
 *
 * @example
 * ```ts
 * import { Flujo, plugin, step, withPolicy } from "flujo";
 *
 * const short = plugin("short", (text: string) => (text.length > 12 ? { redirect: "shorten", feedback: "At most 12 letters." } : true));
 * const greet = step("greet", (name: string) => `A very good morning to you, ${name}.`);
 * const shorten = step("shorten", (name: string) => `Morning, ${name}`);
 * const flujo = new Flujo();
 * const greeting = withPolicy(greet, { plugins: [short], redirects: { shorten } });
 * console.log((await flujo.run(greeting, "Ada")).unwrap()); // Morning, Ada
 * await flujo.close();
 * ```
 */
export function plugin<Takes, Given = unknown, Ctx = unknown, Solution = never, const Redirect extends string | undefined = never>(
  name: string,
  run: PluginFunction<Takes, PluginAbout<Given, Ctx>, Solution, Redirect>,
): Plugin<Takes, Given, Ctx, Solution & Something, Redirect & string>;
export function plugin(name: string, run: LoosePlugin["run"]): LoosePlugin {
  if (typeof name !== "string" || name === "") throw invalid("plugin()", "it has no name", 'Write plugin("name", (output) => …).');
  if (typeof run !== "function") throw invalid(`plugin ${shown(name)}`, `its function is ${shown(run)}`, "Give a function of the output.");
  return Object.freeze({ name, run });
}

type LoosePlugin = Plugin<never, never>;

/** The plugins of a policy, each with a name. `compile` refuses names that come twice, naming the place. */
export function pluginsOf(at: string, given: unknown): { readonly plugins?: readonly PluginDefinition[] } {
  if (given === undefined) return {};
  if (!Array.isArray(given)) throw invalid(at, `plugins is ${shown(given)}`, "Give a list of plugins.");
  const names = new Set<string>();
  const plugins = given.map((each: unknown) => {
    const made = pluginOf(at, each, names);
    checkName(at, "a plugin", made.name);
    if (names.has(made.name)) throw invalid(at, `two plugins are called ${shown(made.name)}`, "Give one of them another name.");
    names.add(made.name);
    return made;
  });
  return plugins.length === 0 ? {} : { plugins: Object.freeze(plugins) };
}

function pluginOf(at: string, given: unknown, names: ReadonlySet<string>): PluginDefinition {
  if (typeof given === "function") return Object.freeze({ name: freeName(names), run: given as DecisionFunction });
  if (isPlainObject(given) && typeof given["run"] === "function" && typeof given["name"] === "string") {
    refuseUnknown(at, given, { name: true, run: true });
    return Object.freeze({ name: given["name"], run: given["run"] as DecisionFunction });
  }
  throw invalid(at, `plugins holds ${shown(given)}`, "Give what plugin() made, { name, run }, or a function of the output.");
}

/** `plugin`, then `plugin-2` and so on. */
function freeName(names: ReadonlySet<string>): string {
  let name = "plugin";
  for (let n = 2; names.has(name); n++) name = `plugin-${n}`;
  return name;
}

/** What plugins may redirect to, by name. */
export function redirectsOf(at: string, given: unknown): { readonly redirects?: Readonly<Record<string, Definition>> } {
  if (given === undefined) return {};
  if (!isPlainObject(given)) throw invalid(at, `redirects is ${shown(given)}`, "Write them as { name: program }.");
  const redirects = Object.entries(given).map(([name, program]) => {
    checkName(at, "a redirect", name);
    if (!isProgram(program))
      throw invalid(at, `the redirect ${shown(name)} is ${shown(program)}`, "Give a program: what agent(), step() or pipeline() made.");
    return [name, definitionOf(program)] as const;
  });
  return redirects.length === 0 ? {} : { redirects: Object.freeze(Object.fromEntries(redirects)) };
}
