import type { Complaint, Examination, ModelFacts, PackageFacts, ProviderFacts, ToolServerFacts } from "../../index.ts";
import { count, duration, plural } from "../terminal/numbers.ts";
import { installWords, packageWords } from "./about-providers.ts";
import { type Finding, note, ok, wrong } from "./finding.ts";

/** The programs of a file, the models they ask and the tool servers they use. */
export function aboutPrograms(examination: Examination): readonly Finding[] {
  const { programs, models, toolServers, providers } = examination;
  return [
    ...programs.map(({ name, problem }) => (problem === null ? ok(name, "a program that fits together") : wrong(name, problem))),
    ...models.flatMap((model) => aboutModel(model, providers)),
    ...toolServers.flatMap(aboutServer),
  ];
}

/** What stands before the `:` of a model; null where it is no reference. */
export function providerOf(model: string): string | null {
  return /^([^:]+):./.exec(model)?.[1] ?? null;
}

function aboutModel({ model, agents, problem }: ModelFacts, providers: readonly ProviderFacts[]): readonly Finding[] {
  if (problem !== null) return [wrong(model, problem)];
  const provider = providers.find(({ name }) => name === providerOf(model));
  if (provider?.reach?.ok === false) return [note(model, `is set up, but ${provider.name} does not answer: see above`)];
  return [notListed(model, provider) ?? ok(model, `can be called, by ${agents.join(", ")}`)];
}

/** Where its server says which models it has, and this is none of them. */
function notListed(model: string, provider: ProviderFacts | undefined): Finding | null {
  const listed = provider?.reach?.ok === true ? provider.reach.models : null;
  const id = model.slice((provider?.name.length ?? 0) + 1);
  if (provider === undefined || listed === null || listed.some((each) => each === id || each === `${id}:latest`)) return null;
  if (provider.name !== "ollama")
    return note(
      model,
      `is not in the list that ${provider.name} gives of its models`,
      "Check its name; a server may have models that it does not list.",
    );
  return { level: "problem", about: model, found: "Ollama does not have this model", remedy: `Run \`ollama pull ${id}\`.` };
}

const MOST_TOOLS = 6;

function aboutServer({ name, tools, missing, tookMs, problem }: ToolServerFacts): readonly Finding[] {
  if (problem !== null || tools === null) return [problem === null ? note(name, "was not asked") : wrong(name, elsewhere(problem))];
  const more = tools.length > MOST_TOOLS ? `, and ${count(tools.length - MOST_TOOLS)} more` : "";
  const list = tools.length === 0 ? "" : `: ${tools.slice(0, MOST_TOOLS).join(", ")}${more}`;
  const found = ok(name, `tool server with ${plural(tools.length, "tool", "tools")}${list} (${duration(tookMs)})`);
  if (missing.length === 0) return [found];
  const lacks = `its agents are to use ${missing.join(", ")}, which it does not have`;
  return [found, { level: "problem", about: name, found: lacks, remedy: "Mend the names in its `tools`; those it has stand above." }];
}

/** Whoever reads this has asked the doctor already. */
function elsewhere(problem: Complaint): Complaint {
  if (!problem.remedy.includes("flujo doctor")) return problem;
  return { ...problem, remedy: "See that the server itself starts and answers: its own log says more." };
}

/** A package that is only for those who use what it is for. */
export function aboutPackage(
  facts: PackageFacts,
  { isNeeded, purpose }: { readonly isNeeded: boolean; readonly purpose: string },
): Finding {
  const found = `${packageWords(facts)} (${purpose})`;
  if (facts.fits) return ok("package", found);
  return { level: isNeeded ? "problem" : "note", about: "package", found, remedy: installWords(facts) };
}
