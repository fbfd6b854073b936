/** The dependencies of every command. */
import type { Config } from '../app/config/config.ts';
import type { Readable, Writable } from 'node:stream';
import type { ControlClient, ConnectOptions } from './control-client.ts';
import type { Terminal } from './terminal.ts';

export type CliContext = {
  /** What is typed, for a shell, and where it is shown while it is typed; absent where nobody types. */
  readonly typed?: { readonly input: Readable; readonly echo: Writable; readonly isTerminal: boolean };
  readonly terminal: Terminal;
  /** Aborts at Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** Why the operator asks, as `--reason` says. */
  readonly reason: () => string | undefined;
  /** Of the data folder that is named, for what needs no process. Throws `CliFailure` where a process is named in its place. */
  readonly config: () => Config;
  /** The same, or of the servers of an installation, where the settings are those of the distributed profile. */
  readonly configOfInstallation: () => Config;
  readonly connect: (needs?: ConnectOptions['needs']) => Promise<ControlClient>;
};
