/** The dependencies of every command. */
import type { ControlClient, ConnectOptions } from './control-client.ts';
import type { Terminal } from './terminal.ts';

export type CliContext = {
  readonly terminal: Terminal;
  /** Aborts at Ctrl-C. */
  readonly interrupted: AbortSignal;
  readonly connect: (needs?: ConnectOptions['needs']) => Promise<ControlClient>;
};
