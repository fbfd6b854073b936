/** The one client for requests to addresses that others chose. */
import { readFileSync } from 'node:fs';
import { startOutbound } from '../../ports/outbound/https.ts';
import type { Outbound } from '../../ports/outbound/port.ts';
import { CannotStart } from '../cannot-start.ts';
import type { Config } from '../config/config.ts';

/** Throws `CannotStart`. */
export function openOutbound({ outbound: { privateNetworks, caFile } }: Pick<Config, 'outbound'>): Outbound {
  return startOutbound({ privateNetworks, ...(caFile !== undefined && { ca: readAuthority(caFile) }) });
}

function readAuthority(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CannotStart('The authority of outbound connections can’t be read. See TIDINGS_OUTBOUND_CA_FILE.', { cause: error });
  }
}
