import type { Rule, SyntaxNode } from "./rule.ts";

/** Members of global objects that answer otherwise each time they are asked. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  Date: ["now"],
  Math: ["random"],
  performance: ["now", "timeOrigin"],
  crypto: ["randomUUID", "getRandomValues"],
  process: ["hrtime", "uptime"],
  AbortSignal: ["timeout"],
};
const TIMERS: readonly string[] = ["setTimeout", "setInterval", "setImmediate"];
const MODULES: readonly string[] = ["timers", "timers/promises", "perf_hooks", "uuid"];
const CHANCE: readonly string[] = ["randomUUID", "randomBytes", "randomInt", "getRandomValues", "randomFillSync"];

/**
 * Time, chance and new ids come in through ports: a decision that reads the machine's clock cannot be replayed.
 * Which files are let off is said in `.oxlintrc.json`.
 */
export const noAmbientTime: Rule = {
  create(context) {
    const refuse = (node: SyntaxNode, what: string): void =>
      context.report({ node, message: `${what} belongs to src/base/system.ts. Take a Clock, or the value itself, as a parameter.` });
    return {
      MemberExpression(node) {
        const [object, member] = [lastName(node.object), lastName(node)];
        if (object === undefined || member === undefined) return;
        if (Object.hasOwn(MEMBERS, object) && MEMBERS[object]?.includes(member) === true) refuse(node, `${object}.${member}`);
        if (object === "globalThis" && TIMERS.includes(member)) refuse(node, member);
      },
      Identifier(node) {
        if (node.name !== undefined && TIMERS.includes(node.name) && !isOnlyAName(node)) refuse(node, node.name);
      },
      NewExpression(node) {
        if (lastName(node.callee) === "Date" && node.arguments?.length === 0) refuse(node, "new Date()");
      },
      CallExpression(node) {
        if (lastName(node.callee) === "Date") refuse(node, "Date()");
      },
      ImportDeclaration(node) {
        const source = String(node.source?.value).replace(/^node:/, "");
        if (MODULES.includes(source)) refuse(node, source);
        if (source !== "crypto") return;
        for (const specifier of node.specifiers ?? []) {
          const imported = specifier.imported?.name ?? "";
          if (CHANCE.includes(imported)) refuse(specifier, imported);
        }
      },
    };
  },
};

/** `Date` of `Date` and of `globalThis.Date`; `now` of `Date.now` and of `Date["now"]`. */
function lastName(node: SyntaxNode | undefined): string | undefined {
  if (node?.type === "MemberExpression") return node.property?.name ?? String(node.property?.value);
  return node?.name;
}

/** Whether a name is not the global: an imported or local name, the key of an object or a class, the member of something else. */
function isOnlyAName(node: SyntaxNode): boolean {
  const { parent } = node;
  if (parent === null || parent.type === "ImportSpecifier") return true;
  if (parent.type === "MemberExpression") return parent.property === node && parent.computed !== true;
  return parent.key === node;
}
