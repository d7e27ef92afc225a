import { findCardNumbers } from "./card-numbers.ts";
import { findEmailAddresses } from "./email-addresses.ts";
import type { Range } from "./range.ts";
import type { PatternName } from "./redaction.ts";

/** How a pattern is found. */
export interface Pattern {
  readonly find: (text: string) => readonly Range[];
  /** Whether what it finds is known by what stands around it alone, so that it must be looked for elsewhere. */
  readonly isByContext?: boolean;
}

/**
 * Each begins with a literal and consumes the whole run it looks at, so that no text makes it look at one place more than a
 * few times. The first group is what is found; without one, all of it.
 */
const regular = (pattern: RegExp, isFit?: (found: string) => boolean): ((text: string) => readonly Range[]) => {
  return (text) => {
    const found: Range[] = [];
    for (const match of text.matchAll(pattern)) {
      const whole = match.indices?.[1] ?? match.indices?.[0];
      if (whole === undefined || isFit?.(text.slice(whole[0], whole[1])) === false) continue;
      found.push({ from: whole[0], to: whole[1] });
    }
    return found;
  };
};

/** A word is no key: keys have digits. */
const hasDigit = (found: string): boolean => /\d/.test(found);
/** What follows the word `Bearer` may be the rest of a sentence. */
const isToken = (found: string): boolean => found.length >= 24 || hasDigit(found);

const both = (...finds: readonly ((text: string) => readonly Range[])[]): ((text: string) => readonly Range[]) => {
  return (text) => finds.flatMap((find) => find(text));
};

/** The patterns there are. Keys of one vendor come before those that would take them for their own. */
export const PATTERNS: Readonly<Record<PatternName, Pattern>> = {
  anthropic: { find: regular(/(?<![a-z\d])sk-ant-[\w-]{16,}/dgi) },
  openai: { find: regular(/(?<![a-z\d])sk-(?!ant-)[\w-]{20,}/dgi, hasDigit) },
  google: {
    find: both(
      regular(/(?<![a-z\d])AIza[\w-]{35}/dg),
      regular(/(?<![a-z\d])ya29\.[\w-]{20,}/dg),
      regular(/(?<![a-z\d])GOCSPX-[\w-]{20,}/dg),
    ),
  },
  github: {
    find: both(regular(/(?<![a-z\d])gh[pousr]_[a-z\d]{20,}/dgi), regular(/(?<![a-z\d])github_pat_\w{22,}/dgi)),
  },
  slack: {
    find: both(
      regular(/(?<![a-z\d])xox[a-z]-[\da-z-]{10,}/dgi, hasDigit),
      regular(/(?<![a-z\d])xapp-[\da-z-]{10,}/dgi, hasDigit),
      regular(/hooks\.slack\.com\/(?:services|workflows)\/([\w/]{20,})/dgi),
    ),
  },
  aws: {
    find: both(
      regular(/(?<![A-Z\d])(?:AKIA|ASIA|ABIA|ACCA)[A-Z\d]{16}(?![A-Z\d])/dg),
      regular(/aws_?secret_?(?:access_?)?key["']?\s{0,8}[:=]\s{0,8}["']?([\w/+=]{40})(?![\w/+=])/dgi),
    ),
    isByContext: true,
  },
  stripe: {
    find: both(regular(/(?<![a-z\d])[spr]k_(?:live|test)_[a-z\d]{10,}/dgi), regular(/(?<![a-z\d])whsec_[\w+/]{16,}/dgi)),
  },
  vendors: {
    find: both(
      regular(/(?<![a-z\d])(?:gsk_|xai-|hf_|pplx-|r8_|npm_|glpat-|shp(?:at|ca|pa|ss)_|do[opr]_v1_|dckr_pat_)[\w-]{20,}/dgi, hasDigit),
      regular(/(?<![a-z\d])SG\.[\w-]{16,}\.[\w-]{16,}/dg),
    ),
  },
  jwt: { find: regular(/(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{4,}(?:\.[\w-]*)?/dg) },
  privateKey: { find: findPrivateKeys },
  bearer: {
    find: both(
      regular(/(?<![a-z\d])bearer[\s:=]{1,8}([\w.~+/-]{8,}={0,2})/dgi, isToken),
      regular(/authorization["']?\s{0,8}[:=]\s{0,8}["']?basic\s{1,8}([\w+/-]{6,}={0,2})/dgi),
    ),
    isByContext: true,
  },
  connection: {
    find: both(
      regular(/:\/\/[^\s/:@?#"'<>]{0,256}:([^\s/@"'<>]{1,256})@/dg),
      regular(/(?<![a-z\d])(?:password|pwd|accountkey|sharedaccesskey|sharedaccesssignature)=(?!["'])([^;\s"'&]{3,512})/dgi),
    ),
    isByContext: true,
  },
  email: { find: findEmailAddresses },
  card: { find: findCardNumbers },
};

/** In characters; what is encrypted has headers in front of it, in which there are dashes. */
const LONGEST_KEY = 20_000;

/** The lines around a key stay: whoever reads it sees that one was there. */
function findPrivateKeys(text: string): readonly Range[] {
  const found: Range[] = [];
  let end = 0;
  let lastLine = 0; // the next one is looked for once: there may be none in a long text
  for (const begin of text.matchAll(/-----BEGIN [A-Z\d ]{0,40}PRIVATE KEY(?: BLOCK)?-----\s*/g)) {
    const from = begin.index + begin[0].length;
    if (from <= end) continue;
    // A key that is cut off is one all the same: it ends where its characters end.
    const body = /[^-]*/y;
    body.lastIndex = from;
    let to = from + (body.exec(text)?.[0].length ?? 0);
    if (text.startsWith("-Type:", to)) {
      if (lastLine !== -1 && lastLine < to) lastLine = text.indexOf("-----END", to);
      if (lastLine !== -1 && lastLine - to < LONGEST_KEY) to = lastLine;
    }
    while (to > from && /\s/.test(text.charAt(to - 1))) to--;
    if (to === from) continue;
    found.push({ from, to });
    end = to;
  }
  return found;
}
