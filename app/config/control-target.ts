/** Whom the command line asks: the process that has a data folder open, or one of the distributed profile over HTTP. */
import { configFrom, type Config } from './config.ts';
import { ConfigFaults, readSettings, type Environment } from './read-settings.ts';

export type ControlTarget =
  | { readonly kind: 'folder'; readonly config: Config }
  /** Its operations listener, and an operator's token. */
  | { readonly kind: 'process'; readonly url: string; readonly token: string };

/** Of the other settings, only wrong values are faults: the command line starts no process of the distributed profile. Throws `ConfigFaults`. */
export function controlTargetFrom(environment: Environment): ControlTarget {
  const settings = readSettings(environment, { check: 'one-by-one' });
  const { TIDINGS_PROFILE: profile, TIDINGS_OPS_URL: url, TIDINGS_ADMIN_TOKEN: adminToken, TIDINGS_OPERATOR_TOKEN: token = adminToken } = settings;
  if (url === undefined) {
    if (profile === 'embedded') return { kind: 'folder', config: configFrom(environment) };
    throw new ConfigFaults([
      'TIDINGS_OPS_URL: expected the operations listener of a process with TIDINGS_PROFILE=distributed, got nothing; or name it with --url',
    ]);
  }
  if (token === undefined)
    throw new ConfigFaults(['TIDINGS_OPERATOR_TOKEN: expected an operator’s token with TIDINGS_OPS_URL or --url, or TIDINGS_ADMIN_TOKEN, got nothing']);
  return { kind: 'process', url, token };
}

/** Whether the settings are those of an installation on servers. Throws `ConfigFaults`. */
export const isOnServers = (environment: Environment): boolean => readSettings(environment, { check: 'one-by-one' }).TIDINGS_PROFILE === 'distributed';
