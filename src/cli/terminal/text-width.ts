const SEGMENTER = new Intl.Segmenter("en", { granularity: "grapheme" });
const SEQUENCE = /\u001B\[[\d;]*m/gu;
const ASCII = /^[\u0020-\u007E]*$/u;
const ZERO = /^[\p{Mark}\p{Cf}\p{Cc}]+$/u;
const WIDE =
  /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}]|[\u{1F300}-\u{1FAFF}]\uFE0F?)/u;

/** How many columns a text takes. Our own colours take none; what is wide (CJK, emoji) takes two. */
export function widthOf(text: string): number {
  const bare = text.includes("\u001B") ? text.replace(SEQUENCE, "") : text;
  if (ASCII.test(bare)) return bare.length;
  let width = 0;
  for (const { segment } of SEGMENTER.segment(bare)) width += widthOfGrapheme(segment);
  return width;
}

/** The characters of a text, as people see them. */
export function graphemesOf(text: string): readonly string[] {
  return Array.from(SEGMENTER.segment(text), ({ segment }) => segment);
}

function widthOfGrapheme(grapheme: string): number {
  if (ASCII.test(grapheme)) return grapheme.length;
  if (ZERO.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

/** The text in at most so many columns; what was cut is said by `…`. Colours are kept, and closed where they are cut. */
export function fit(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  if (columns < 1) return "";
  let left = columns - 1;
  let kept = "";
  let isColoured = false;
  for (const part of text.split(/(\u001B\[[\d;]*m)/u)) {
    if (part.startsWith("\u001B")) {
      kept += part;
      isColoured = true;
      continue;
    }
    for (const { segment } of SEGMENTER.segment(part)) {
      left -= widthOfGrapheme(segment);
      if (left < 0) return `${kept}…${isColoured ? "\u001B[0m" : ""}`;
      kept += segment;
    }
  }
  return kept;
}

/** The text in exactly so many columns: cut, or filled up with spaces. */
export function padEnd(text: string, columns: number): string {
  const cut = fit(text, columns);
  return cut + " ".repeat(Math.max(0, columns - widthOf(cut)));
}

/** As {@link padEnd}, with the spaces before it: for numbers. */
export function padStart(text: string, columns: number): string {
  const cut = fit(text, columns);
  return " ".repeat(Math.max(0, columns - widthOf(cut))) + cut;
}
