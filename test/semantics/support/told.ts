interface Prompted {
  readonly prompt: readonly { readonly role: string; readonly content: unknown }[];
}

/** The prompt as the model got it: role and text of every message after the instructions. */
export function told(options: Prompted): readonly string[] {
  return options.prompt
    .filter(({ role }) => role !== "system")
    .map(({ role, content }) => {
      const parts = content as readonly { readonly type: string; readonly text?: string; readonly toolName?: string }[];
      return `${role}: ${parts.map((part) => part.text ?? `${part.type} ${part.toolName}`).join(" ")}`;
    });
}
