import { cardStandIn, isCardNumber } from "./card-numbers.ts";
import { findEmailAddresses } from "./email-addresses.ts";

/** How the placeholders of a kind are written. Those of one family share their numbers. */
export interface Form {
  readonly family: string;
  /** What stands in the place of a text, for the number of its value. */
  readonly write: (text: string, number: number) => string;
}

const JWT_HEAD = "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0";
const NO_DATE = "2000-01-01";

const CARD: Form = { family: "card", write: cardStandIn };
const PERSON: Form = { family: "person", write: (_text, number) => `person-${number}@redacted.example` };
const TOKEN: Form = {
  family: "redacted",
  write: (_text, number) => `${JWT_HEAD}.${Buffer.from(`{"sub":"redacted-${number}"}`).toString("base64url")}.redacted`,
};
const AWS: Form = { family: "redacted", write: (_text, number) => `AKIAREDACTED${String(number).padStart(8, "0")}` };
const UUID: Form = { family: "uuid", write: (_text, number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}` };
const ADDRESS: Form = { family: "address", write: (_text, number) => `https://redacted.example/${number}` };
const DAY: Form = { family: "date", write: () => NO_DATE };
const MOMENT: Form = { family: "date", write: (text) => `${NO_DATE}${text.slice(10).replaceAll(/\d/g, "0")}` };
const PHONE: Form = { family: "phone", write: phoneStandIn };

/** What stands in a field that is sensitive may be told by its look: what comes in its place has the same. */
const FIELD_FORMS: readonly (readonly [RegExp, Form])[] = [
  [/^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i, UUID],
  [/^\d{4}-\d\d-\d\d$/, DAY],
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?$/, MOMENT],
  [/^https?:\/\/[^\s/]+\.[^\s]+$/i, ADDRESS],
  [/^\+?\d[\d ()./-]{6,24}$/, PHONE],
];

/** What keys of vendors begin with: it stays, so that whoever looks at the beginning of a key still knows it. */
const BEGINNING =
  /^(?:sk-ant-|sk-(?:proj|svcacct|admin|or-v1)-|sk-|AIza|ya29\.|GOCSPX-|gh[pousr]_|github_pat_|xox[a-z]-|xapp-|[spr]k_(?:live|test)_|whsec_|gsk_|xai-|hf_|pplx-|r8_|npm_|glpat-|shp(?:at|ca|pa|ss)_|do[opr]_v1_|dckr_pat_|SG\.)/i;

/** Where a text was found, as far as its form depends on it. */
export interface Origin {
  /** The name of the rule of the user's own that found it. */
  readonly rule?: string;
  /** Whether it is what a sensitive field holds. */
  readonly isField?: boolean;
}

/** The form of what stands for a text. */
export function formOf(text: string, { rule, isField = false }: Origin): Form {
  if (rule !== undefined) return named(rule);
  if (isCardNumber(text)) return CARD;
  const address = findEmailAddresses(text)[0];
  if (address?.from === 0 && address.to === text.length) return PERSON;
  if (/^eyJ[\w-]{4,}\.eyJ[\w-]{4,}(?:\.[\w-]*)?$/.test(text)) return TOKEN;
  if (/^(?:AKIA|ASIA|ABIA|ACCA)[A-Z\d]{16}$/.test(text)) return AWS;
  const beginning = BEGINNING.exec(text)?.[0];
  if (beginning !== undefined) return { family: "redacted", write: (_text, number) => `${beginning}redacted-${number}` };
  const form = isField ? FIELD_FORMS.find(([look]) => look.test(text))?.[1] : undefined;
  return form ?? named("secret");
}

function named(name: string): Form {
  return { family: name, write: (_text, number) => `[${name}-${number}]` };
}

/** The name of a rule, as its placeholders have it. */
export function placeholderName(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return plain === "" ? "secret" : plain.slice(0, 40);
}

/** The same signs between the digits, which are noughts but for the number at their end. */
function phoneStandIn(text: string, number: number): string {
  const digits = text.replaceAll(/\D/g, "");
  const first = digits.startsWith("0") ? "0" : "1";
  const standIn = `${first}${String(number % 1000).padStart(digits.length - 1, "0")}`;
  let at = 0;
  return text.replaceAll(/\d/g, () => standIn.charAt(at++));
}

/** Whether what a sensitive field holds stands for something already, though no other place would tell. */
export function isFieldStandIn(text: string): boolean {
  if (text.startsWith(NO_DATE) && !/[1-9]/.test(text.slice(10))) return true;
  return /^\+?\d[\d ()./-]{6,24}$/.test(text) && /^[01]0{3,}\d{1,3}$/.test(text.replaceAll(/\D/g, ""));
}

/** Whether a text is nothing but the beginning that a vendor's keys have. */
export function isBeginning(text: string): boolean {
  return BEGINNING.exec(text)?.[0] === text;
}

/** A placeholder in a text, and the number it has taken. */
export interface Standing {
  readonly from: number;
  readonly to: number;
  readonly family: string;
  readonly number: number;
}

/** Finds the placeholders in a text: of these families, and those that have none of the user's. */
export function placeholderFinder(names: readonly string[]): (text: string, isName: boolean) => readonly Standing[] {
  const families = ["secret", ...names].join("|");
  const rest =
    `person-(?<person>\\d{1,6})@redacted\\.example|${JWT_HEAD}\\.(?<token>[\\w-]{1,60})\\.redacted|AKIAREDACTED(?<aws>\\d{8})|` +
    `00000000-0000-4000-8000-(?<uuid>\\d{12})|https://redacted\\.example/(?<address>\\d{1,6})|redacted-(?<redacted>\\d{1,6})(?!\\d)`;
  const inText = new RegExp(`\\[(?<family>${families})-(?<number>\\d{1,6})\\]|${rest}`, "gi");
  const inName = new RegExp(`(?<![\\w])(?<family>${families})-(?<number>\\d{1,6})(?![\\w])|${rest}`, "gi");
  return (text, isName) => {
    const found: Standing[] = [];
    for (const match of text.matchAll(isName ? inName : inText)) {
      found.push({ from: match.index, to: match.index + match[0].length, ...takenBy(match.groups ?? {}) });
    }
    return found;
  };
}

function takenBy(groups: Readonly<Record<string, string | undefined>>): { readonly family: string; readonly number: number } {
  const { family, number, person, token, aws, uuid, address, redacted } = groups;
  if (family !== undefined) return { family: family.toLowerCase(), number: Number(number) };
  if (person !== undefined) return { family: "person", number: Number(person) };
  if (uuid !== undefined) return { family: "uuid", number: Number(uuid) };
  if (address !== undefined) return { family: "address", number: Number(address) };
  const inToken = token === undefined ? undefined : /redacted-(\d+)/.exec(Buffer.from(token, "base64url").toString())?.[1];
  return { family: "redacted", number: Number(redacted ?? aws ?? inToken ?? 0) };
}
