/** The outbox of the embedded profile: messages are files in a folder where developers can look at them. */
import type { Instant } from '../../../domain/shared/instant.ts';
import { createBehaviours } from './behaviour.ts';
import { openOutboxFiles } from './files.ts';
import { startOutboxVendor } from './vendor.ts';
import type { Outbox } from '../port.ts';

/** Messages kept of each channel. */
const KEPT_MAX = 100_000;

export type OutboxConfig = {
  readonly folder: string;
  readonly clock: () => Instant;
  readonly monotonicMs?: () => number;
  readonly keptMax?: number;
  /** Its senders have `resolveAttempt`, like a vendor that can be asked for what it accepted. */
  readonly resolvesAttempts?: true;
};

export async function startOutbox(config: OutboxConfig): Promise<Outbox> {
  const { folder, clock, monotonicMs = () => performance.now(), keptMax = KEPT_MAX, resolvesAttempts } = config;
  const files = await openOutboxFiles(folder, { keptMax });
  const behaviours = createBehaviours(monotonicMs);
  const vendor = startOutboxVendor(
    {
      nextBehaviour: behaviours.next,
      write: async (message) => (await files.write(message)).id,
      idOfAttempt: async (attempt, channel) => files.idOfAttempt(attempt, channel),
    },
    { clock, resolvesAttempts },
  );
  return {
    senders: vendor.senders,
    list: files.list,
    get: files.get,
    behave: async (told) => behaviours.behave(told),
    [Symbol.asyncDispose]: () => vendor[Symbol.asyncDispose](),
  };
}
