import type { Range } from "./range.ts";

const LOCAL = /[\p{L}\p{N}._%+'-]/u;
const DOMAIN = /[\p{L}\p{N}.-]/u;
const LONGEST_LOCAL = 64;
const LONGEST_DOMAIN = 253;

/**
 * The e-mail addresses in a text. It looks to both sides of every `@`, never further than an address is long: so a long text
 * takes as long as it is, whatever it holds.
 */
export function findEmailAddresses(text: string): readonly Range[] {
  const found: Range[] = [];
  let after = 0;
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    const address = addressAround(text, { at, after });
    if (address === null) continue;
    found.push(address);
    after = address.to;
  }
  return found;
}

function addressAround(text: string, { at, after }: { readonly at: number; readonly after: number }): Range | null {
  let from = at;
  while (from > after && at - from < LONGEST_LOCAL && LOCAL.test(text.charAt(from - 1))) from--;
  while (from < at && /[.'%-]/.test(text.charAt(from))) from++;
  let to = at + 1;
  while (to < text.length && to - at <= LONGEST_DOMAIN && DOMAIN.test(text.charAt(to))) to++;
  const domain = /^(?:[\p{L}\p{N}-]{1,63}\.)+\p{L}{2,63}/u.exec(text.slice(at + 1, to));
  if (domain === null || from === at || isInAuthority(text, from) || text.slice(from, at) === "git") return null;
  return { from, to: at + 1 + domain[0].length };
}

/** Whether it stands where a URL has its user and host: `ftp://anna@files.example`, `https://user:secret@host`. */
function isInAuthority(text: string, from: number): boolean {
  return /:\/\/[^\s/?#"']*$/.test(text.slice(Math.max(0, from - LONGEST_LOCAL * 3), from));
}
