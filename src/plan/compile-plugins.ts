import { isPlainObject } from "../base/json.ts";
import type { PlanNode, Policy } from "../model/node.ts";
import { childNodePath } from "../model/path.ts";
import { childrenOf } from "../model/plan-nodes.ts";
import { checkFunction } from "./checks.ts";
import type { Compilation, Place } from "./compilation.ts";
import { noteDecision } from "./compilation.ts";
import { freeSegment, innermost } from "./beside-node.ts";
import type { PolicyDefinition } from "./definition.ts";
import { invalid, shown } from "./invalid.ts";
import { checkName } from "./names.ts";

type Redirects = NonNullable<Policy["redirects"]>;

interface Around {
  readonly place: Place;
  readonly node: PlanNode;
}

/** Who looks at what a node gives, and what they may have run in its place. Nothing is said where there is nobody. */
export function compilePlugins(definition: PolicyDefinition, around: Around, into: Compilation): Pick<Policy, "plugins" | "redirects"> {
  const { path } = around.place;
  const { plugins = [] } = definition;
  const names = new Set(definition.validators.map(({ name }) => name)); // their scores stand beside each other
  for (const { name, run } of plugins) {
    checkName(path, "a plugin", name);
    if (name === "__proto__") throw invalid(path, 'a plugin is called "__proto__"', "Choose another name.");
    if (names.has(name)) throw invalid(path, `two of its plugins and validators are called "${name}"`, "Give one of them another name.");
    names.add(name);
    checkFunction(path, `the plugin "${name}"`, run);
    noteDecision(into, `${path}:plugin ${name}`, run);
  }
  const redirects = compileRedirects(definition, around, into);
  if (plugins.length > 0) return { plugins: Object.freeze(plugins.map(({ name }) => name)), ...(redirects === null ? {} : { redirects }) };
  if (redirects !== null)
    throw invalid(path, "it has redirects, and no plugin that could redirect to them", "Give `plugins`, or leave `redirects` out.");
  return {};
}

/** Null where there are none. While they are compiled, the node itself counts as being around them: they must not lead back. */
function compileRedirects({ redirects, program }: PolicyDefinition, { place, node }: Around, into: Compilation): Redirects | null {
  const { path, level } = place;
  const given: unknown = redirects;
  if (given === undefined) return null;
  if (!isPlainObject(given)) throw invalid(path, `redirects is ${shown(given)}`, "Write them as { name: program }.");
  const entries = Object.entries(redirects ?? {});
  if (entries.length === 0) return null;
  const taken = new Set(childrenOf(node).map((child) => child.segment));
  const own = innermost(program);
  const wasAbove = into.above.get(own);
  into.above.set(own, path);
  const nodes = entries.map(([name, redirect]) => {
    checkName(path, "a redirect", name);
    if (name === "__proto__") throw invalid(path, 'a redirect is called "__proto__"', "Choose another name.");
    if (redirect === program || innermost(redirect) === own)
      throw invalid(path, `the redirect "${name}" is the program itself`, "Give another program, or `retries` if it is to be tried again.");
    const segment = freeSegment(taken, `redirect-${name}`);
    return [name, into.nodeOf(redirect, { path: childNodePath(path, segment), segment, name: segment, level: level + 1 }, into)] as const;
  });
  if (wasAbove === undefined) into.above.delete(own);
  return Object.freeze(Object.fromEntries(nodes));
}
