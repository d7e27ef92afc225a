import { expect, test } from "vitest";
import type { ProviderFacts, Reach } from "../../index.ts";
import { aboutProvider } from "./about-providers.ts";

const PACKAGE = { name: "@ai-sdk/acme", range: "4", installed: "4.1.0", fits: true };
const ACME: ProviderFacts = {
  name: "acme",
  package: PACKAGE,
  key: { isNeeded: true, setIn: "ACME_API_KEY", variables: ["ACME_API_KEY", "ACME_KEY"] },
  baseURL: "https://api.acme.com/v1",
  urlVariable: "ACME_BASE_URL",
  problem: null,
  reach: null,
};
const KEYLESS: Partial<ProviderFacts> = { key: { ...ACME.key, setIn: null } };
const MISSING: Partial<ProviderFacts> = { package: { ...PACKAGE, installed: null, fits: false } };
const OLD: Partial<ProviderFacts> = { package: { ...PACKAGE, installed: "2.0.1", fits: false } };
const LOCAL: Partial<ProviderFacts> = {
  name: "ollama",
  key: { isNeeded: false, setIn: null, variables: [] },
  urlVariable: "OLLAMA_BASE_URL",
};
const DOWN: Reach = { ok: false, problem: { code: "model_call_failed", message: "it cannot be reached.", remedy: "Check it." } };
const UP: Reach = { ok: true, tookMs: 12, models: ["a"] };
const INSTALL = "Run `npm install @ai-sdk/acme@4`.";

test.each([
  ["set up", {}, "ok", "ok", "key in ACME_API_KEY · @ai-sdk/acme 4.1.0 · at https://api.acme.com/v1", null],
  ["without a key", KEYLESS, "note", "note", "no key · @ai-sdk/acme 4.1.0", "Set ACME_API_KEY or ACME_KEY."],
  ["without its package", MISSING, "note", "problem", "@ai-sdk/acme is not installed", INSTALL],
  ["with a package of long ago", OLD, "note", "problem", "@ai-sdk/acme 2.0.1, which is not known to work (4 is)", INSTALL],
  ["nowhere", { baseURL: null }, "note", "note", "nobody says where it is", "Set ACME_BASE_URL to the address of a server."],
  ["that answers", { reach: UP }, "ok", "ok", "answers, with 1 model (12 ms)", null],
  ["on this machine that is not running", { ...LOCAL, reach: DOWN }, "note", "problem", "it cannot be reached", null],
  ["on this machine that nobody has the package for", { ...LOCAL, ...MISSING, reach: DOWN }, "note", "problem", "", null],
  ["given in code", { package: null }, "ok", "ok", "given in code", null],
] as const)("a provider %s", (_what, facts, unneeded, needed, found, remedy) => {
  const finding = aboutProvider({ ...ACME, ...facts }, { isNeeded: false, isPinged: false });
  expect(finding).toMatchObject({ level: unneeded, found: expect.stringContaining(found) });
  if (remedy !== null) expect(finding.remedy).toBe(remedy);
  expect(aboutProvider({ ...ACME, ...facts }, { isNeeded: true, isPinged: false }).level).toBe(needed);
});

test("who asked for it is told that a provider does not answer, and how to start what runs here", () => {
  expect(aboutProvider({ ...ACME, reach: DOWN }, { isNeeded: false, isPinged: true })).toMatchObject({
    level: "problem",
    remedy: "Check it.",
  });
  const ollama = aboutProvider({ ...ACME, ...LOCAL, reach: DOWN }, { isNeeded: true, isPinged: false });
  expect(ollama.remedy).toBe("Start it with `ollama serve`, or set OLLAMA_BASE_URL to where it runs.");
});
