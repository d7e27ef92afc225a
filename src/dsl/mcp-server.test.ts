import { describe, expect, test } from "vitest";
import type { McpServerOptions } from "./mcp-server.ts";
import { mcpServer } from "./mcp-server.ts";

const RULES = { effect: "none", timeoutMs: null, onError: "tell", approval: "never", inDoubt: "retry" };

describe("mcpServer", () => {
  test("makes a definition of a server that is started", () => {
    const { name, tools, definition } = mcpServer({
      name: "files",
      command: "node",
      args: ["a.js"],
      env: { TOKEN: "t", UNSET: undefined },
    });
    expect({ name, tools }).toEqual({ name: "files", tools: null });
    expect(definition).toEqual({
      kind: "tool-server",
      name: "files",
      prefix: "",
      allow: null,
      rules: RULES,
      approvals: new Map(),
      connection: {
        kind: "stdio",
        name: "files",
        command: "node",
        args: ["a.js"],
        env: { TOKEN: "t" },
        cwd: null,
        connectTimeoutMs: 10_000,
      },
    });
  });

  test("makes a definition of a server that is reached over HTTP", () => {
    const { definition } = mcpServer({ name: "git", url: new URL("https://example.com/mcp"), headers: { a: "b" }, connectTimeoutMs: 500 });
    expect(definition.connection).toEqual({
      kind: "http",
      name: "git",
      url: "https://example.com/mcp",
      headers: { a: "b" },
      connectTimeoutMs: 500,
    });
  });

  test("offers the tools of a list by the rules for all", () => {
    const { tools, definition } = mcpServer({ name: "s", command: "x", tools: ["read", "list"], timeoutMs: 50, onError: "fail" });
    const rules = { ...RULES, timeoutMs: 50, onError: "fail" };
    expect(tools).toEqual(["read", "list"]);
    expect(definition.allow).toEqual({ read: rules, list: rules });
  });

  test("lets the rules of one tool come before those for all", () => {
    const forAll = () => true;
    const forPay = () => false;
    const { definition } = mcpServer({
      name: "s",
      command: "x",
      needsApproval: forAll,
      tools: { read: { needsApproval: false }, pay: { effect: "once", needsApproval: forPay }, list: {} },
    });
    expect(definition.allow).toEqual({
      read: RULES,
      pay: { ...RULES, effect: "once", approval: "decided" },
      list: { ...RULES, approval: "decided" },
    });
    expect(definition.approvals).toEqual(
      new Map([
        ["*", forAll],
        ["pay", forPay],
        ["list", forAll],
      ]),
    );
  });

  test("is frozen, so that two agents see the same server", () => {
    const server = mcpServer({ name: "s", command: "x", tools: ["a"], args: ["b"] });
    for (const part of [server, server.tools, server.definition, server.definition.allow, server.definition.connection])
      expect(Object.isFrozen(part)).toBe(true);
  });

  test.each<readonly [string, unknown, string]>([
    ["no options", undefined, "its options are undefined"],
    ["a name that is none", { name: "a/b", command: "x" }, 'a server is called "a/b"'],
    ["no way to reach it", { name: "s" }, "it has neither a command nor a url"],
    ["two ways to reach it", { name: "s", command: "x", url: "http://a" }, "it has both a command and a url"],
    ["a command that is empty", { name: "s", command: " " }, 'command is " "'],
    ["arguments in one text", { name: "s", command: "x", args: "-y it" }, "args is not a list of texts"],
    ["an address of another protocol", { name: "s", url: "ws://a" }, 'url is "ws://a"'],
    ["an address that is none", { name: "s", url: "example" }, 'url is "example"'],
    ["a password in the address", { name: "s", url: "http://me:secret@a" }, "url has a user name or password in it"],
    ["a header that is no text", { name: "s", url: "http://a", headers: { n: 1 } }, "headers.n is no text"],
    ["a variable that is no text", { name: "s", command: "x", env: { N: 1 } }, "env.N is no text"],
    ["a prefix that providers refuse", { name: "s", command: "x", prefix: "git." }, 'prefix is "git."'],
    ["tools that are no list", { name: "s", command: "x", tools: "read" }, 'tools is "read"'],
    ["a tool without a name", { name: "s", command: "x", tools: ["a", 7] }, "one of its tools is 7"],
    ["rules that are none", { name: "s", command: "x", tools: { a: true } }, 'the rules of its tool "a" are true'],
    ["an unknown effect", { name: "s", command: "x", tools: { a: { effect: "twice" } } }, 'mcpServer "s", tool "a": effect is "twice"'],
    ["an unknown policy", { name: "s", command: "x", onError: "ask" }, 'onError is "ask"'],
    ["an approval that is none", { name: "s", command: "x", needsApproval: "yes" }, 'needsApproval is "yes"'],
    ["a time limit that is none", { name: "s", command: "x", timeoutMs: -1 }, "timeoutMs is -1"],
    ["a time to connect that is none", { name: "s", command: "x", connectTimeoutMs: 0 }, "connectTimeoutMs is 0"],
  ])("refuses %s", (_what, options, message) => {
    expect(() => mcpServer(options as McpServerOptions)).toThrow(message);
  });

  test("never shows a password that is in an address", () => {
    const refused = ((): unknown => {
      try {
        return mcpServer({ name: "s", url: "http://me:secret@a" });
      } catch (error) {
        return error;
      }
    })();
    expect(String(refused)).not.toContain("secret");
  });
});
