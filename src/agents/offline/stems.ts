// Inflection goes first (stem), derivation second (root): `travelled` and `travels` share a stem, `traveller` only
// the root. Matches by root count less, because derivation changes meaning more often than inflection does.

const IRREGULAR = new Map(
  `went:go gone:go sent:send lost:lose broke:break broken:break bought:buy brought:bring sold:sell told:tell took:take taken:take
  gave:give given:give got:get gotten:get wrote:write written:write began:begin begun:begin came:come became:become kept:keep
  left:leave met:meet made:make paid:pay said:say held:hold led:lead felt:feel found:find thought:think taught:teach caught:catch
  knew:know known:know grew:grow grown:grow flew:fly shown:show saw:see seen:see spoke:speak spoken:speak chose:choose chosen:choose
  froze:freeze frozen:freeze drove:drive driven:drive rose:rise risen:rise fell:fall fallen:fall ran:run began:begin built:build
  spent:spend lent:lend meant:mean dealt:deal slept:sleep won:win understood:understand stood:stand wore:wear worn:wear
  hidden:hide hid:hide forgot:forget forgotten:forget stuck:stick struck:strike woke:wake woken:wake shut:shut
  men:man women:woman children:child people:person feet:foot teeth:tooth mice:mouse better:good best:good dr:doctor prof:professor nr:number qty:quantity amt:amount vat:tax mgr:manager dept:department worse:bad worst:bad`
    .split(/\s+/)
    .map((pair): readonly [string, string] => {
      const [form = "", base = ""] = pair.split(":");
      return [form, base];
    }),
);

const DERIVED: readonly (readonly [ending: RegExp, to: string])[] = [
  [/ib?ption$/, "ib"],
  [/cision$/, "cid"],
  [/ici?pant$/, "icip"],
  [/(?:ization|isation)$/, "iz"],
  [/(?:ation|ition)$/, ""],
  [/(?:[st])ion$/, ""],
  [/cy$/, "t"],
  [/ment$/, ""],
  [/(?:ance|ence|ant|ent)$/, ""],
  [/ness$/, ""],
  [/(?:able|abl|ible|ibl)$/, ""],
  [/(?:ity|ive|iv)$/, ""],
  [/(?:ful|less|ship|ist|ism)$/, ""],
  [/(?:ary|ery|ory|al)$/, ""],
  [/(?:er|or|ee)$/, ""],
  [/[yi]$/, ""],
];

const cache = new Map<string, { readonly stem: string; readonly root: string }>();
const CACHE_LIMIT = 20_000;

/** What the inflected forms of a word share: `paints`, `painted` and `painting` have one stem. */
export function stem(word: string): string {
  return both(word).stem;
}

/** What the derived forms of a word share as well: `baker` and `bakery` have one root. */
export function root(word: string): string {
  return both(word).root;
}

function both(word: string): { readonly stem: string; readonly root: string } {
  const known = cache.get(word);
  if (known !== undefined) return known;
  const made = stemOf(word);
  const pair = { stem: made, root: rootOf(made) };
  // A cache only saves time; emptying it keeps memory bounded in a long-lived process.
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(word, pair);
  return pair;
}

function stemOf(raw: string): string {
  const word = raw
    .slice(0, 60)
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/['’](?:s|re|ve|d|ll|m)?$/, "");
  const regular = IRREGULAR.get(word) ?? word;
  if (regular.length < 4 || /\d/.test(regular)) return regular.length > 3 && regular.endsWith("s") ? regular.slice(0, -1) : regular;
  return settle(withoutVerbEnding(withoutPlural(regular.replace(/(?<=..)ly$/, ""))));
}

function withoutPlural(word: string): string {
  if (/(?:ss|us|is)$/.test(word)) return word;
  if (/.{2}ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?:ch|sh|x|ss|zz)es$/.test(word)) return word.slice(0, -2);
  return /.{2}s$/.test(word) ? word.slice(0, -1) : word;
}

function withoutVerbEnding(word: string): string {
  if (/.{2}ied$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/.{3}eed$/.test(word)) return word.slice(0, -1);
  const base = /^(.+)(?:ing|ed)$/.exec(word)?.[1] ?? word;
  return base.length >= 3 && /[aeiouy]/.test(base) ? base : word;
}

/** One form for spellings that differ by rule only: a silent e, a doubled consonant. */
function settle(word: string): string {
  const open = word.length > 3 ? word.replace(/e$/, "") : word;
  return open.length > 3 ? open.replace(/([bcdfgklmnprtvz])\1$/, "$1") : open;
}

function rootOf(from: string): string {
  for (const [ending, to] of DERIVED) {
    const cut = from.replace(ending, to);
    // `carrier` and `carry` meet where a last vowel goes too.
    if (cut !== from && cut.length >= 3 && /[aeiouy]/.test(cut)) return settle(cut.replace(/(?<=.{3})i$/, ""));
  }
  return from;
}
