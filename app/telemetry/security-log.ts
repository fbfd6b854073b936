/** The security log: lines of the component `security` with constant messages, and a counter. Addresses are personal, so they are kept only where a setting says so. */
import type { Counter } from 'prom-client';
import { LOCAL_OPERATOR } from '../../domain/operators/roles.ts';
import { networkOf } from '../../edge/network/addresses.ts';
import type { SecurityEvent, SecurityEventName } from '../../edge/security-events.ts';
import type { SecurityEvent as EventStoreSecurityEvent } from '../../event-store/grpc/access/security-event.ts';
import type { LogMessage } from './log-messages.ts';
import type { Logger } from '../logger.ts';

/** `truncated`: the network, /24 of IPv4 and /48 of IPv6. */
export type LoggedAddresses = 'none' | 'truncated' | 'full';

export const SECURITY_MESSAGES: { readonly [Event in LoggedEvent]: LogMessage } = {
  'logged-in': { level: 'info', message: 'logged in' },
  'login-failed': { level: 'warn', message: 'login failed' },
  'login-limited': { level: 'warn', message: 'logins limited' },
  'token-refused': { level: 'warn', message: 'token refused' },
  'signature-refused': { level: 'warn', message: 'signature refused' },
  'password-reset-asked': { level: 'info', message: 'password reset asked for' },
  'second-factor-asked': { level: 'info', message: 'second factor asked for' },
  'access-denied': { level: 'warn', message: 'access denied' },
  'credentials-changed': { level: 'info', message: 'credentials changed' },
  'operator-action': { level: 'info', message: 'operator acted' },
  'event-store-login-failed': { level: 'warn', message: 'event store login failed' },
  'event-store-login-limited': { level: 'warn', message: 'event store logins limited' },
  'event-store-access-denied': { level: 'warn', message: 'event store access denied' },
};

type LoggedEvent = SecurityEventName | 'event-store-login-failed' | 'event-store-login-limited' | 'event-store-access-denied';

export type SecurityLog = {
  readonly report: (event: SecurityEvent & { readonly api: string }) => void;
  readonly reportEventStore: (event: EventStoreSecurityEvent) => void;
  /** An operation of the command line, which only the owner of the data folder may ask for. */
  readonly reportControl: (event: 'operator-action' | 'access-denied', operation: string) => void;
};

type Dependencies = {
  readonly logger: Pick<Logger, LogMessage['level']>;
  /** Absent where nobody scrapes it. */ readonly counter?: Pick<Counter<'event'>, 'inc'>;
};

export function createSecurityLog({ logger, counter }: Dependencies, { addresses }: { readonly addresses: LoggedAddresses }): SecurityLog {
  const log = (event: LoggedEvent, address: string, facts: Readonly<Record<string, unknown>>) => {
    counter?.inc({ event });
    const { level, message } = SECURITY_MESSAGES[event];
    const kept = keptOf(address, addresses);
    logger[level](message, { component: 'security', event, ...facts, ...(kept === undefined ? {} : { address: kept }) });
  };
  return {
    report: ({ event, address, ...facts }) => log(event, address, facts),
    reportControl: (event, operation) => log(event, '', { api: 'command-line', actor: LOCAL_OPERATOR.operator, operationId: operation }),
    reportEventStore: (event) => {
      switch (event.kind) {
        case 'authentication-failed':
          return log('event-store-login-failed', event.address, {}); // not the login: a password may have been typed in its place
        case 'locked-out':
          return log('event-store-login-limited', event.address, { retryAfterMs: event.retryAfterMs });
        case 'access-denied':
          return log('event-store-access-denied', event.address, { login: event.login, method: event.method });
      }
    },
  };
}

function keptOf(address: string, addresses: LoggedAddresses): string | undefined {
  if (address === '') return undefined;
  switch (addresses) {
    case 'none':
      return undefined;
    case 'truncated':
      return networkOf(address);
    case 'full':
      return address;
  }
}
