/** The id of a sentence: a prefix and a number, `LOOP-7`. */
export interface SentenceId {
  readonly text: string;
  readonly prefix: string;
  readonly number: number;
}

const ID = /[A-Z]{1,8}-[0-9]{1,3}/;
const DEFINED = new RegExp(`\\*\\*(${ID.source})\\*\\*`, "g");
const AT_THE_HEAD = new RegExp(`^(${ID.source}(?:, ${ID.source})*):`);

function idOf(text: string): SentenceId {
  const [prefix = "", number = ""] = text.split("-");
  return { text, prefix, number: Number(number) };
}

/** A section of the page: its heading, and the ids of the sentences it has, in their order. */
export interface Section {
  readonly heading: string;
  readonly ids: readonly SentenceId[];
}

/** The sections of the page that have sentences. An id counts where it stands in bold; anywhere else it is a reference. */
export function sectionsOf(markdown: string): readonly Section[] {
  return markdown
    .split(/^## /m)
    .map((text): Section => {
      const [heading = ""] = text.split("\n", 1);
      return { heading, ids: [...text.matchAll(DEFINED)].map(([, id = ""]) => idOf(id)) };
    })
    .filter(({ ids }) => ids.length > 0);
}

/** The ids that a test's title carries: those it begins with, up to the first colon. */
export function idsOfTitle(title: string): readonly string[] {
  return AT_THE_HEAD.exec(title)?.[1]?.split(", ") ?? [];
}
