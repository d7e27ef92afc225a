/** How high a line of text is, in pixels. */
export const HEIGHT_OF_LINE = 16;

/** Pixels of one letter, by the size of the text: no browser is there to measure it, so it is the widest that common fonts have on average. */
const OF_LETTER = { name: 7.8, small: 6.4 } as const;

/** About how wide a text is, in pixels. Letters of East Asia and pictures count twice. */
export function widthOfText(text: string, size: keyof typeof OF_LETTER): number {
  let letters = 0;
  for (const { segment } of new Intl.Segmenter().segment(text))
    letters += /[\u1100-\uFFDC\p{Extended_Pictographic}]/u.test(segment) ? 2 : 1;
  return Math.ceil(letters * OF_LETTER[size]);
}
