/** The dependencies of the routes. */
import type { Commands } from '../commands/commands.ts';
import type { ContextFor } from '../commands/handling/command-context.ts';
import type { Uploads } from '../commands/media/uploads.ts';
import type { QuotaCounts } from '../commands/notifications/app-quotas.ts';
import type { Instant } from '../domain/shared/instant.ts';
import type { AppSignatures } from '../edge/auth/app-signature.ts';
import type { Tokens } from '../edge/auth/tokens.ts';
import type { PositionTokens } from '../edge/position-tokens.ts';
import type { EdgeReporter } from '../edge/telemetry-events.ts';
import type { JobQueue } from '../ports/job-queue/port.ts';
import type { GatewayRegistry } from '../ports/presence/port.ts';
import type { Vault } from '../ports/vault/port.ts';
import type { LoginAttempts } from './accounts/login-attempts.ts';
import type { WriteLimits } from './limits.ts';
import type { RecordBehind } from './receipts/record-behind.ts';
import type { VendorCallbacks } from './receipts/vendor-callbacks.ts';

export type WriteDependencies = {
  readonly commands: Commands;
  readonly contextFor: ContextFor;
  readonly positions: PositionTokens;
  readonly tokens: Pick<Tokens, 'issue' | 'issueTicket' | 'forget'>;
  readonly appSignatures: Pick<AppSignatures, 'forget'>;
  readonly vault: Pick<Vault, 'owned'>;
  readonly gateways: Pick<GatewayRegistry, 'alive'>;
  readonly clock: () => Instant;
  readonly report: EdgeReporter;
  /** None where it is absent. */
  readonly vendorCallbacks?: VendorCallbacks;
  readonly recordBehind: Pick<RecordBehind, 'record'>;
  /** Where what can't be recorded at once waits for the log; absent where nothing else keeps it. */
  readonly jobs?: Pick<JobQueue, 'add'>;
  readonly limits: WriteLimits;
  readonly quotaCounts: QuotaCounts;
  readonly loginAttempts: LoginAttempts;
  readonly uploads: Uploads;
  /** Of one upload. */
  readonly uploadBytesMax: number;
  /** The region of clients that don't name one. */
  readonly region: string;
};
