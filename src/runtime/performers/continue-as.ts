import type { Continuing } from "../../model/failure.ts";

/** Thrown through a user's function to end the run; whoever performs that function makes an outcome of it. */
export class ContinueAs extends Error {
  override readonly name = "ContinueAs";
  readonly going: Continuing;

  constructor(going: Continuing) {
    super("The run goes on as another run; do not catch this.");
    this.going = going;
  }
}
