/** The configuration of a process that shows a replay: whatever the settings say, it has nothing by which anything could be caused. */
import { CannotStart } from '../cannot-start.ts';
import type { Config } from '../config/config.ts';

/** Throws `CannotStart`. */
export function readOnlyConfig(config: Config): Config {
  if (config.servers !== undefined)
    throw new CannotStart('--read-only is for a folder that npx tidings replay has made: start without TIDINGS_PROFILE=distributed.');
  return {
    ...config,
    readOnly: true,
    // No commands, no worker, no gateway: only folding into views, and answering from them.
    roles: ['projections', 'read-api'],
    eventStoreUrls: [],
    senders: { ...config.senders, vendors: [], accounts: [] },
    // Those are the installation's: what happens here is no story of it, and nobody is erased here.
    tracing: undefined,
    erasedList: undefined,
    // Whoever knows the installation's token need not be shown the replay, and whoever has the replay's is nobody there.
    adminToken: undefined,
    frontUpstreams: undefined,
    ports: { ...config.ports, front: undefined },
  };
}
