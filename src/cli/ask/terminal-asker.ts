import type { Asker } from "./asker.ts";
import { AskingCancelled } from "./asker.ts";

/** Asks at the terminal. The prompts load here, when there is something to ask. Questions go to stderr: stdout is for results. */
export async function terminalAsker(): Promise<Asker> {
  const prompts = await import("@clack/prompts");
  const output = process.stderr;
  const answered = async <T>(asking: Promise<T>): Promise<Exclude<T, symbol>> => {
    const answer = await asking;
    if (prompts.isCancel(answer)) throw new AskingCancelled("Nothing was answered.");
    return answer as Exclude<T, symbol>; // the only symbol there is stands for a cancellation
  };
  return {
    confirm: (message, present = true) => answered(prompts.confirm({ message, output, initialValue: present })),
    choose: async (message, choices, present = 0) => {
      const options = choices.map(({ label }, index) => ({ label, value: index }));
      return choices[await answered(prompts.select({ message, options, output, initialValue: present }))]?.value;
    },
    chooseSome: async (message, choices, present = []) => {
      const options = choices.map(({ label }, index) => ({ label, value: index }));
      const chosen = await answered(prompts.multiselect({ message, options, required: false, output, initialValues: [...present] }));
      return chosen.map((index) => choices[index]?.value);
    },
    text: async (message, check, present = "") =>
      answered(prompts.text({ message, output, initialValue: present, validate: (text) => check(text ?? "") ?? undefined })),
  };
}
