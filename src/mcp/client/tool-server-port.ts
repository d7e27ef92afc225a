import type { Clock } from "../../base/clock.ts";
import { FlujoError } from "../../base/errors.ts";
import { refuseOffline } from "../../base/network/closed-network.ts";
import { systemClock } from "../../base/system.ts";
import type { ToolServerConnection } from "../../model/tool-server.ts";
import type { ToolServerPort } from "../../runtime/tool-server-port.ts";
import type { Environment } from "./child-environment.ts";
import { ServerLink } from "./server-link.ts";
import { untilAborted } from "./until-aborted.ts";

/** What the way to tool servers is made with. Everything has a default. */
export interface ToolServerPortOptions {
  /** Where the few variables come from that a program needs to start. Default: the environment of the process. */
  readonly env?: Environment;
  /** Time. Default: the machine's clock. */
  readonly clock?: Clock;
}

/** The way to servers of the Model Context Protocol: one connection for each object that `mcpServer()` made. */
export function createToolServerPort({ env = process.env, clock = systemClock }: ToolServerPortOptions = {}): ToolServerPort {
  const links = new Map<object, ServerLink>();
  let closing: Promise<void> | null = null;
  const linkTo = (server: object): ServerLink => {
    if (closing !== null) throw new FlujoError("flujo_closed", "This Flujo was closed.");
    const connection = server as ToolServerConnection; // what `mcpServer()` has checked
    refuseOffline(`use the tool server "${connection.name}"`, connection.name); // a process of its own would be another way out
    const known = links.get(server);
    if (known !== undefined) return known;
    const made = new ServerLink({ connection, env, clock });
    links.set(server, made);
    return made;
  };
  return {
    list: async (server, signal) => untilAborted(linkTo(server).list(), signal),
    call: async (server, call) => linkTo(server).call(call),
    close: () => {
      closing ??= Promise.all([...links.values()].map((link) => link.close())).then(() => undefined);
      return closing;
    },
  };
}
