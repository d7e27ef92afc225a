/** Where the demo keeps its journals, seen from the folder it is started in. */
export const STATE_FILE = ".flujo/demo.db";

/** The same as a reference. */
export const STATE = `sqlite:${STATE_FILE}` as const;
