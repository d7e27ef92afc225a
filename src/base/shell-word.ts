/** A word as a shell takes it for one: in quotes where it holds more than letters, digits and what no shell reads otherwise. */
export function shellWord(word: string): string {
  return /^[\w./:@%+=,-][\w./:@%+=,#-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
