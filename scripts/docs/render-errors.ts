import { ERRORS } from "../../src/base/errors.ts";

const EXIT_CODES: Readonly<Record<number, string>> = {
  1: "the run failed",
  2: "usage or configuration",
  3: "the run is paused",
  4: "invalid pipeline, input or plan",
  5: "a limit was reached",
  130: "interrupted or cancelled",
};

/** The text of `docs/errors.md`. */
export function renderErrors(): string {
  const rows = Object.entries(ERRORS)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { http, exit, remedy }]) => `| \`${code}\` | ${remedy.replaceAll("|", String.raw`\|`)} | ${exit} | ${http} |`);
  const exits = Object.entries(EXIT_CODES).map(([code, meaning]) => `${code} ${meaning}`);
  return `# Errors

<!-- Generated from src/base/errors.ts by \`node scripts/docs/errors.ts\`. Do not edit. -->

Flujo throws one class, \`FlujoError\`: its \`message\` says what happened and where, then what to do, then the code in
brackets. \`error.summary\` is the first part, \`error.remedy\` the second, \`error.details\` holds facts for programs. Ask
for a code with \`FlujoError.is(error, "run_not_found")\`; unlike \`instanceof\`, it works where two copies of the package
are loaded. What a step does wrong is not thrown: a failed result carries the same codes in \`result.failure.code\`.

A remedy may be another than the one below where a better one is known at the place. The exit code is that of the command
line, the HTTP status that of a server, which is not there yet.

Exit codes: ${exits.join(", ")}.

| code | what to do | exit | HTTP |
|---|---|---|---|
${rows.join("\n")}
`;
}
