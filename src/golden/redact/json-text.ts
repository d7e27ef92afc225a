/**
 * A text that is JSON, or has a block of it, with what is inside replaced; written as it was: in one line, or indented by as
 * much. The text itself where it is none, and where nothing was replaced.
 */
export function redactedJson(text: string, redact: (value: unknown) => unknown): string {
  const [before, json, after] = partsOf(text);
  if (!/^\s*[[{"]/.test(json)) return text;
  const parsed = parse(json);
  if (parsed === undefined) return text;
  const redacted = redact(parsed);
  if (Object.is(redacted, parsed)) return text;
  const space = /^\s*[[{]\r?\n([ \t]+)/.exec(json)?.[1];
  const end = json.slice(json.trimEnd().length);
  return `${before}${JSON.stringify(redacted, null, space)}${end}${after}`;
}

/** What stands before the first block of code that a model has put its answer in, the block, and what stands after it. */
function partsOf(text: string): readonly [before: string, json: string, after: string] {
  const opening = text.indexOf("```");
  if (opening < 0) return ["", text, ""];
  const from = text.indexOf("\n", opening) + 1;
  const to = text.indexOf("```", from);
  return from === 0 || to < 0 ? ["", text, ""] : [text.slice(0, from), text.slice(from, to), text.slice(to)];
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined; // a text like any other
  }
}
