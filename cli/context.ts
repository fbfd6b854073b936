/** What every command works with. */
import type { ControlClient, ConnectOptions } from './control-client.ts';
import type { Terminal } from './terminal.ts';

export type CliContext = {
  readonly terminal: Terminal;
  /** Aborts when somebody presses Ctrl-C. */
  readonly interrupted: AbortSignal;
  readonly connect: (needs?: ConnectOptions['needs']) => Promise<ControlClient>;
};
