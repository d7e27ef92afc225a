import type { Section } from "./ids.ts";
import { idsOfTitle } from "./ids.ts";

/** A test: the file it stands in, and what it is called. */
export interface Titled {
  readonly file: string;
  readonly title: string;
}

/** What is wrong with a page of numbered sentences and the tests that prove them, a sentence each; empty where all is well. */
export function complaintsOf(sections: readonly Section[], tests: readonly Titled[]): readonly string[] {
  const claimed = tests.flatMap(({ file, title }) => idsOfTitle(title).map((id) => ({ file, title, id })));
  const proved = new Set(claimed.map(({ id }) => id));
  const known = new Set(sections.flatMap(({ ids }) => ids.map(({ text }) => text)));
  return [
    ...twice(sections),
    ...sections.flatMap(disorderOf),
    ...straysOf(sections),
    ...[...known].filter((id) => !proved.has(id)).map((id) => `${id} has no test whose title begins with it.`),
    ...claimed.filter(({ id }) => !known.has(id)).map(({ id, file, title }) => `${id} is not on the page; ${file} has "${title}".`),
  ];
}

function twice(sections: readonly Section[]): readonly string[] {
  const seen = new Set<string>();
  const complaints: string[] = [];
  for (const { text } of sections.flatMap(({ ids }) => ids)) {
    if (seen.has(text)) complaints.push(`${text} is on the page twice.`);
    seen.add(text);
  }
  return complaints;
}

function disorderOf({ heading, ids }: Section): readonly string[] {
  return ids.flatMap((id, index) => {
    const before = ids[index - 1];
    if (before === undefined || before.prefix !== id.prefix || before.number <= id.number) return [];
    return [`${id.text} stands after ${before.text} in "${heading}".`];
  });
}

/** One section for each prefix, and one prefix for each section: a number says where to look. */
function straysOf(sections: readonly Section[]): readonly string[] {
  const home = new Map<string, string>();
  const complaints: string[] = [];
  for (const { heading, ids } of sections) {
    const [first] = ids;
    for (const { text, prefix } of ids) {
      const other = home.get(prefix) ?? heading;
      home.set(prefix, other);
      if (other !== heading) complaints.push(`${text} stands in "${heading}", but ${prefix} belongs to "${other}".`);
      else if (first !== undefined && prefix !== first.prefix)
        complaints.push(`${text} stands in "${heading}", which belongs to ${first.prefix}.`);
    }
  }
  return complaints;
}
