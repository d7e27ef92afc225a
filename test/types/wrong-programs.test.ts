import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { beforeAll, describe, expect, test } from "vitest";
import { compilerOptions } from "./compiler-options.ts";

// Programs that must not compile, and what the compiler says to each. `vitest -u` writes messages.txt anew.

const folder = fileURLToPath(new URL("wrong/", import.meta.url));

const SENTENCES: Readonly<Record<string, string>> = {
  "branch-by-any-text.ts":
    "The selector can return any text or number, so no list of branches is complete: give a `default`, or return one of a few literals.",
  "branch-member-takes-something-else.ts": "The branch 'billing' does not take what comes before it.",
  "branch-with-an-unknown-key.ts": "The selector never returns 'maybe', so the branch of that name would never run.",
  "branch-without-a-key.ts": "The selector can return 'bug', and there is no branch for it: add one, or a `default`.",
  "compensation-takes-something-else.ts": "Type 'string' is not assignable to type 'number'.",
  "context-lacks-a-field.ts": "The context that 'greet' needs is not what the pipeline declares:",
  "context-of-a-mapped-pipeline.ts":
    "this program has a context of its own: map pipeline().step(it, { context: { in, out } }) in its place, which says how the two go together.",
  "context-of-a-step-mapped.ts": "'shout' declares no context of its own, so there is none to map.",
  "contribution-of-another-type.ts": "Argument of type 'number' is not assignable to parameter of type 'string'.",
  "critique-takes-something-else.ts": "'judge' cannot judge what 'count' makes: it does not take { input, artifact }.",
  "critique-without-a-verdict.ts":
    "'grade' gives no verdict (true, false or { ok, score, feedback }): say with `accept` which checks accept the artifact.",
  "evaluator-gives-no-number.ts": "'rate' cannot evaluate: it does not give a number.",
  "fallback-takes-something-else.ts": "'lastRate' cannot stand in: it does not take what is given there.",
  "function-instead-of-step.ts": "Only a program can stand here: what agent(), step() or pipeline() made.",
  "include-of-no-field.ts": "Type '\"nam\"' is not assignable to type '\"name\"'.",
  "judge-without-a-vote.ts": "The judge 'words' gives no vote: true, false, { ok, score, feedback } or, with a minScore, a score.",
  "kind-that-does-not-fit.ts": "'repeat' cannot come next: it does not take what comes before it.",
  "kind-with-options-of-another.ts": "'time' does not exist in type '{ word: string; times?: number | undefined; }'",
  "kind-without-a-program.ts":
    "What `expand` returns is no program: it has to return, at once, what agent(), step(), pipeline() or another",
  "loop-that-does-not-go-round.ts":
    "'measure' cannot go round: it does not take what it gives. Say with `next` what it is given the next time.",
  "loop-with-another-next.ts": "What `next` returns is not what the body takes.",
  "machine-state-takes-something-else.ts": "The state 'review' does not take what leads to it.",
  "map-of-something-else.ts": "'double' cannot run on each item: it does not take what the list holds.",
  "map-without-a-list.ts": "map() needs a list, and what comes before it is none.",
  "nested-context-sets-no-field.ts": "The context around it has no field 'costumer' that `out` could set.",
  "nested-context-unmapped.ts": "The context of this program is not the one here: say with `context` how the two go together.",
  "output-that-does-not-fit.ts": "What run returns is not what the output schema takes.",
  "parallel-member-takes-something-else.ts": "The branch 'count' does not take what comes before it.",
  "plain-write-to-a-reduced-field.ts": "The context that 'note' needs is not what the pipeline declares:",
  "planner-without-commands.ts":
    "What the planner gives is no command: let a function return one, and an agent have `output: commandSchema()`.",
  "proposer-gives-no-list.ts": "'moves' cannot propose: it does not give a list of states.",
  "proposer-takes-something-else.ts": "'moves' cannot propose: it does not take { state, path, rejected }.",
  "redirect-gives-something-else.ts": "The redirect 'lastRate' cannot stand in for 'fetchRate': it does not give what that gives.",
  "redirect-to-nobody.ts": "A plugin redirects to 'lastrate', and there is no redirect of that name: add one to `redirects`.",
  "redirect-without-redirects.ts": "A plugin redirects to 'senior', and there are no redirects: add `redirects`, a program by that name.",
  "route-by-a-number.ts": "What the router gives names no branches: it has to give a name, a list of names, or { routes }.",
  "route-to-no-branch.ts": "The router can name 'bug', and there is no branch for it: add one.",
  "sink-to-no-field.ts": "No field of the context takes what is given there.",
  "sink-without-a-context.ts": "There is no context that it could be written to: declare one on the pipeline.",
  "step-takes-something-else.ts": "'double' cannot come next: it does not take what comes before it.",
  "timeout-program-takes-something-else.ts": "'remind' cannot come next: it does not take what comes before it.",
  "undeclared-read.ts": "Property 'card' does not exist on type",
  "undeclared-write.ts": "Property 'card' does not exist on type",
};

describe("a wrong program does not compile, and the message is a sentence", () => {
  const messages = new Map<string, string>();

  beforeAll(() => {
    const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));
    for (const name of files) messages.set(name, "");
    const program = ts.createProgram(
      files.map((name) => folder + name),
      compilerOptions(),
    );
    for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
      const name = diagnostic.file?.fileName.replace(folder, "") ?? "";
      messages.set(name, `${messages.get(name) ?? ""}${toldAs(diagnostic)}\n`);
    }
  }, 60_000);

  test.each(Object.entries(SENTENCES))("%s", (name, sentence) => {
    expect(messages.get(name)).toContain(sentence);
  });

  test("every program is among them, and nothing else is wrong", () => {
    expect([...messages.keys()].sort()).toEqual(Object.keys(SENTENCES));
  });

  test("the messages are those that are kept", async () => {
    const text = [...messages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, told]) => `== ${name}\n${told}`);
    await expect(text.join("\n")).toMatchFileSnapshot("wrong/messages.txt");
  });
});

function toldAs(diagnostic: ts.Diagnostic): string {
  const { line = 0, character = 0 } = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0) ?? {};
  return `${line + 1}:${character + 1} TS${diagnostic.code}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n")}`;
}
