/** The one client for requests to addresses that others chose. */
import { readFileSync } from 'node:fs';
import type { Agent } from 'node:https';
import { createGuardedAgent } from '../../ports/outbound/guarded-agent.ts';
import { startOutbound } from '../../ports/outbound/https.ts';
import { networksOf } from '../../ports/outbound/public-address.ts';
import type { Outbound } from '../../ports/outbound/port.ts';
import { CannotStart } from '../cannot-start.ts';
import type { Config } from '../config/config.ts';

/** Throws `CannotStart`. */
export function openOutbound({ outbound: { privateNetworks, caFile } }: Pick<Config, 'outbound'>): Outbound {
  return startOutbound({ privateNetworks, ...(caFile !== undefined && { ca: readAuthority(caFile) }) });
}

/** The same guard for a client that isn't ours. Throws `CannotStart`. */
export function openOutboundAgent({ outbound: { privateNetworks, caFile } }: Pick<Config, 'outbound'>): Agent {
  return createGuardedAgent({ allowed: networksOf(privateNetworks) ?? [], ca: caFile === undefined ? undefined : readAuthority(caFile) });
}

function readAuthority(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CannotStart('The authority of outbound connections can’t be read. See TIDINGS_OUTBOUND_CA_FILE.', { cause: error });
  }
}
