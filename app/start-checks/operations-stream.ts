/** What a start asks of a stream that Tidings writes for itself, and appends to it. */
import { v7 } from 'uuid';
import { eventIdOf } from '../../commands/handling/deterministic-ids.ts';
import type { TidingsEvent } from '../../domain/events.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { OperationsEvent } from '../../domain/shared/operations.ts';
import type { Codec } from '../../ports/event-log/codec.ts';
import type { EventLog } from '../../ports/event-log/port.ts';

export type StartDependencies = { readonly log: EventLog; readonly codec: Codec; readonly clock: () => Instant };

export async function newestIn(
  { log, codec }: Pick<StartDependencies, 'log' | 'codec'>,
  stream: string,
): Promise<{ readonly event: TidingsEvent; readonly revision: number } | undefined> {
  for await (const stored of log.readStream(stream, { from: 'end', direction: 'backwards', limit: 1 })) {
    return { event: await codec.decode(stored), revision: stored.revision };
  }
  return undefined;
}

/** `after`: the revision of the stream's newest event, if it has one. False where another process has appended meanwhile. */
export async function appendAfter(
  { log, codec, clock }: StartDependencies,
  stream: string,
  { event, after }: { readonly event: OperationsEvent; readonly after: number | undefined },
): Promise<boolean> {
  const [command, at] = [v7(), clock()];
  const metadata = { $correlationId: command, actor: 'system:start', at, command, request: command };
  const encoded = await codec.encode(stream, { id: eventIdOf(metadata, stream, 0), event, metadata });
  return (await log.append(stream, [encoded], after ?? 'no-stream')).outcome === 'appended';
}
