/** Checks the connections that were pinged since the last time: for ended sessions, removed devices, and messages whose hint was lost. */
import type { Tokens } from '../../edge/auth/tokens.ts';
import type { Announcements } from '../channels/announcements.ts';
import type { CatchUp } from '../channels/catch-up.ts';
import { checkHeads } from '../channels/check-heads.ts';
import type { StreamReader } from '../channels/history.ts';
import type { ViewQueries } from '../channels/view-queries.ts';
import type { LocalPresence } from '../presence/presence.ts';
import { checkDevices } from './check-devices.ts';
import { checkSessions } from './check-sessions.ts';
import type { ConnectionRegistry } from './connection-registry.ts';
import { takeDue, type DueChecks } from './due-checks.ts';

export type ChecksDependencies = {
  readonly due: DueChecks;
  readonly contacts: StreamReader;
  readonly queries: ViewQueries;
  readonly catchUp: CatchUp;
  readonly announcements: Announcements;
  readonly tokens: Pick<Tokens, 'isActive'>;
  readonly registry: ConnectionRegistry;
  readonly presence: LocalPresence;
  readonly reportError: (error: unknown) => void;
};

export const runDeviceChecks = (dependencies: ChecksDependencies): Promise<void> => checkDevices(dependencies, takeDue(dependencies.due.devices));
export const runHeadChecks = (dependencies: ChecksDependencies): Promise<void> => checkHeads(dependencies, takeDue(dependencies.due.heads));
export const runSessionChecks = (dependencies: ChecksDependencies): Promise<void> => checkSessions(dependencies, takeDue(dependencies.due.sessions));
