import type { PackageFacts, ProviderFacts } from "../../index.ts";
import { plural } from "../terminal/numbers.ts";
import { type Finding, note, wrong } from "./finding.ts";

/** What is asked of the findings about providers. */
export interface ProviderQuestion {
  /** Whether a model of the programs at hand is reached through it. */
  readonly isNeeded: boolean;
  /** Whether the person asked for every provider to be tried. */
  readonly isPinged: boolean;
}

/**
 * How one provider is set up. What nobody needs may be missing: that is a note. (What a program needs is told with its
 * model.) A provider that was asked and does not answer is a problem, where it was asked on purpose.
 */
export function aboutProvider(provider: ProviderFacts, { isNeeded, isPinged }: ProviderQuestion): Finding {
  const { name, problem, key, baseURL, reach, urlVariable } = provider;
  if (problem !== null) return wrong(name, problem, isNeeded ? "problem" : "note");
  if (provider.package === null) return { level: "ok", about: name, found: "given in code", remedy: null };
  if (baseURL === null)
    return note(name, "not set up: nobody says where it is", `Set ${urlVariable ?? "its baseURL"} to the address of a server.`);
  const isLocal = key.variables.length === 0;
  const isSetUp = !key.isNeeded || key.setIn !== null;
  const facts = [keyWords(provider), packageWords(provider.package), `at ${baseURL}`];
  if (!isSetUp) return note(name, facts.join(" · "), `Set ${key.variables.join(" or ")}.`);
  if (!provider.package.fits && (!isLocal || isNeeded || reach?.ok === true))
    return { level: isNeeded ? "problem" : "note", about: name, found: facts.join(" · "), remedy: installWords(provider.package) };
  if (reach === null) return { level: "ok", about: name, found: facts.join(" · "), remedy: null };
  if (reach.ok) {
    const models = reach.models === null ? "answers" : `answers, with ${plural(reach.models.length, "model", "models")}`;
    return { level: "ok", about: name, found: [...facts, `${models} (${reach.tookMs} ms)`].join(" · "), remedy: null };
  }
  if (isLocal && !isNeeded) return note(name, `${reach.problem.message.replace(/\.$/, "")}; fine where you do not use it`);
  const start = STARTS[name];
  const remedy = start === undefined ? reach.problem.remedy : `${start}, or set ${urlVariable ?? "its address"} to where it runs.`;
  return wrong(name, { ...reach.problem, remedy }, isNeeded || isPinged ? "problem" : "note");
}

/** How to start what runs on one's own machine. */
const STARTS: Readonly<Record<string, string>> = {
  ollama: "Start it with `ollama serve`",
  lmstudio: "Start its server (`lms server start`)",
};

function keyWords({ key }: ProviderFacts): string {
  if (key.setIn !== null) return `key in ${key.setIn}`;
  return key.isNeeded ? "no key" : "no key needed";
}

/** `@ai-sdk/openai 4.0.118`, or what is wrong with it. */
export function packageWords({ name, installed, fits, range }: PackageFacts): string {
  if (installed === null) return `${name} is not installed`;
  return fits ? `${name} ${installed}` : `${name} ${installed}, which is not known to work (${range} is)`;
}

/** The command that installs a package. */
export function installWords({ name, range }: PackageFacts): string {
  return `Run \`npm install ${name}@${range}\`.`;
}
