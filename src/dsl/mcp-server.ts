import { isPlainObject } from "../base/json.ts";
import type { Effect, InDoubtPolicy, ServerToolRules } from "../model/node.ts";
import type { ToolServerConnection } from "../model/tool-server.ts";
import { checkEffect, checkInDoubt, checkText, checkedTimeout } from "../plan/checks.ts";
import type { DecisionFunction, ToolServerDefinition } from "../plan/definition.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import { checkName } from "../plan/names.ts";
import type { AllOf } from "./retry-options.ts";
import type { ToolRules } from "./tool.ts";

/** A tool server (MCP) that agents may use: what `mcpServer()` makes. */
export interface McpServer<out Name extends string = string, out Tools extends string = string> {
  readonly name: Name;
  /** The server's own names of the tools that are offered; null for all that it has. */
  readonly tools: readonly Tools[] | null;
  /** For `compile`. */
  readonly definition: ToolServerDefinition;
}

/** The rules the tools of a server are called by. */
export interface McpToolRules extends ToolRules<Readonly<Record<string, unknown>>> {
  /** What calling it does to the world; see `tool()`. @defaultValue `"none"` */
  readonly effect?: Effect;
  /** What becomes of a call of `effect: "once"` of which nobody knows whether it was done; see `tool()`. @defaultValue `"retry"` */
  readonly inDoubt?: InDoubtPolicy;
  /** Milliseconds for one call; the server is told that it was called off. Default: no limit. */
  readonly timeoutMs?: number;
}

interface SharedOptions<Name extends string, Tools extends string> extends McpToolRules {
  /** Names it in messages and journals; unique in its agent. */
  readonly name: Name;
  /**
   * The tools that are offered to the model, by the server's own names of them: a list, or an object with rules for each,
   * which come before those given for all. Left out: all tools the server has, now and later.
   */
  readonly tools?: readonly Tools[] | { readonly [Tool in Tools]: McpToolRules };
  /** Put before the name of each tool, so that the tools of two servers do not clash: `"git_"`. @defaultValue `""` */
  readonly prefix?: string;
  /**
   * Milliseconds until the server must have answered for the first time. Too short: one that is still being downloaded
   * counts as dead. @defaultValue `10_000`
   */
  readonly connectTimeoutMs?: number;
}

/** A server that is started as a process of its own. */
export interface StdioServerOptions<Name extends string = string, Tools extends string = string> extends SharedOptions<Name, Tools> {
  /** The program that is started: `"npx"`, `process.execPath`. No shell is asked. */
  readonly command: string;
  readonly args?: readonly string[];
  /** Environment variables for it. Beside these it gets only what a program needs to start (`PATH`, `HOME`, …); none of your keys. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The folder it is started in. Default: the one this process is in. */
  readonly cwd?: string;
  readonly url?: never;
  readonly headers?: never;
}

/** A server that is reached over streamable HTTP. */
export interface HttpServerOptions<Name extends string = string, Tools extends string = string> extends SharedOptions<Name, Tools> {
  readonly url: string | URL;
  /** Sent with every request: `{ authorization: "Bearer …" }`. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly command?: never;
  readonly args?: never;
  readonly env?: never;
  readonly cwd?: never;
}

/** What `mcpServer()` takes. */
export type McpServerOptions<Name extends string = string, Tools extends string = string> =
  | StdioServerOptions<Name, Tools>
  | HttpServerOptions<Name, Tools>;

const RULES: AllOf<McpToolRules> = { effect: true, inDoubt: true, timeoutMs: true, onError: true, needsApproval: true };
const KNOWN: AllOf<McpServerOptions> = {
  name: true,
  tools: true,
  prefix: true,
  connectTimeoutMs: true,
  command: true,
  args: true,
  env: true,
  cwd: true,
  url: true,
  headers: true,
  ...RULES,
};

/**
 * Names a server of the Model Context Protocol whose tools agents may call. It is started, or connected to, when an agent
 * first needs it; all runs of a Flujo share that connection, and closing the Flujo ends it. Wants the package
 * `@modelcontextprotocol/sdk`.
 *
 * What the server offers is asked once a turn and journalled, so that a resume sees the tools the model saw.
 *
 * @throws {FlujoError} `pipeline_invalid` for options that make no sense.
 *
 * @example
 * ```ts
 * import { agent, mcpServer } from "flujo";
 *
 * const files = mcpServer({
 *   name: "files",
 *   command: "npx",
 *   args: ["-y", "@modelcontextprotocol/server-filesystem", "."],
 *   tools: { read_text_file: {}, write_file: { effect: "idempotent", needsApproval: true } },
 *   timeoutMs: 30_000,
 * });
 * export const editor = agent({
 *   name: "editor",
 *   model: "openai:gpt-5-mini",
 *   instructions: "Mend what the user asks for.",
 *   mcpServers: [files],
 * });
 * ```
 */
export function mcpServer<const Name extends string, const Tools extends string = string>(
  options: McpServerOptions<Name, Tools>,
): McpServer<Name, Tools> {
  const given: unknown = options;
  if (!isPlainObject(given))
    throw invalid(
      "mcpServer()",
      `its options are ${shown(given)}`,
      "Write mcpServer({ name, command, args }) or mcpServer({ name, url }).",
    );
  checkName("mcpServer()", "a server", options.name);
  const at = `mcpServer ${shown(options.name)}`;
  refuseUnknown(at, options, KNOWN);
  const named = namedTools(at, options.tools);
  const rules = rulesOf(at, options);
  const approvals = new Map<string, DecisionFunction>();
  noteApproval(approvals, "*", options);
  for (const [tool, own] of Object.entries(named ?? {})) noteApproval(approvals, tool, { ...approvalOf(options), ...own });
  const allow =
    named === null
      ? null
      : Object.fromEntries(
          Object.entries(named).map(([tool, own]) => [tool, rulesOf(`${at}, tool ${shown(tool)}`, { ...options, ...own })]),
        );
  const definition: ToolServerDefinition = Object.freeze({
    kind: "tool-server",
    name: options.name,
    prefix: checkedPrefix(at, options.prefix ?? ""),
    allow: allow === null ? null : Object.freeze(allow),
    rules,
    approvals,
    connection: Object.freeze(connectionOf(at, options)),
  });
  return Object.freeze({ name: options.name, tools: named === null ? null : Object.freeze(Object.keys(named) as Tools[]), definition });
}

function namedTools(at: string, tools: unknown): Readonly<Record<string, McpToolRules>> | null {
  if (tools === undefined) return null;
  const refused = (what: string): Error =>
    invalid(at, what, 'List the names of tools, or give rules by name: { search: { effect: "none" } }.');
  const entries: readonly (readonly [unknown, unknown])[] | null = Array.isArray(tools)
    ? tools.map((tool: unknown) => [tool, {}] as const)
    : isPlainObject(tools)
      ? Object.entries(tools)
      : null;
  if (entries === null) throw refused(`tools is ${shown(tools)}`);
  for (const [tool, rules] of entries) {
    if (typeof tool !== "string" || tool === "" || tool === "*") throw refused(`one of its tools is ${shown(tool)}`);
    if (!isPlainObject(rules)) throw refused(`the rules of its tool ${shown(tool)} are ${shown(rules)}`);
    refuseUnknown(`${at}, tool ${shown(tool)}`, rules, RULES);
  }
  return Object.fromEntries(entries as readonly (readonly [string, McpToolRules])[]);
}

function rulesOf(
  at: string,
  { effect = "none", timeoutMs, onError = "tell", needsApproval = false, inDoubt = "retry" }: McpToolRules,
): ServerToolRules {
  checkEffect(at, effect);
  checkInDoubt(at, inDoubt);
  if (onError !== "tell" && onError !== "fail") throw invalid(at, `onError is ${shown(onError)}`, 'Choose "tell" or "fail".');
  if (typeof needsApproval !== "boolean" && typeof needsApproval !== "function")
    throw invalid(
      at,
      `needsApproval is ${shown(needsApproval)}`,
      "Give true, false, or a function of the arguments that returns one of them.",
    );
  const approval = typeof needsApproval === "function" ? "decided" : needsApproval ? "always" : "never";
  return Object.freeze({ effect, timeoutMs: checkedTimeout(at, timeoutMs ?? null), onError, approval, inDoubt });
}

function approvalOf({ needsApproval }: McpToolRules): McpToolRules {
  return needsApproval === undefined ? {} : { needsApproval };
}

function noteApproval(approvals: Map<string, DecisionFunction>, tool: string, { needsApproval }: McpToolRules): void {
  if (typeof needsApproval === "function") approvals.set(tool, needsApproval as DecisionFunction);
}

function checkedPrefix(at: string, prefix: unknown): string {
  if (typeof prefix === "string" && /^[A-Za-z0-9_-]{0,32}$/.test(prefix)) return prefix;
  throw invalid(at, `prefix is ${shown(prefix)}`, "Use at most 32 letters, digits, _ and -.");
}

function connectionOf(at: string, options: McpServerOptions): ToolServerConnection {
  const { name, command, url } = options;
  const connectTimeoutMs: unknown = options.connectTimeoutMs ?? 10_000;
  if (typeof connectTimeoutMs !== "number" || !(connectTimeoutMs > 0 && connectTimeoutMs <= 2_147_483_647))
    throw invalid(at, `connectTimeoutMs is ${shown(connectTimeoutMs)}`, "Give milliseconds, more than 0.");
  if ((command === undefined) === (url === undefined)) {
    const what = command === undefined ? "it has neither a command nor a url" : "it has both a command and a url";
    throw invalid(at, what, "Give a command that starts it, or the url where it is.");
  }
  if (url !== undefined)
    return { kind: "http", name, url: checkedUrl(at, url), headers: texts(at, "headers", options.headers), connectTimeoutMs };
  checkText(at, "command", command);
  const { args = [], cwd = null } = options;
  if (!Array.isArray(args) || !args.every((arg) => typeof arg === "string"))
    throw invalid(at, "args is not a list of texts", 'Give the arguments one by one: ["-y", "the-server"].');
  if (cwd !== null) checkText(at, "cwd", cwd);
  return { kind: "stdio", name, command, args: Object.freeze([...args]), env: texts(at, "env", options.env), cwd, connectTimeoutMs };
}

function checkedUrl(at: string, given: unknown): string {
  const text = given instanceof URL ? given.href : given;
  const url = typeof text === "string" && URL.canParse(text) ? new URL(text) : null;
  if (url !== null && (url.username !== "" || url.password !== ""))
    throw invalid(at, "url has a user name or password in it", 'Give them as a header: headers: { authorization: "Basic …" }.');
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:")) return url.href;
  throw invalid(at, `url is ${shown(text)}`, "Give an http or https address: https://mcp.example.com/mcp.");
}

/** What is undefined is left out: a variable of the environment that is not set. */
function texts(at: string, slot: string, given: unknown): Readonly<Record<string, string>> {
  if (given === undefined) return Object.freeze({});
  if (!isPlainObject(given)) throw invalid(at, `${slot} is ${shown(given)}`, "Give an object of texts.");
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [key, value] of entries)
    if (typeof value !== "string") throw invalid(at, `${slot}.${key} is no text`, "Give an object of texts.");
  return Object.freeze(Object.fromEntries(entries) as Record<string, string>);
}
