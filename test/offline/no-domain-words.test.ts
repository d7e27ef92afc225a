import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isStopWord } from "../../src/agents/offline/words.ts";
import { ALLOWED } from "./allowed-words.ts";

const rules = new URL("../../src/agents/offline/", import.meta.url);
const files = readdirSync(rules).filter((name) => name.endsWith(".ts"));
const source = (name: string): string => readFileSync(new URL(name, rules), "utf8");
const wordsIn = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
      .toLowerCase()
      .match(/[a-zà-ž]+/g) ?? [],
  );

// The words of the demo's labels and descriptions, and what else its domains deal in; every form of them counts.
const DOMAIN =
  /^(?:billing|billed|bills?|charg\w*|payments?|invoic\w*|refund\w*|subscri\w*|bugs?|products?|crash\w*|fail\w*|behav\w*|wrongly|questions?|feedback|requests?|tickets?|triage|customers?|cv|cvs|resumes?|curricul\w*|support|delivery\w*|renew\w*|vendors?|suppliers?|agenda|purchase\w*)$/;

test("the rules know no word of the demo's labels", () => {
  const found = files.flatMap((name) => [...wordsIn(source(name))].filter((word) => DOMAIN.test(word)).map((word) => `${name}: ${word}`));
  expect(found).toEqual([]);
});

test("the rules know no word of the demo's tickets that is not general language", () => {
  const tickets = JSON.parse(readFileSync(new URL("../../examples/triage/tickets.json", import.meta.url), "utf8")) as readonly {
    readonly subject: string;
    readonly body: string;
  }[];
  const said = wordsIn(tickets.map((ticket) => `${ticket.subject}\n${ticket.body}`).join("\n"));
  const found = files.flatMap((name) =>
    [...wordsIn(source(name))]
      .filter((word) => said.has(word) && !isStopWord(word) && !ALLOWED.has(word))
      .map((word) => `${name}: ${word}`),
  );
  expect(found).toEqual([]);
});

test("the allow list names no word of the labels, and none that nobody uses", () => {
  const used = new Set(files.flatMap((name) => [...wordsIn(source(name))]));
  expect([...ALLOWED].filter((word) => DOMAIN.test(word) || !used.has(word))).toEqual([]);
});

test("the rules import nothing at run time but themselves and the base", () => {
  const imports = files
    .filter((name) => !name.endsWith(".test.ts"))
    .flatMap((name) => [...source(name).matchAll(/^import (?!type )[^;]*?from "([^"]+)";/gm)].map((match) => match[1] ?? ""));
  expect(imports.filter((path) => !/^\.\/[\w-]+\.ts$|^\.\.\/\.\.\/base\/[\w-]+\.ts$/.test(path))).toEqual([]);
});
