/** Everything that the log has, read and decoded over connections of the checker's own. */
import type { TidingsEvent } from '../../../domain/events.ts';
import type { Recorded } from '../../../domain/shared/event.ts';
import { instant } from '../../../domain/shared/instant.ts';
import { createCodec, type Codec } from '../../../ports/event-log/codec.ts';
import { openKeyring } from '../../../ports/event-log/keyring.ts';
import type { EventLog } from '../../../ports/event-log/port.ts';
import { covers } from '../../../ports/event-log/position.ts';
import type { Vault } from '../../../ports/vault/port.ts';

export type LoggedEvent = Recorded<TidingsEvent>;
type TypeOf<Type> = Extract<LoggedEvent, { readonly type: Type }>;

export type WholeLog = {
  readonly events: readonly LoggedEvent[];
  ofType<Type extends TidingsEvent['type']>(type: Type): readonly TypeOf<Type>[];
};

export const codecOf = (vault: Vault): Codec => createCodec(openKeyring(vault), () => instant(Date.now()));

/** In the order of each log, one after the other. Throws where an event can't be decoded. */
export async function readWholeLog(log: EventLog, codec: Codec): Promise<WholeLog> {
  const events: LoggedEvent[] = [];
  for (const name of log.logs) {
    const head = await log.head(name);
    if (head === undefined) continue;
    const stop = new AbortController();
    for await (const batch of log.subscribe(name, { signal: stop.signal })) {
      const decoded = await codec.decodeAll(batch.events);
      for (const event of decoded) {
        if (event instanceof Error) throw event;
        events.push(event);
      }
      if (batch.position !== undefined && covers(batch.position, head)) break;
    }
    stop.abort();
  }
  return wholeLogOf(events);
}

export function wholeLogOf(events: readonly LoggedEvent[]): WholeLog {
  const byType = Map.groupBy(events, ({ type }) => type);
  return { events, ofType: <Type extends TidingsEvent['type']>(type: Type) => (byType.get(type) ?? []) as unknown as readonly TypeOf<Type>[] };
}

/** Of what happened; not of what Tidings writes for itself, such as a reactor's place, of which it keeps the newest only. */
export const isOfDomain = ({ type }: LoggedEvent): boolean => !type.startsWith('operations.');
