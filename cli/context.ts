/** The dependencies of every command. */
import type { ControlClient, ConnectOptions } from './control-client.ts';
import type { Terminal } from './terminal.ts';

export type CliContext = {
  readonly terminal: Terminal;
  /** Aborts at Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** Why the operator asks, as `--reason` says. */
  readonly reason: () => string | undefined;
  readonly connect: (needs?: ConnectOptions['needs']) => Promise<ControlClient>;
};
