/** The cluster that a run is about: as few processes as have two of everything, with times short enough to be seen in a minute. */
import { TWO_WITH_ALL_ROLES, type Layout } from '../cluster/cluster.ts';

export const EVERY_ROLE_TWICE_AND_A_GATEWAY: Layout = { ...TWO_WITH_ALL_ROLES, 'gateway-3': ['gateway'] };

/** Its clock is ahead of all others. */
export const WRONG_CLOCK_ON = 'all-2';

export const CHAOS_SETTINGS: Readonly<Record<string, string>> = {
  TIDINGS_CHAT_PUSH_AFTER_MS: '300',
  TIDINGS_LEASE_RENEW_MS: '1000',
  TIDINGS_PROJECTION_SHARDS: '2',
  TIDINGS_MONGODB_CONNECT_TIMEOUT_MS: '2000',
  TIDINGS_MONGODB_COMMAND_TIMEOUT_MS: '3000',
  TIDINGS_REDIS_CONNECT_TIMEOUT_MS: '1000',
  TIDINGS_REDIS_COMMAND_TIMEOUT_MS: '1000',
  TIDINGS_DELIVERY_ATTEMPT_DEADLINE_SECONDS: '3',
};
