// The shortest text that a regular expression accepts, for the constructs schemas use: literals, classes, groups,
// alternatives, quantifiers. What it cannot read it leaves out; the caller checks the result against the pattern.

interface Cursor {
  readonly source: string;
  at: number;
  /** Groups within groups are followed this far. */
  depth: number;
  /** Characters still allowed, so that `(a{999}){999}` ends. */
  room: number;
}

/** A text that should match the pattern and is at least `least` characters long where the pattern can be stretched. */
export function exampleOf(pattern: string, least: number): string {
  const shortest = write({ source: pattern, at: 0, depth: 0, room: 2_000 }, 0);
  if (shortest.length >= least) return shortest;
  return write({ source: pattern, at: 0, depth: 0, room: 2_000 }, least - shortest.length);
}

/** Writes alternatives until the group or the pattern ends; the first one is taken. */
function write(cursor: Cursor, stretch: number): string {
  let out = "";
  let first = true;
  let spare = stretch;
  while (cursor.at < cursor.source.length && cursor.source[cursor.at] !== ")") {
    if (cursor.source[cursor.at] === "|") {
      cursor.at++;
      first = false;
      continue;
    }
    const piece = unit(cursor);
    const { least, open } = quantifier(cursor);
    const count = open > least && spare > 0 && piece !== "" ? Math.min(open, least + Math.ceil(spare / piece.length)) : least;
    if (!first || cursor.room <= 0) continue;
    const text = piece.repeat(Math.min(count, Math.max(0, Math.floor(cursor.room / Math.max(1, piece.length)))));
    spare -= Math.max(0, count - least) * piece.length;
    cursor.room -= text.length;
    out += text;
  }
  return out;
}

function unit(cursor: Cursor): string {
  const char = cursor.source[cursor.at++] ?? "";
  if (char === "^" || char === "$") return "";
  if (char === ".") return "a";
  if (char === "[") return fromClass(cursor);
  if (char === "(") return fromGroup(cursor);
  return char === "\\" ? escaped(cursor) : char;
}

function fromGroup(cursor: Cursor): string {
  const look = /^\?(?:[=!]|<[=!])/.test(cursor.source.slice(cursor.at, cursor.at + 3));
  const name = /^\?(?::|<?[=!]|<\w{1,40}>)/.exec(cursor.source.slice(cursor.at, cursor.at + 50))?.[0] ?? "";
  cursor.at += name.length;
  cursor.depth++;
  const inner = cursor.depth > 40 ? skip(cursor) : write(cursor, 0);
  cursor.depth--;
  cursor.at++;
  cursor.room += inner.length;
  return look ? "" : inner;
}

function skip(cursor: Cursor): string {
  while (cursor.at < cursor.source.length && cursor.source[cursor.at] !== ")") cursor.at++;
  return "";
}

const CLASSES: Readonly<Record<string, string>> = {
  d: "0",
  w: "a",
  s: " ",
  D: "a",
  W: "-",
  S: "a",
  n: "\n",
  t: "\t",
  r: "\r",
  b: "",
  B: "",
};

function escaped(cursor: Cursor): string {
  const char = cursor.source[cursor.at++] ?? "";
  if ((char === "p" || char === "P") && cursor.source[cursor.at] === "{") {
    const end = cursor.source.indexOf("}", cursor.at);
    const name = cursor.source.slice(cursor.at + 1, end);
    cursor.at = end + 1;
    return /^N|Number|Nd/.test(name) ? "0" : /Lu|Uppercase/.test(name) ? "A" : "a";
  }
  return CLASSES[char] ?? char;
}

function fromClass(cursor: Cursor): string {
  const negated = cursor.source[cursor.at] === "^";
  if (negated) cursor.at++;
  let pick = "";
  const members: string[] = [];
  while (cursor.at < cursor.source.length && cursor.source[cursor.at] !== "]") {
    const char = cursor.source[cursor.at++] ?? "";
    const member = char === "\\" ? escaped(cursor) : char;
    members.push(member);
    pick ||= member;
  }
  cursor.at++;
  return negated ? (["a", "0", "-", " ", "~"].find((offer) => !members.includes(offer)) ?? "a") : pick;
}

function quantifier(cursor: Cursor): { readonly least: number; readonly open: number } {
  const mark = /^(?:[*+?]|\{(\d{1,5})(,?)(\d{0,5})\})\??/.exec(cursor.source.slice(cursor.at, cursor.at + 20));
  if (mark === null) return { least: 1, open: 1 };
  cursor.at += mark[0].length;
  if (mark[0].startsWith("*")) return { least: 0, open: Number.POSITIVE_INFINITY };
  if (mark[0].startsWith("+")) return { least: 1, open: Number.POSITIVE_INFINITY };
  if (mark[0].startsWith("?")) return { least: 0, open: 1 };
  const least = Number(mark[1]);
  if (mark[2] === "") return { least, open: least };
  return { least, open: mark[3] === "" ? Number.POSITIVE_INFINITY : Number(mark[3]) };
}
